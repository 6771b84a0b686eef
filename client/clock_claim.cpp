#include "client/clock_claim.hpp"

#include <algorithm>
#include <cstdlib>

namespace cunzheng::client {

TimeClaim claim_of(Instant now, const ClockEvidence& evidence) {
  TimeClaim claim{now, ClockConfidence::plausible, 0};
  auto hub_word = evidence.hub_word;
  // Both clocks agreed when they were last compared: a word of the hub dated far beyond that was written while the
  // hub's own clock was wrong, and speaks against nobody.
  const bool agreed = evidence.compared && now >= evidence.compared->own &&
                      std::abs(evidence.compared->own.ms - evidence.compared->hub.ms) <= clock_offset_ms_max;
  if (agreed && hub_word > now + clock_back_ms_max) hub_word = evidence.compared->hub;
  if (evidence.compared) hub_word = std::max(hub_word, std::optional(evidence.compared->hub));  // none is the least
  const auto latest = std::max(hub_word, evidence.own_last);
  if (!latest) return claim;
  const auto ahead_ms = now.ms - latest->ms;
  const auto error_s = (ahead_ms < 0 ? -ahead_ms : ahead_ms) / 1000;
  claim.error_s = static_cast<std::uint32_t>(std::min<std::int64_t>(error_s, UINT32_MAX));
  // It was far ahead when the hub answered, and nobody has set it back since.
  const bool was_ahead = evidence.compared && now >= evidence.compared->own &&
                         evidence.compared->own.ms - evidence.compared->hub.ms > clock_offset_ms_max;
  if (ahead_ms < -clock_back_ms_max || ahead_ms > clock_ahead_ms_max || was_ahead) {
    claim.confidence = ClockConfidence::doubtful;
  } else if (hub_word && now.ms - hub_word->ms < clock_set_by_hub_ms) {
    claim.confidence = ClockConfidence::set_by_hub;
  }
  return claim;
}

}  // namespace cunzheng::client
