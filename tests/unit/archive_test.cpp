// The canonical archive: the bytes of each kind of value, and that nothing else is taken for them.

#include "shared/codec/archive.hpp"

#include <gtest/gtest.h>

namespace cunzheng::codec {

enum class Colour : std::uint8_t { red, green, blue };
template <>
struct EnumNames<Colour> {
  static constexpr std::array names{"red", "green", "blue"};
};

namespace {

using Plate = Strong<struct PlateTag, std::string>;

struct Pair {
  std::uint8_t first = 0;
  std::string second;
  bool operator==(const Pair&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(first), CEREAL_NVP(second));
  }
};

struct Nothing {
  bool operator==(const Nothing&) const = default;
  template <class Archive>
  void serialize(Archive&) {}
};

struct Nest {
  std::vector<Nest> inside;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(inside));
  }
};

template <class T>
void expect_bytes(const T& value, const char* hex) {
  const auto bytes = encode(value);
  EXPECT_EQ(to_hex(bytes), hex);
  const auto back = decode<T>(bytes);
  ASSERT_TRUE(back.has_value()) << hex << ": " << back.error().what.en;
  EXPECT_EQ(*back, value) << hex;
}

template <class T>
void expect_refused(const char* hex) {
  const auto bytes = from_hex(hex);
  ASSERT_TRUE(bytes.has_value()) << hex;
  const auto value = decode<T>(*bytes);
  ASSERT_FALSE(value.has_value()) << hex;
  EXPECT_EQ(value.error().code, FailureCode::unreadable) << hex;
}

// One row for each line of the table in FORMAT.md section 1.
TEST(CanonicalArchive, BytesOfEachKindOfValue) {
  expect_bytes<std::uint8_t>(0xfe, "fe");
  expect_bytes<std::uint16_t>(0x0102, "0201");
  expect_bytes<std::int32_t>(-2, "feffffff");
  expect_bytes<std::uint64_t>(0x0102030405060708, "0807060504030201");
  expect_bytes<std::int64_t>(INT64_MIN, "0000000000000080");
  expect_bytes(false, "00");
  expect_bytes(true, "01");
  expect_bytes(Colour::blue, "02");
  expect_bytes('A', "41");
  expect_bytes(ByteArray<3>{1, 2, 3}, "010203");
  expect_bytes(Bytes{9, 8}, "020000000908");
  expect_bytes(std::string("村"), "03000000e69d91");
  expect_bytes(std::string(), "00000000");
  expect_bytes(std::vector<std::uint16_t>{1, 2}, "0200000001000200");
  expect_bytes(std::map<std::string, bool>{{"a", true}, {"b", false}}, "020000000100000061010100000062" "00");
  expect_bytes(std::optional<std::uint8_t>{}, "00");
  expect_bytes(std::optional<std::uint8_t>{7}, "0107");
  expect_bytes(Plate("x"), "0100000078");
  expect_bytes(*CivilDate::parse("1970-01-02"), "01000000");
  expect_bytes(*CivilDate::parse("1900-01-01"), "219cffff");
  expect_bytes(*CivilDate::parse("2199-12-31"), "25480100");
  expect_bytes(Instant{-1}, "ffffffffffffffff");
  expect_bytes(Pair{5, "ab"}, "05020000006162");
  expect_bytes(Nothing{}, "");
}

// Each line's own way of being wrong.
TEST(CanonicalArchive, RefusesOtherForms) {
  expect_refused<std::uint32_t>("010203");
  expect_refused<std::uint32_t>("0102030405");
  expect_refused<bool>("02");
  expect_refused<bool>("ff");
  expect_refused<Colour>("03");
  expect_refused<ByteArray<3>>("0102");
  expect_refused<Bytes>("0300000001ff");
  expect_refused<std::string>("01000000ff");
  expect_refused<std::string>("02000000c080");      // an overlong zero
  expect_refused<std::string>("03000000eda080");    // half a surrogate pair
  expect_refused<std::vector<std::uint16_t>>("020000000100");
  expect_refused<std::optional<std::uint8_t>>("0207");
  expect_refused<std::optional<std::uint8_t>>("0007");
  expect_refused<CivilDate>("209cffff");  // 1899-12-31
  expect_refused<CivilDate>("26480100");  // 2200-01-01
  expect_refused<CivilDate>("ffffff7f");
  expect_refused<CivilDate>("00000080");
  expect_refused<Nothing>("00");
  expect_refused<Pair>("050200000061");
  using Map = std::map<std::string, bool>;
  expect_refused<Map>("02000000" "010000006200" "010000006101");  // falls
  expect_refused<Map>("02000000" "010000006100" "010000006101");  // twice the same
  expect_refused<Map>("01000000" "010000006102");
}

// A count is believed only as far as there are bytes for it: a hostile one costs no memory.
TEST(CanonicalArchive, CountsAreBoundedByWhatIsLeft) {
  expect_refused<Bytes>("ffffffff");
  expect_refused<std::string>("ffffff7f00");
  expect_refused<std::vector<std::string>>("ffffffff00000000");
  expect_refused<std::vector<Nothing>>("01000000");
  using Map = std::map<std::uint32_t, std::vector<std::string>>;
  expect_refused<Map>("01000000" "01000000" "ffffffff");
}

Bytes nested(std::size_t levels) {
  Bytes bytes;
  for (std::size_t k = 1; k < levels; ++k) append(bytes, ByteArray<4>{1, 0, 0, 0});
  append(bytes, ByteArray<4>{0, 0, 0, 0});
  return bytes;
}

// Each level of Nest is three: the struct, its field, the list. So the bound of 24 leaves eight levels; deeper input ends
// as a failure, not as an overflowing stack.
TEST(CanonicalArchive, NestingIsBounded) {
  static_assert(depth_max == 24);
  EXPECT_TRUE(decode<Nest>(nested(8)).has_value());
  EXPECT_FALSE(decode<Nest>(nested(9)).has_value());
  EXPECT_FALSE(decode<Nest>(nested(200'000)).has_value());
}

// What a failed decode says is for people in both languages.
TEST(CanonicalArchive, SaysWhatIsWrong) {
  const auto failure = decode<bool>(Bytes{2}).error();
  EXPECT_NE(failure.what.en.find("bool"), std::string::npos);
  EXPECT_FALSE(failure.what.zh.empty());
}

TEST(CanonicalArchive, EnumNamesWorkBothWays) {
  EXPECT_EQ(name_of(Colour::green), "green");
  EXPECT_EQ(name_of(static_cast<Colour>(3)), "?");
  EXPECT_EQ(enum_from_name<Colour>("blue"), Colour::blue);
  EXPECT_EQ(enum_from_name<Colour>("Blue"), std::nullopt);
}

}  // namespace
}  // namespace cunzheng::codec
