#pragma once
// A whole number in as few bytes as it needs: seven bits a byte, the lowest first, the high bit says that more follow.
// One number, one form: a last byte of zero is no number, nor is anything above 64 bits.

#include "shared/codec/archive.hpp"

#include <compare>
#include <cstdint>

namespace cunzheng::sync {

struct Varint {
  std::uint64_t value = 0;
  auto operator<=>(const Varint&) const = default;
};

inline void save(codec::Writer& writer, const Varint& number) {
  auto rest = number.value;
  while (rest >= 0x80) {
    writer.number(static_cast<std::uint8_t>(rest | 0x80));
    rest >>= 7;
  }
  writer.number(static_cast<std::uint8_t>(rest));
}

inline void load(codec::Reader& reader, Varint& number) {
  number.value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = reader.number<std::uint8_t>();
    if (shift == 63 && byte > 1) throw codec::Unreadable{"number above 64 bits"};
    number.value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift > 0) throw codec::Unreadable{"number longer than it needs"};
      return;
    }
  }
}

// A difference as a number that is small when the difference is, whichever its sign. Differences wrap around, so every
// pair of 64-bit numbers has one.
inline Varint difference(std::uint64_t from, std::uint64_t to) {
  const auto step = to - from;
  return Varint{step >> 63 == 0 ? step << 1 : ~(step << 1)};
}
inline std::uint64_t plus_difference(std::uint64_t from, Varint difference) {
  const auto half = difference.value >> 1;
  return from + ((difference.value & 1) == 0 ? half : ~half);
}

}  // namespace cunzheng::sync
