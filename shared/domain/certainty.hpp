#pragma once
// How far a figure or text in the district's data is proved. Shown beside what rests on it, never hidden.

#include "shared/codec/enum_names.hpp"

#include <array>
#include <cstdint>

namespace cunzheng::domain {

enum class Certainty : std::uint8_t {
  found,          // read in a source
  recalled_high,  // remembered, to be checked
  recalled_medium,
  recalled_low,
  derived,  // inferred from what was found
  assumed,  // chosen so that the program works; the district must confirm it
  unknown,  // nothing is known: a person decides
};

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Certainty> {
  static constexpr std::array names{"found",   "recalled_high", "recalled_medium", "recalled_low",
                                    "derived", "assumed",       "unknown"};
};
