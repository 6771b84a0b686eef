#include "shared/base/bytes.hpp"

namespace cunzheng {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base32_value(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = base32_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const auto byte : bytes) {
    out.push_back(hex_digits[byte >> 4]);
    out.push_back(hex_digits[byte & 15]);
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(FailureCode::bad_input, {"十六进制数位数不成对", "odd number of hexadecimal digits"});
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t k = 0; k < text.size(); k += 2) {
    const int high = hex_value(text[k]);
    const int low = hex_value(text[k + 1]);
    if (high < 0 || low < 0) return fail(FailureCode::bad_input, {"不是十六进制数", "not a hexadecimal number"});
    out.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return out;
}

std::string to_base32(ByteView bytes) {
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const auto byte : bytes) {
    pending = pending << 8 | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) out.push_back(base32_digits[pending >> (bits - 5) & 31]);
    pending &= (1U << bits) - 1;
  }
  if (bits > 0) out.push_back(base32_digits[pending << (5 - bits) & 31]);
  return out;
}

Result<Bytes> from_base32(std::string_view text) {
  Bytes out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const int value = base32_value(c);
    if (value < 0) {
      return fail(FailureCode::bad_input, {std::string("含有不能识别的字符“") + c + "”", std::string("unknown character '") + c + "'"});
    }
    pending = pending << 5 | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::uint8_t>(pending >> bits));
      pending &= (1U << bits) - 1;
    }
  }
  if (bits >= 5 || pending != 0) return fail(FailureCode::bad_input, {"末尾多出字符", "stray bits at the end"});
  return out;
}

}  // namespace cunzheng
