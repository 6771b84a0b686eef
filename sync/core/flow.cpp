#include "sync/core/flow.hpp"

#include <algorithm>

namespace cunzheng::sync {
namespace {

constexpr std::int64_t batch_ms = 5000;
constexpr std::size_t batch_bytes_min = 2U << 10;

}  // namespace

Flow::Flow(const Limits& limits) : limits_(limits), batch_bytes_(limits.batch_bytes_first) {}

std::size_t Flow::window_bytes() const {
  // At its largest a batch says no longer how fast the link is: then the window is the bound.
  if (batch_bytes_ >= limits_.batch_bytes_max) return limits_.window_bytes;
  return std::min(limits_.window_bytes, 2 * batch_bytes_);
}

bool Flow::has_room() const { return under_way_ == 0 || under_way_ + batch_bytes_ <= window_bytes(); }

void Flow::acknowledged(std::size_t bytes, Instant sent_at, Instant now) {
  under_way_ -= bytes;
  const auto began = std::max(sent_at, last_acknowledged_);  // before that the link was busy with the batch ahead
  last_acknowledged_ = now;
  if (bytes < batch_bytes_ / 2) return;  // mostly round trip: says little about the link
  const auto elapsed_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(1, now.ms - began.ms));
  const auto wanted = static_cast<std::uint64_t>(bytes) * batch_ms / elapsed_ms;
  const auto most = std::min(limits_.batch_bytes_max, 2 * batch_bytes_);
  batch_bytes_ = std::clamp<std::uint64_t>(wanted, std::min(batch_bytes_min, most), most);
}

}  // namespace cunzheng::sync
