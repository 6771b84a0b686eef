// The short form of a range on the wire: exact, small, and nothing else decodes.

#include "sync/core/wire_range.hpp"

#include "sync/core/varint.hpp"
#include "tests/support/journals.hpp"

#include <gtest/gtest.h>

namespace cunzheng::sync {
namespace {

using journal::Entry;
using journal::EntryId;
using journal::Item;
using journal::JournalId;
using journal::Range;
using test::SeededRandom;
using test::TestJournal;

// A journal written field by field, for what TestJournal leaves at its defaults.
struct HandMade {
  explicit HandMade(std::uint64_t seed) : random(seed), keys(crypto::make_key_pair(random)) { add({}); }

  EntryId add(Entry entry, std::size_t private_bytes = 40) {
    entry.seq = items.size();
    entry.journal = id;
    entry.prev = items.empty() ? EntryId{} : items.back().id;
    Bytes secret(private_bytes);
    random.fill(secret);
    entry.private_digest = journal::private_digest(secret);
    items.push_back(journal::make_item(entry, secret));
    if (items.size() == 1) id = JournalId{items.back().id.value()};
    return items.back().id;
  }
  Range range(std::size_t first, std::size_t last) const {
    Range out{
        id,
        first,
        {items.begin() + static_cast<std::ptrdiff_t>(first), items.begin() + static_cast<std::ptrdiff_t>(last) + 1},
        {}};
    out.head = journal::sign_head({id, last, items[last].id}, keys.secret);
    return out;
  }

  SeededRandom random;
  crypto::KeyPair keys;
  JournalId id;
  std::vector<Item> items;
};

// Entries as a committee writes them: a few open subjects at a time, minutes apart, the hub's journals moving on.
HandMade village(std::uint64_t seed, std::size_t entries) {
  HandMade made(seed);
  auto& random = made.random;
  std::vector<domain::SubjectId> open;
  std::int64_t ms = 1'780'000'000'000;
  Entry entry;
  for (std::size_t k = 0; k < entries; ++k) {
    ms += static_cast<std::int64_t>(random.between(1'000, 3'600'000));
    entry.lamport += random.between(1, 3);
    entry.claimed = {Instant{ms}, ClockConfidence::set_by_hub, 2};
    if (random.one_in(10)) entry.known_body = {1, entry.known_body.seq + random.between(1, 9)};
    if (random.one_in(50)) entry.known_district = {1, entry.known_district.seq + 1};
    entry.kind = journal::BodyKind{static_cast<std::uint16_t>(random.between(10, 60))};
    entry.body.resize(random.between(20, 120));
    random.fill(entry.body);
    const bool opens = open.empty() || random.one_in(4);
    entry.subject = opens ? domain::SubjectId{} : open[random.below(open.size())];
    const auto id = made.add(entry, random.between(journal::salt_bytes, 150));
    if (opens) open.push_back(domain::SubjectId{id.value()});
    if (open.size() > 4) open.erase(open.begin());
  }
  return made;
}

void expect_exact(const Range& range) {
  const auto wire = to_wire(range);
  const auto back = from_wire(wire);
  ASSERT_TRUE(back.has_value()) << back.error().what.en;
  EXPECT_EQ(*back, range);
  EXPECT_EQ(to_wire(*back), wire);
}

// Whatever a journal holds and wherever it is cut, the same bytes come out at the other end.
TEST(WireRange, EveryCutComesBackExactly) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto made = village(seed, 24);
    for (std::size_t first = 0; first < made.items.size(); ++first) {
      for (const auto last : {first, (first + made.items.size()) / 2, made.items.size() - 1}) {
        const auto range = made.range(first, last);
        expect_exact(range);
        ASSERT_TRUE(journal::verify_range(*from_wire(to_wire(range)), made.keys.public_key).has_value());
      }
    }
  }
}

// Fields at their limits, times and clocks running backwards, parents, large bodies.
TEST(WireRange, OddFieldsComeBackExactly) {
  HandMade made(1);
  Entry entry;
  entry.claimed = {Instant{std::numeric_limits<std::int64_t>::min()}, ClockConfidence::doubtful, 0xFFFF'FFFF};
  entry.lamport = ~std::uint64_t{0};
  entry.known_district = {0xFFFF'FFFF, ~std::uint64_t{0}};
  entry.known_body = {7, 1};
  entry.kind = journal::BodyKind{0xFFFF};
  entry.version = 0xFFFF;
  entry.parents.assign(journal::parents_max, EntryId{made.items.front().id});
  made.add(entry);
  entry.claimed = {Instant{std::numeric_limits<std::int64_t>::max()}, ClockConfidence::plausible, 1};
  entry.lamport = 0;
  entry.known_body = {};
  entry.parents.resize(1);
  entry.body.assign(journal::body_bytes_max, 0x5A);
  made.add(entry, journal::private_part_bytes_max);
  made.add(Entry{}, journal::salt_bytes);
  expect_exact(made.range(0, 3));
  expect_exact(made.range(1, 1));
  expect_exact(made.range(2, 3));
}

// Erased private parts, damaged entries and an entry of a schema to come travel as well.
TEST(WireRange, HolesComeBackExactly) {
  auto made = village(3, 10);
  auto range = made.range(2, 8);
  range.items[0].private_part.reset();
  range.items[3].private_part.reset();
  expect_exact(range);
  EXPECT_TRUE(journal::verify_range(*from_wire(to_wire(range)), made.keys.public_key).has_value());

  const TestJournal journal(5);
  expect_exact(journal.stub(0));
  auto stub = made.range(4, 4);
  stub.items[0].entry.clear();
  expect_exact(stub);  // its private part is still there
  stub.items[0].private_part.reset();
  expect_exact(stub);
  EXPECT_TRUE(journal::verify_range(*from_wire(to_wire(stub)), made.keys.public_key).has_value());

  auto newer = made.range(5, 7);
  newer.items[1].entry[0] = 2;  // schema 2
  newer.items[1].id = journal::id_of(newer.items[1].entry);
  EXPECT_EQ(from_wire(to_wire(newer))->items, newer.items);
}

// What breaks the chain arrives as it is, and fails its checks there.
TEST(WireRange, BrokenRangesArriveBroken) {
  const auto made = village(4, 10);
  const auto checked = [&](const Range& range) {
    const auto back = from_wire(to_wire(range));
    return back && journal::verify_range(*back, made.keys.public_key);
  };
  ASSERT_TRUE(checked(made.range(2, 6)));
  auto swapped = made.range(2, 6);
  std::swap(swapped.items[1], swapped.items[2]);
  EXPECT_FALSE(checked(swapped));
  auto moved = made.range(2, 6);
  moved.first = 3;
  EXPECT_FALSE(checked(moved));
  auto other_part = made.range(2, 6);
  other_part.items[1].private_part->push_back(0);
  EXPECT_FALSE(checked(other_part));
  auto other_head = made.range(2, 6);
  other_head.head = made.range(2, 7).head;
  EXPECT_FALSE(checked(other_head));
  auto other_bytes = made.range(2, 6);
  other_bytes.items[0].entry.back() ^= 1;
  EXPECT_FALSE(checked(other_bytes));
}

// Overhead besides bodies, private parts and the signature: at most 20 bytes an entry, the range's own fields included.
TEST(WireRange, OverheadStaysSmall) {
  const auto made = village(6, 100);
  const auto range = made.range(1, 100);
  std::size_t payload = sizeof(crypto::Signature::Value);
  for (const auto& item : range.items) {
    payload += journal::parse_entry(item.entry)->body.size() + item.private_part->size();
  }
  const auto overhead = to_wire(range).size() - payload;
  RecordProperty("overhead_bytes_per_entry", static_cast<int>(overhead / range.items.size()));
  EXPECT_LE(overhead, 20 * range.items.size()) << overhead;
  EXPECT_LE(overhead, 1'500U);  // measured: 1,376 for 100 entries of a busy village
}

// Cut off anywhere, or with something behind it, it is no range.
TEST(WireRange, EveryTruncationIsRefused) {
  auto range = village(7, 6).range(1, 6);
  range.items[2].private_part.reset();
  const auto wire = to_wire(range);
  for (std::size_t size = 0; size < wire.size(); ++size) {
    ASSERT_FALSE(from_wire(ByteView(wire).first(size)).has_value()) << size;
  }
  auto longer = wire;
  longer.push_back(0);
  EXPECT_FALSE(from_wire(longer).has_value());
}

// No flipped bit goes unnoticed: it does not decode, or what it decodes to fails its checks. What does decode has
// this one form.
TEST(WireRange, EveryFlippedBitIsSeen) {
  auto made = village(8, 6);
  auto range = made.range(1, 6);
  range.items[2].private_part.reset();
  const auto wire = to_wire(range);
  std::size_t decoded = 0;
  for (std::size_t bit = 0; bit < 8 * wire.size(); ++bit) {
    auto changed = wire;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto back = from_wire(changed);
    if (!back) continue;
    ++decoded;
    ASSERT_EQ(to_wire(*back), changed) << bit;
    ASSERT_FALSE(journal::verify_range(*back, made.keys.public_key).has_value()) << bit;
  }
  EXPECT_GT(decoded, 1000U);  // else the checks above had nothing to do
}

// Counts and lengths that promise more than there is cost nothing.
TEST(WireRange, HostileLengthsAreRefused) {
  const TestJournal journal(9);
  const auto with = [&](std::initializer_list<Varint> numbers, std::size_t zeros) {
    codec::Writer writer;
    writer(journal.id());
    for (const auto& number : numbers) writer(number);
    writer.raw(Bytes(zeros));
    return writer.take();
  };
  const Varint huge{~std::uint64_t{0}};
  EXPECT_FALSE(from_wire(with({huge, Varint{1}}, 300)).has_value());
  EXPECT_FALSE(from_wire(with({Varint{0}, huge}, 300)).has_value());
  EXPECT_FALSE(from_wire(with({Varint{0}, Varint{wire_items_max + 1}}, 300)).has_value());
  EXPECT_FALSE(from_wire(with({Varint{0}, Varint{0}}, 300)).has_value());
  EXPECT_FALSE(from_wire(with({Varint{0}, Varint{1}, Varint{1}, Varint{std::uint64_t{1} << 40}}, 300)).has_value());
}

// The same number is never written in two ways.
TEST(Varint, HasOneForm) {
  for (const auto number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127}, std::uint64_t{128},
                            std::uint64_t{300}, std::uint64_t{1} << 35, ~std::uint64_t{0}}) {
    const auto bytes = codec::encode(Varint{number});
    EXPECT_EQ(codec::decode<Varint>(bytes)->value, number);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(codec::decode<Varint>(ByteView(bytes).first(size)).has_value());
    }
    auto padded = bytes;
    padded.back() |= 0x80;
    padded.push_back(0);
    EXPECT_FALSE(codec::decode<Varint>(padded).has_value()) << number;
  }
  EXPECT_EQ(codec::encode(Varint{300}), (Bytes{0xAC, 0x02}));
  EXPECT_FALSE(codec::decode<Varint>(Bytes(10, 0xFF)).has_value());
  EXPECT_FALSE(codec::decode<Varint>(*from_hex("ffffffffffffffffff02")).has_value());  // 65 bits
  for (const auto from : {std::uint64_t{0}, std::uint64_t{5}, ~std::uint64_t{0}}) {
    for (const auto to : {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
      EXPECT_EQ(plus_difference(from, difference(from, to)), to);
    }
  }
  EXPECT_EQ(difference(10, 9).value, 1U);
  EXPECT_EQ(difference(9, 10).value, 2U);
}

}  // namespace
}  // namespace cunzheng::sync
