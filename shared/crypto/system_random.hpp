#pragma once
// The system's chance, for shells and tests. Any thread.

#include "shared/base/random.hpp"

namespace cunzheng::crypto {

class SystemRandom final : public Random {
 public:
  SystemRandom();  // makes the library ready (start() in wipe.hpp)
  void fill(std::span<std::uint8_t> bytes) override;
};

}  // namespace cunzheng::crypto
