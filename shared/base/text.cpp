#include "shared/base/text.hpp"

#include <cstdint>
#include <optional>

namespace cunzheng {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

std::optional<CodePoint> code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t k) { return static_cast<std::uint8_t>(text[at + k]); };
  const auto first = byte(0);
  if (first < 0x80) return CodePoint{first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return std::nullopt;
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (byte(k) & 0x3FU);
  }
  const std::uint32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  return CodePoint{value, length};
}

template <class Each>
bool for_each_code_point(std::string_view text, Each each) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point_at(text, at);
    if (!point) return false;
    each(*point, text.substr(at, point->bytes));
    at += point->bytes;
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  return for_each_code_point(text, [](CodePoint, std::string_view) {});
}

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for_each_code_point(text, [&](CodePoint, std::string_view) { ++count; });
  return count;
}

bool has_control_characters(std::string_view text) {
  bool found = false;
  for_each_code_point(text, [&](CodePoint point, std::string_view) {
    const auto value = point.value;
    found = found || value < 0x20 || (value >= 0x7F && value <= 0x9F) || value == 0x2028 || value == 0x2029;
  });
  return found;
}

std::string to_half_width(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_code_point(text, [&](CodePoint point, std::string_view bytes) {
    if (point.value >= 0xFF01 && point.value <= 0xFF5E) {
      out.push_back(static_cast<char>(point.value - 0xFEE0));
    } else if (point.value == 0x3000) {
      out.push_back(' ');
    } else {
      out.append(bytes);
    }
  });
  return out;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view wide_space = "\u3000";
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  for (;;) {
    if (!text.empty() && is_space(text.front())) {
      text.remove_prefix(1);
    } else if (!text.empty() && is_space(text.back())) {
      text.remove_suffix(1);
    } else if (text.starts_with(wide_space)) {
      text.remove_prefix(wide_space.size());
    } else if (text.ends_with(wide_space)) {
      text.remove_suffix(wide_space.size());
    } else {
      return std::string(text);
    }
  }
}

std::string first_code_points(std::string_view text, std::size_t count) {
  std::string out;
  for_each_code_point(text, [&](CodePoint, std::string_view bytes) {
    if (count == 0) return;
    --count;
    out.append(bytes);
  });
  return out;
}

}  // namespace cunzheng
