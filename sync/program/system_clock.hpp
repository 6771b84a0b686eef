#pragma once
// The computer's wall clock, for the shells. Any thread.

#include "shared/base/time.hpp"

namespace cunzheng::program {

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

}  // namespace cunzheng::program
