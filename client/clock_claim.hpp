#pragma once
// What this laptop may say of its clock (O6). Wall time is a claim: it is compared with the hub's last word and with
// what the laptop wrote before. Pure.

#include "shared/base/time.hpp"

#include <optional>

namespace cunzheng::client {

// The last time the hub answered.
struct ComparedClocks {
  Instant hub;
  Instant own;
};

struct ClockEvidence {
  std::optional<Instant> hub_word;  // claimed time of the hub's latest entry here
  std::optional<Instant> own_last;  // of our latest entry that was not itself in doubt
  std::optional<ComparedClocks> compared;
};

inline constexpr std::int64_t clock_back_ms_max = 5LL * 60 * 1000;  // behind what is known: no more than this
inline constexpr std::int64_t clock_ahead_ms_max =
    300LL * 24 * 3600 * 1000;  // silence of three months is ordinary, of ten not
inline constexpr std::int64_t clock_offset_ms_max = 24LL * 3600 * 1000;  // from the hub's, when they were compared
inline constexpr std::int64_t clock_set_by_hub_ms = 24LL * 3600 * 1000;

TimeClaim claim_of(Instant now, const ClockEvidence& evidence);

}  // namespace cunzheng::client
