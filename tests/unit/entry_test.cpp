// The bytes of an entry: every field in its place, every bound, nothing else accepted.

#include "shared/journal/entry.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace cunzheng::journal {
namespace {

// Every field filled from the seed.
Entry any_entry(std::uint64_t seed, std::size_t parents = 2, std::size_t body_bytes = 20) {
  test::SeededRandom random(seed);
  Entry entry;
  entry.journal = JournalId(draw<32>(random));
  entry.seq = random.next();
  entry.prev = EntryId(draw<32>(random));
  entry.subject = domain::SubjectId(draw<32>(random));
  entry.lamport = random.next();
  entry.claimed = {Instant{static_cast<std::int64_t>(random.next())}, ClockConfidence::doubtful,
                   static_cast<std::uint32_t>(random.next())};
  entry.known_district = {static_cast<std::uint32_t>(random.next()), random.next()};
  entry.known_body = {static_cast<std::uint32_t>(random.next()), random.next()};
  for (std::size_t k = 0; k < parents; ++k) entry.parents.emplace_back(draw<32>(random));
  entry.kind = BodyKind(static_cast<std::uint16_t>(random.next()));
  entry.version = static_cast<std::uint16_t>(random.next());
  entry.body.resize(body_bytes);
  random.fill(entry.body);
  entry.private_digest = draw<32>(random);
  return entry;
}

struct Place {
  const char* field;
  std::size_t offset;
  std::size_t bytes;
  std::function<void(Entry&)> change;
};

// One row for each field; each is changed alone. The offsets are those of FORMAT.md section 2.
std::vector<Place> places() {
  return {
      {"confidence", 3, 1, [](Entry& e) { e.claimed.confidence = ClockConfidence::set_by_hub; }},
      {"clock error", 4, 4, [](Entry& e) { e.claimed.error_s = ~e.claimed.error_s; }},
      {"claimed", 8, 8, [](Entry& e) { e.claimed.at.ms = ~e.claimed.at.ms; }},
      {"lamport", 16, 8, [](Entry& e) { e.lamport = ~e.lamport; }},
      {"seq", 24, 8, [](Entry& e) { e.seq = ~e.seq; }},
      {"journal", 32, 32, [](Entry& e) { for (auto& byte : e.journal.value()) byte ^= 0xff; }},
      {"prev", 64, 32, [](Entry& e) { for (auto& byte : e.prev.value()) byte ^= 0xff; }},
      {"subject", 96, 32, [](Entry& e) { for (auto& byte : e.subject.value()) byte ^= 0xff; }},
      {"district epoch", 128, 4, [](Entry& e) { e.known_district.epoch = ~e.known_district.epoch; }},
      {"district seq", 132, 8, [](Entry& e) { e.known_district.seq = ~e.known_district.seq; }},
      {"body epoch", 140, 4, [](Entry& e) { e.known_body.epoch = ~e.known_body.epoch; }},
      {"body seq", 144, 8, [](Entry& e) { e.known_body.seq = ~e.known_body.seq; }},
      {"kind", 152, 2, [](Entry& e) { e.kind = BodyKind(static_cast<std::uint16_t>(~e.kind.value())); }},
      {"version", 154, 2, [](Entry& e) { e.version = static_cast<std::uint16_t>(~e.version); }},
      {"first parent", 164, 32, [](Entry& e) { for (auto& byte : e.parents[0].value()) byte ^= 0xff; }},
      {"second parent", 196, 32, [](Entry& e) { for (auto& byte : e.parents[1].value()) byte ^= 0xff; }},
      {"body", 228, 20, [](Entry& e) { for (auto& byte : e.body) byte ^= 0xff; }},
      {"private digest", 248, 32, [](Entry& e) { for (auto& byte : e.private_digest) byte ^= 0xff; }},
  };
}

// Changing a field changes the bytes at its place, all of them, and no others; and it is read back from there.
TEST(EntryForm, EachFieldHasItsPlace) {
  const auto entry = any_entry(1);
  const auto bytes = to_bytes(entry);
  ASSERT_EQ(bytes.size(), 280U);
  std::set<std::size_t> covered;
  for (const auto& place : places()) {
    auto changed = entry;
    place.change(changed);
    const auto other = to_bytes(changed);
    ASSERT_EQ(other.size(), bytes.size()) << place.field;
    for (std::size_t k = 0; k < bytes.size(); ++k) {
      const bool inside = place.offset <= k && k < place.offset + place.bytes;
      EXPECT_EQ(other[k] != bytes[k], inside) << place.field << ", byte " << k;
      if (!inside) continue;
      EXPECT_TRUE(covered.insert(k).second) << place.field << ", byte " << k;
    }
    EXPECT_EQ(parse_entry(other), changed) << place.field;
  }
  // What no row names: schema, suite, number of parents, reserved bytes, length of the body.
  for (const std::size_t fixed : {0, 1, 2, 156, 157, 158, 159, 160, 161, 162, 163}) covered.insert(fixed);
  EXPECT_EQ(covered.size(), bytes.size());
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[1], 0);
  EXPECT_EQ(bytes[2], 1);
  EXPECT_EQ(bytes[156], 2);
  EXPECT_EQ(get_le<std::uint32_t>(ByteView(bytes).subspan(160)), 20U);
}

// Numbers are little-endian; the offsets of two of them show it.
TEST(EntryForm, NumbersAreLittleEndian) {
  auto entry = any_entry(1);
  entry.seq = 0x0102030405060708;
  entry.kind = BodyKind(0x0a0b);
  const auto bytes = to_bytes(entry);
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(24, 8)), "0807060504030201");
  EXPECT_EQ(to_hex(ByteView(bytes).subspan(152, 2)), "0b0a");
}

// From nothing in it to the bounds: what was written is read, and written the same.
TEST(EntryForm, RoundTrip) {
  for (const auto& entry : {Entry{}, any_entry(2), any_entry(3, 0, 0), any_entry(4, parents_max, 1),
                            any_entry(5, 1, body_bytes_max)}) {
    const auto bytes = to_bytes(entry);
    const auto parsed = parse_entry(bytes);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().what.en;
    EXPECT_EQ(*parsed, entry);
    EXPECT_EQ(to_bytes(*parsed), bytes);
  }
}

TEST(EntryForm, EveryTruncationIsRefused) {
  for (const auto& entry : {any_entry(1), any_entry(1, 0, 0)}) {
    const auto bytes = to_bytes(entry);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto parsed = parse_entry(ByteView(bytes).first(size));
      ASSERT_FALSE(parsed.has_value()) << size;
      EXPECT_EQ(parsed.error().code, FailureCode::unreadable);
    }
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(parse_entry(longer).has_value());
  }
}

// What is reserved must be zero, so that it can mean something one day.
TEST(EntryForm, ReservedBytesAreZero) {
  const auto bytes = to_bytes(any_entry(1));
  for (std::size_t at = 157; at < 160; ++at) {
    for (const int value : {1, 128, 255}) {
      auto changed = bytes;
      changed[at] = static_cast<std::uint8_t>(value);
      EXPECT_FALSE(parse_entry(changed).has_value()) << at;
    }
  }
}

// One step beyond each bound is refused, with as many bytes as the bound asks for where that can be had.
TEST(EntryForm, EveryBoundHolds) {
  const auto bytes = to_bytes(any_entry(1));
  const auto refused_with = [&](std::size_t at, std::uint8_t value) {
    auto changed = bytes;
    changed[at] = value;
    return !parse_entry(changed).has_value();
  };
  EXPECT_TRUE(refused_with(0, 0)) << "schema 0";
  EXPECT_TRUE(refused_with(0, 2)) << "schema 2";
  EXPECT_TRUE(refused_with(1, 1)) << "schema 257";
  EXPECT_TRUE(refused_with(2, 0)) << "suite 0";
  EXPECT_TRUE(refused_with(2, 2)) << "suite 2 is reserved";
  EXPECT_FALSE(refused_with(3, 2));
  EXPECT_TRUE(refused_with(3, 3)) << "a fourth confidence";
  EXPECT_TRUE(refused_with(156, 1)) << "fewer parents than there are";
  EXPECT_TRUE(refused_with(156, 3)) << "more parents than there are";
  EXPECT_TRUE(refused_with(160, 19)) << "body shorter than it is";
  EXPECT_TRUE(refused_with(160, 21)) << "body longer than it is";
  EXPECT_TRUE(refused_with(163, 255)) << "body of 4 GiB";

  auto parents = to_bytes(any_entry(1, parents_max));
  parents[156] = parents_max + 1;
  parents.insert(parents.begin() + 164, 32, 7);
  EXPECT_FALSE(parse_entry(parents).has_value()) << "17 parents";

  auto body = to_bytes(any_entry(1, 0, body_bytes_max));
  EXPECT_TRUE(parse_entry(body).has_value());
  put_le(std::span(body).subspan(160), static_cast<std::uint32_t>(body_bytes_max + 1));
  body.push_back(7);
  EXPECT_FALSE(parse_entry(body).has_value()) << "body above its bound";
}

// The id depends on every byte; an entry that opens a subject gives it its own id.
TEST(EntryForm, IdCoversEveryByte) {
  auto entry = any_entry(1);
  const auto bytes = to_bytes(entry);
  const auto id = id_of(bytes);
  for (std::size_t k = 0; k < bytes.size(); ++k) {
    auto changed = bytes;
    changed[k] ^= 1;
    EXPECT_NE(id_of(changed), id) << k;
  }
  EXPECT_EQ(subject_of(entry, id), entry.subject);
  entry.subject = {};
  EXPECT_EQ(subject_of(entry, id).value(), id.value());
}

// Two equal private parts with another salt have nothing in common that could be seen from outside.
TEST(EntryForm, PrivateDigestCoversTheSalt) {
  Bytes part(salt_bytes);
  append(part, view_of("测试甲"));
  auto other = part;
  other[15] ^= 1;
  EXPECT_NE(private_digest(part), private_digest(other));
  EXPECT_NE(private_digest(part), private_digest(ByteView(part).first(part.size() - 1)));
}

}  // namespace
}  // namespace cunzheng::journal
