#pragma once
// Byte strings and their text forms.

#include "shared/base/result.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;
using Hash = ByteArray<32>;

inline ByteView view_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes bytes_of(ByteView view) { return Bytes(view.begin(), view.end()); }
inline void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }
inline bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// Little-endian whole numbers in fixed places. `bytes` must be long enough.
template <class Number>
void put_le(std::span<std::uint8_t> bytes, Number number) {
  for (std::size_t k = 0; k < sizeof(Number); ++k) {
    bytes[k] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * k));
  }
}
template <class Number>
Number get_le(ByteView bytes) {
  std::uint64_t number = 0;
  for (std::size_t k = 0; k < sizeof(Number); ++k) number |= static_cast<std::uint64_t>(bytes[k]) << (8 * k);
  return static_cast<Number>(number);
}

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
Result<Bytes> from_hex(std::string_view text);

// Reads exactly N bytes; anything else is bad input that names `field`.
template <std::size_t N>
Result<ByteArray<N>> array_from_hex(std::string_view text, std::string field = {}) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->size() != N) {
    const auto digits = std::to_string(2 * N);
    return fail(FailureCode::bad_input, {"应为" + digits + "位十六进制数", "expected " + digits + " hexadecimal digits"},
                std::move(field));
  }
  ByteArray<N> out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

// Crockford's base 32 (no I, L, O, U): what people type. 5 bits a character, the last filled up with zeros.
// Reading takes lower case, hyphens and blanks, and O, I, L for 0, 1, 1; a character more than whole bytes need, or
// one that is not filled up with zeros, is bad input.
std::string to_base32(ByteView bytes);
Result<Bytes> from_base32(std::string_view text);

}  // namespace cunzheng
