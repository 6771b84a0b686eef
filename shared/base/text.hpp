#pragma once
// Text for people in both languages of the program, and UTF-8 as it comes from outside.

#include <cstddef>
#include <string>
#include <string_view>

namespace cunzheng {

enum class Language { zh, en };

// One sentence in both languages. Chinese is what users see by default.
struct Text {
  std::string zh;
  std::string en;

  const std::string& in(Language language) const { return language == Language::zh ? zh : en; }
  bool operator==(const Text&) const = default;
};

// Well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Number of code points; `text` must be well-formed.
std::size_t code_points(std::string_view text);

// True if any C0 or C1 control character, or a line or paragraph separator, stands in `text`.
bool has_control_characters(std::string_view text);

// Full-width ASCII (U+FF01..U+FF5E) and the ideographic space become half-width; the rest stays.
std::string to_half_width(std::string_view text);

// Without ASCII white space and the ideographic space at both ends.
std::string trimmed(std::string_view text);

// The first `count` code points of `text`.
std::string first_code_points(std::string_view text, std::size_t count);

}  // namespace cunzheng
