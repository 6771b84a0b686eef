#pragma once
// Yes, no, or: what would decide it was not recorded. Unknown is never taken for no, nor for yes: a person decides.

#include "shared/codec/enum_names.hpp"

#include <array>
#include <cstdint>

namespace cunzheng::domain {

enum class Answer : std::uint8_t { no, unknown, yes };

constexpr Answer answer_of(bool holds) { return holds ? Answer::yes : Answer::no; }

// No if either is no, else unknown if either is unknown. The order of the enumerators makes it the lesser one.
constexpr Answer both(Answer a, Answer b) { return a < b ? a : b; }
constexpr Answer either(Answer a, Answer b) { return a < b ? b : a; }

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Answer> {
  static constexpr std::array names{"no", "unknown", "yes"};
};
