// Text as it comes from outside: what is UTF-8, and the few changes made to what people type.

#include "shared/base/text.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cunzheng {
namespace {

TEST(BaseText, WellFormedUtf8) {
  for (const std::string_view text :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "村证", "𠮷"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  EXPECT_TRUE(is_utf8(std::string_view("a\0b", 3)));
}

// Every form that one reader may take for a character and another may not.
TEST(BaseText, IllFormedUtf8) {
  for (const std::string_view text : {
           "\x80", "\xbf",                      // a continuation first
           "\xc0\x80", "\xc1\xbf",              // overlong, two bytes
           "\xe0\x80\x80", "\xe0\x9f\xbf",      // overlong, three
           "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",  // overlong, four
           "\xed\xa0\x80", "\xed\xbf\xbf",      // surrogates
           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe",  // beyond U+10FFFF
           "\xc2", "\xe6\x9d", "\xf0\xa0\xae",  // cut off
           "\xc2" "a", "\xe6" "ab", "\xe6\x9d" "a", "\xf0\xa0\xae" "a",  // no continuation
           "a\xe6\x9d\x91\x91",                 // one continuation too many
       }) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(BaseText, CountsCodePoints) {
  EXPECT_EQ(code_points(""), 0U);
  EXPECT_EQ(code_points("abc"), 3U);
  EXPECT_EQ(code_points("村证𠮷é"), 4U);
}

TEST(BaseText, FindsControlCharacters) {
  for (const std::string_view text : {"a\nb", "\t", "\x7f", "\x1b[0m", "a\xc2\x85", "\xc2\x9f", "a\u2028b", "\u2029"}) {
    EXPECT_TRUE(has_control_characters(text)) << text;
  }
  EXPECT_TRUE(has_control_characters(std::string_view("\0", 1)));
  for (const std::string_view text : {"", "a b", "村　证", "\xc2\xa0", "\u2027", "\u202a"}) {
    EXPECT_FALSE(has_control_characters(text)) << text;
  }
}

// An input method left on writes other characters for the same keys; Chinese stays as it is.
TEST(BaseText, HalfWidth) {
  EXPECT_EQ(to_half_width("１２０１９９ＸａＺ"), "120199XaZ");
  EXPECT_EQ(to_half_width("！～　x"), "!~ x");
  EXPECT_EQ(to_half_width("村证。、〔〕"), "村证。、〔〕");
  EXPECT_EQ(to_half_width("\uff00\uff5f"), "\uff00\uff5f");  // the neighbours of the block
  EXPECT_EQ(to_half_width(""), "");
}

TEST(BaseText, Trims) {
  EXPECT_EQ(trimmed(" \t\r\n　测 试　 \n"), "测 试");
  EXPECT_EQ(trimmed("　　"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed("\xc2\xa0" "a"), "\xc2\xa0" "a");
}

TEST(BaseText, FirstCodePoints) {
  EXPECT_EQ(first_code_points("村证𠮷x", 3), "村证𠮷");
  EXPECT_EQ(first_code_points("村证", 0), "");
  EXPECT_EQ(first_code_points("村证", 9), "村证");
}

TEST(BaseText, BothLanguages) {
  const Text text{"村", "village"};
  EXPECT_EQ(text.in(Language::zh), "村");
  EXPECT_EQ(text.in(Language::en), "village");
}

}  // namespace
}  // namespace cunzheng
