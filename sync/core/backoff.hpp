#pragma once
// How long to wait before the next attempt to reach the hub. The first comes soon, because a cut link is usually back
// at once; the later ones spread, so that 5,000 laptops whose hub restarts do not come in one second.

#include "shared/base/bytes.hpp"
#include "shared/base/random.hpp"

#include <algorithm>

namespace cunzheng::sync {

class Backoff {
 public:
  static constexpr std::int64_t first_ms_max = 1'000;
  static constexpr std::int64_t delay_ms_max = 300'000;

  // Milliseconds until the next attempt: evenly drawn between a quarter of a ceiling and the ceiling, which is four
  // times higher with each attempt that fails.
  std::int64_t next_ms(Random& random) {
    const auto drawn = get_le<std::uint32_t>(draw<4>(random));
    const auto least = ceiling_ms_ / 4;
    const auto delay = least + static_cast<std::int64_t>(drawn % static_cast<std::uint32_t>(ceiling_ms_ - least + 1));
    ceiling_ms_ = std::min(4 * ceiling_ms_, delay_ms_max);
    return delay;
  }

  // The hub answered: it is there.
  void reached() { ceiling_ms_ = first_ms_max; }

 private:
  std::int64_t ceiling_ms_ = first_ms_max;
};

}  // namespace cunzheng::sync
