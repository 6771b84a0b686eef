#pragma once
// Chance as an argument: the shell hands in the system's, tests a seeded one.

#include "shared/base/bytes.hpp"

namespace cunzheng {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

template <std::size_t N>
ByteArray<N> draw(Random& random) {
  ByteArray<N> out;
  random.fill(out);
  return out;
}

}  // namespace cunzheng
