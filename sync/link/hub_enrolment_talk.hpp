#pragma once
// Drives the hub's half of one enrolment: its machine, the slip book and the wire.

#include "sync/core/enrolment.hpp"
#include "sync/link/talk.hpp"

#include <deque>
#include <memory>

namespace cunzheng::link {

class HubEnrolmentTalk final : public Talk, public std::enable_shared_from_this<HubEnrolmentTalk> {
 public:
  // Made by make_shared. `wire` lives until link_down, `book` outlives the talk.
  HubEnrolmentTalk(std::uint64_t number, sync::HubEnrolment machine, sync::SlipBook& book, Wire& wire, FrameTap tap);

  void link_up(const Hash& binding) override;
  void frame(Bytes frame) override;
  void alive() override {}
  void timer() override;
  void leave() override;
  void link_down(const Ending& ending) override;

 private:
  void feed(sync::HubEnrolment::Input input);
  void carry_out(sync::HubEnrolment::Output output);

  std::uint64_t number_;
  sync::HubEnrolment machine_;
  sync::SlipBook& book_;
  Wire& wire_;
  FrameTap tap_;
  std::deque<sync::HubEnrolment::Input> inputs_;
  bool is_stepping_ = false;
  bool is_over_ = false;
};

}  // namespace cunzheng::link
