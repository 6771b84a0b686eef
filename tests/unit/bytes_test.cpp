// Byte strings and the forms in which people read and type them.

#include "shared/base/bytes.hpp"

#include <gtest/gtest.h>

namespace cunzheng {
namespace {

TEST(BaseBytes, Hex) {
  Bytes all(256);
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<std::uint8_t>(k);
  EXPECT_EQ(from_hex(to_hex(all)), all);
  EXPECT_EQ(to_hex(Bytes{0x00, 0x9a, 0xff}), "009aff");
  EXPECT_EQ(from_hex("009AfF"), (Bytes{0x00, 0x9a, 0xff}));
  EXPECT_EQ(from_hex(""), Bytes{});
  for (const std::string_view text : {"0", "0g", "g0", " 0", "0x", "00 ", "０１", "-1"}) {
    EXPECT_FALSE(from_hex(text).has_value()) << text;
  }
}

TEST(BaseBytes, ArrayFromHex) {
  EXPECT_EQ(array_from_hex<2>("0aff"), (ByteArray<2>{0x0a, 0xff}));
  for (const std::string_view text : {"", "0a", "0aff00", "0af", "0afg"}) {
    const auto array = array_from_hex<2>(text, "series.key");
    ASSERT_FALSE(array.has_value()) << text;
    EXPECT_EQ(array.error().code, FailureCode::bad_input);
    EXPECT_EQ(array.error().field, "series.key");
    EXPECT_NE(array.error().what.en.find("4"), std::string::npos) << "says how many digits";
  }
}

// Crockford's digits: 0 to 31 in five bits each.
TEST(BaseBytes, Base32) {
  EXPECT_EQ(to_base32({}), "");
  EXPECT_EQ(to_base32(Bytes{0xff}), "ZW");
  EXPECT_EQ(to_base32(Bytes{0x00, 0x44, 0x32, 0x14, 0xc7}), "01234567");
  EXPECT_EQ(to_base32(Bytes{0x42, 0x54, 0xb6, 0x35, 0xcf}), "89ABCDEF");
  EXPECT_EQ(to_base32(Bytes{0x84, 0x65, 0x3a, 0x56, 0xd7}), "GHJKMNPQ");
  EXPECT_EQ(to_base32(Bytes{0xc6, 0x75, 0xbe, 0x77, 0xdf}), "RSTVWXYZ");
  for (std::size_t size = 0; size < 20; ++size) {
    Bytes bytes(size);
    for (std::size_t k = 0; k < size; ++k) bytes[k] = static_cast<std::uint8_t>(37 * k + size);
    const auto text = to_base32(bytes);
    EXPECT_EQ(text.size(), (size * 8 + 4) / 5);
    EXPECT_EQ(from_base32(text), bytes) << size;
  }
}

// As people type it: small letters, groups, and the letters that look like digits.
TEST(BaseBytes, Base32AsTyped) {
  for (const std::string_view text : {"0123-4567", "oI2 3-4 5 6 7", "Ol23-4567", "-01234567 "}) {
    EXPECT_EQ(from_base32(text), (Bytes{0x00, 0x44, 0x32, 0x14, 0xc7})) << text;
  }
  EXPECT_EQ(from_base32("ghjk mnpq"), (Bytes{0x84, 0x65, 0x3a, 0x56, 0xd7}));
}

// A character more or less than was printed is told, not guessed at.
TEST(BaseBytes, Base32StrayCharacters) {
  for (const std::string_view text : {"0", "000", "000000", "ZX", "Z", "0U", "0!", "村", "012345670", "0_"}) {
    EXPECT_FALSE(from_base32(text).has_value()) << text;
  }
  EXPECT_EQ(from_base32("00"), Bytes{0});
  EXPECT_EQ(from_base32("-- "), Bytes{});
}

TEST(BaseBytes, LittleEndian) {
  ByteArray<9> out{};
  put_le(std::span<std::uint8_t>(out), std::uint32_t{0x01020304});
  EXPECT_EQ(to_hex(out), "040302010000000000");
  put_le(std::span<std::uint8_t>(out), std::int64_t{-2});
  EXPECT_EQ(to_hex(out), "feffffffffffffff00");
  EXPECT_EQ(get_le<std::int64_t>(out), -2);
  EXPECT_EQ(get_le<std::int32_t>(out), -2);
  EXPECT_EQ(get_le<std::uint16_t>(out), 0xfffe);
  EXPECT_EQ(get_le<std::uint8_t>(out), 0xfe);
}

TEST(BaseBytes, Views) {
  EXPECT_TRUE(equal(view_of("ab"), Bytes{'a', 'b'}));
  EXPECT_FALSE(equal(view_of("ab"), view_of("abc")));
  EXPECT_FALSE(equal(view_of("ab"), view_of("ac")));
  EXPECT_TRUE(equal({}, {}));
  Bytes to{1};
  append(to, Bytes{2, 3});
  EXPECT_EQ(to, (Bytes{1, 2, 3}));
  EXPECT_EQ(text_of(view_of("村")), "村");
}

}  // namespace
}  // namespace cunzheng
