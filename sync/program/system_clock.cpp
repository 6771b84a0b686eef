#include "sync/program/system_clock.hpp"

#include <chrono>

namespace cunzheng::program {

Instant SystemClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace cunzheng::program
