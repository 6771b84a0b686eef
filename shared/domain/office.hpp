#pragma once
// Posts of a committee as dated facts (R4, R113, R118). Who holds which post on which day comes from the district's
// appointments in `body/<id>`, never from a setting of the laptop.

#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/ids.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <optional>
#include <vector>

namespace cunzheng::domain {

enum class Post : std::uint8_t {
  handler,      // 经办人
  head,         // 负责人
  seal_keeper,  // 印章保管人
  verifier,     // 核实人
  supervisor,   // 村务监督委员会成员
};

struct Appointment {
  OfficerId officer;
  Post post = Post::handler;
  CivilDate from;
  std::optional<CivilDate> to;  // last day, inclusive; none: open

  bool operator==(const Appointment&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(officer), CEREAL_NVP(post), CEREAL_NVP(from), CEREAL_NVP(to));
  }
};

// All appointments of one committee.
class Posts {
 public:
  Posts() = default;
  explicit Posts(std::vector<Appointment> appointments) : appointments_(std::move(appointments)) {}

  // For the head the same as head_on(); other posts may have several holders at a time.
  bool holds(OfficerId officer, Post post, CivilDate on) const;
  // The head of that day. With two open appointments the later `from` wins (a new head ends the old one's term);
  // two on the same day: none, a person must decide.
  std::optional<OfficerId> head_on(CivilDate on) const;
  const std::vector<Appointment>& all() const { return appointments_; }

 private:
  std::vector<Appointment> appointments_;
};

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Post> {
  static constexpr std::array names{"handler", "head", "seal_keeper", "verifier", "supervisor"};
};
