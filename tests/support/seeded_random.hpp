#pragma once
// Chance that can be had again: the same seed gives the same bytes on every machine. Print the seed of a random test.

#include "shared/base/random.hpp"

#include <cstdint>

namespace cunzheng::test {

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  // splitmix64
  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  // 0 .. bound-1; the bias is of no matter for bounds a test uses.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  // first .. last
  std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
  bool one_in(std::uint64_t chances) { return below(chances) == 0; }

  void fill(std::span<std::uint8_t> bytes) override {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < bytes.size(); ++k) {
      if (k % 8 == 0) word = next();
      bytes[k] = static_cast<std::uint8_t>(word >> (8 * (k % 8)));
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace cunzheng::test
