// Whatever is done to the bytes of an entry or to a range on its way, it is refused, or it is one of the forms in which the
// writer itself could have sent it. Mutations come from printed seeds.

#include "shared/codec/archive.hpp"
#include "shared/journal/range.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/long_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace cunzheng::journal {
namespace {

using test::SeededRandom;
using test::TestJournal;

constexpr Seq entries = 6;
constexpr Seq forked_at = 4;

std::uint64_t rounds(std::uint64_t usual) { return test::is_long_run() ? 20 * usual : usual; }

void flip_a_bit(SeededRandom& random, std::span<std::uint8_t> bytes) {
  bytes[random.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
}

// A bit, a byte, a byte more, a cut, or two stretches of equal length changed over.
void mutate(SeededRandom& random, Bytes& bytes) {
  if (bytes.empty()) return bytes.push_back(static_cast<std::uint8_t>(random.next()));
  const auto at = random.below(bytes.size());
  const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  switch (random.below(6)) {
    case 0:
      bytes[at] = static_cast<std::uint8_t>(random.next());
      break;
    case 1:
      bytes.insert(place, static_cast<std::uint8_t>(random.next()));
      break;
    case 2:
      bytes.erase(place);
      break;
    case 3:
      if (random.one_in(4)) bytes.resize(at);
      break;
    case 4: {
      const auto length = random.between(1, 32);
      const auto other = random.below(bytes.size());
      if (std::max(at, other) + length > bytes.size()) break;
      for (std::size_t k = 0; k < length; ++k) std::swap(bytes[at + k], bytes[other + k]);
      break;
    }
    default:
      flip_a_bit(random, bytes);
  }
}

// An entry with parents and a subject, where the tables of TestJournal leave both out.
Entry full_entry(SeededRandom& random, const JournalId& journal, Seq seq, const EntryId& prev) {
  Entry entry;
  entry.journal = journal;
  entry.seq = seq;
  entry.prev = prev;
  entry.subject = domain::SubjectId(draw<32>(random));
  entry.lamport = 9;
  entry.claimed = {Instant{1'780'000'000'000}, ClockConfidence::set_by_hub, 3};
  entry.known_district = {1, 30};
  entry.known_body = {1, 40};
  for (auto& parent : entry.parents = std::vector<EntryId>(2)) parent = EntryId(draw<32>(random));
  entry.kind = test::fact_kind;
  entry.body.resize(24);
  random.fill(entry.body);
  return entry;
}

// Bytes that still parse turn into themselves again, and no head that the writer signed vouches for them: not under the
// id that the chain names, not under their own.
TEST(EntryMutations, AcceptedMeansTheSameBytesAndABrokenChain) {
  constexpr std::uint64_t seed = 8'001;
  std::cout << "seed " << seed << "\n";
  SeededRandom random(seed);
  const TestJournal journal(seed);
  const auto opening = journal.item(0);
  const auto part = test::private_part(random, "示范");
  auto first = full_entry(random, journal.id(), 1, opening.id);
  first.private_digest = private_digest(part);
  const auto item = make_item(first, part);
  auto second = full_entry(random, journal.id(), 2, item.id);
  second.private_digest = private_digest(part);
  const auto last = make_item(second, part);
  const auto head_of_first = sign_head({journal.id(), 1, item.id}, journal.secret());
  const auto head_of_last = sign_head({journal.id(), 2, last.id}, journal.secret());
  const Range good{journal.id(), 1, {item, last}, head_of_last};
  ASSERT_TRUE(verify_range(good, journal.key()).has_value());

  std::uint64_t accepted = 0;
  for (std::uint64_t round = 0; round < rounds(100'000); ++round) {
    auto bytes = item.entry;
    for (auto count = random.between(1, 3); count > 0; --count) mutate(random, bytes);
    const auto entry = parse_entry(bytes);
    if (!entry) continue;
    ASSERT_EQ(to_bytes(*entry), bytes) << "round " << round;
    if (bytes == item.entry) continue;
    ++accepted;
    ASSERT_NE(id_of(bytes), item.id) << "round " << round;

    auto range = random.one_in(2) ? good : Range{journal.id(), 1, {item}, head_of_first};
    range.items[0].entry = bytes;
    if (random.one_in(2)) range.items[0].id = id_of(bytes);
    if (range.items.size() == 1 && random.one_in(2)) range.head.head.id = range.items[0].id;
    if (random.one_in(2)) range.items[0].private_part.reset();
    ASSERT_FALSE(verify_range(range, journal.key()).has_value()) << "round " << round;
  }
  EXPECT_GT(accepted, 10'000U) << "the mutations are too coarse to show anything";
}

// ---- ranges

struct Family {
  explicit Family(std::uint64_t seed) : device(seed), copy(seed) {
    device.add_many(forked_at - 1);
    copy = device.clone(seed + 1);
    device.add_many(entries - forked_at);
    copy.add_many(entries - forked_at);
  }
  TestJournal device;
  TestJournal copy;  // its disk, copied before entry `forked_at`: the same key signs both
};

template <class List>
std::size_t some(SeededRandom& random, const List& list) {
  return random.below(list.size());
}

void mutate_range(SeededRandom& random, Range& range, const Family& family) {
  if (range.items.empty()) return;
  const auto at = some(random, range.items);
  auto& item = range.items[at];
  const auto place = range.items.begin() + static_cast<std::ptrdiff_t>(at);
  const auto seq = std::min<Seq>(range.first + at, entries - 1);
  switch (random.below(16)) {
    case 0:
    case 1:
      mutate(random, item.entry);
      break;
    case 2:
      if (item.private_part) mutate(random, *item.private_part);
      break;
    case 3:
      flip_a_bit(random, item.id.value());
      break;
    case 4:
      flip_a_bit(random, range.head.signature.value());
      break;
    case 5:
      flip_a_bit(random, range.head.head.id.value());
      break;
    case 6:
      range.head.head.seq += random.between(0, 2) - 1;
      break;
    case 7:
      range.first += random.between(0, 2) - 1;
      break;
    case 8:
      flip_a_bit(random, range.journal.value());
      if (random.one_in(2)) range.head.head.journal = range.journal;
      break;
    case 9:
      range.items.erase(place);
      break;
    case 10: {
      const auto twice = item;
      range.items.insert(place, twice);
      break;
    }
    case 11:
      item.private_part = range.items[some(random, range.items)].private_part;
      break;
    case 12:
      item.entry.clear();
      if (random.one_in(2)) item.private_part.reset();
      break;
    case 13:
      item = family.copy.item(seq);
      break;
    case 14:
      range.head = random.one_in(2) ? family.copy.head(seq) : family.device.head(seq);
      break;
    default: {
      const auto other = some(random, range.items);
      const auto kept = range.items[other];
      range.items[other] = item;
      range.items[at] = kept;
    }
  }
}

// What the device or its copy could have sent: its own entries, its own head, private parts as they are or left out.
bool could_be_sent(const Range& range, const TestJournal& journal) {
  if (range.items.empty() || range.first > journal.last() || range.last() > journal.last()) return false;
  if (range == journal.stub(range.first)) return true;
  auto whole = journal.range(range.first, range.last());
  for (std::size_t k = 0; k < range.items.size(); ++k) {
    if (!range.items[k].private_part) whole.items[k].private_part.reset();
  }
  return range == whole;
}

TEST(RangeMutations, AcceptedMeansThatTheWriterCouldHaveSentIt) {
  constexpr std::uint64_t seed = 8'002;
  std::cout << "seed " << seed << "\n";
  SeededRandom random(seed);
  const Family family(seed);
  std::uint64_t accepted = 0;
  for (std::uint64_t round = 0; round < rounds(100'000); ++round) {
    const auto first = random.below(entries);
    auto range = family.device.range(first, random.between(first, entries - 1));
    for (auto count = random.between(1, 3); count > 0; --count) mutate_range(random, range, family);
    if (!verify_range(range, family.device.key())) continue;
    ++accepted;
    ASSERT_TRUE(could_be_sent(range, family.device) || could_be_sent(range, family.copy)) << "round " << round;
  }
  EXPECT_GT(accepted, 100U) << "some mutations undo one another or leave what can be left out";
  EXPECT_LT(accepted, rounds(100'000) / 4);
}

}  // namespace
}  // namespace cunzheng::journal
