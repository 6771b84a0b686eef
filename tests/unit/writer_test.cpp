// A writer gives drafts their place: one chain, heads that verify, lamports that rise.

#include "shared/journal/writer.hpp"
#include "tests/support/body_samples.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

namespace cunzheng::journal {
namespace {

using test::sample_keys;
using test::SeededRandom;

JournalOpened opening_of(const crypto::PublicKey& key) {
  JournalOpened opening;
  opening.body = "v1";
  opening.key = key;
  opening.series = "A";
  return opening;
}

WriterContext context_at(std::int64_t ms) {
  return {{Instant{ms}, ClockConfidence::set_by_hub, 3}, {1, 20}, {2, 30}};
}

Writer::Opened opened(SeededRandom& random) {
  const auto keys = sample_keys(test::device_seed);
  return Writer::open(opening_of(keys.public_key), sample_keys(test::device_seed), context_at(1'000), random);
}

Draft inquiry(SeededRandom& random, domain::SubjectId subject = {}) {
  const auto sample = test::sample_of(BodyTag<InquiryRecorded>{});
  return draft_of(sample.body, sample.personal, subject, random);
}

std::vector<Draft> inquiries(SeededRandom& random, std::size_t count) {
  std::vector<Draft> drafts;
  for (std::size_t k = 0; k < count; ++k) drafts.push_back(inquiry(random));
  return drafts;
}

Entry entry_of(const Item& item) {
  const auto entry = parse_entry(item.entry);
  EXPECT_TRUE(entry.has_value());
  return entry.value_or(Entry{});
}

// The first entry is the journal: its id names it, nothing comes before it, and it says whose key signs.
TEST(JournalWriter, OpensAJournal) {
  SeededRandom random(1);
  const auto [writer, range] = opened(random);
  ASSERT_EQ(range.items.size(), 1U);
  EXPECT_EQ(range.first, 0U);
  EXPECT_EQ(range.journal.value(), range.items[0].id.value());
  EXPECT_TRUE(verify_range(range, writer.key()).has_value());
  const auto entry = entry_of(range.items[0]);
  EXPECT_EQ(entry.journal, JournalId{});
  EXPECT_EQ(entry.prev, EntryId{});
  EXPECT_EQ(entry.lamport, 1U);
  const auto body = read_body<JournalOpened>(entry);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(body->key, writer.key());
  EXPECT_EQ(writer.head(), (Head{range.journal, 0, range.items[0].id}));
}

// Calls go on from one another: their ranges make one chain, each entry with what the context said at the time.
TEST(JournalWriter, GoesOnInOneChain) {
  SeededRandom random(1);
  auto [writer, all] = opened(random);
  for (const std::size_t count : {1U, 3U, 2U}) {
    const auto range = writer.write(inquiries(random, count), context_at(static_cast<std::int64_t>(count)));
    EXPECT_TRUE(verify_range(range, writer.key()).has_value());
    EXPECT_EQ(range.first, all.last() + 1);
    EXPECT_EQ(range.items.size(), count);
    EXPECT_EQ(prev_of(range), all.items.back().id);
    EXPECT_EQ(writer.head(), range.head.head);
    EXPECT_EQ(entry_of(range.items[0]).claimed, context_at(static_cast<std::int64_t>(count)).claimed);
    EXPECT_EQ(entry_of(range.items[0]).known_district, (Known{1, 20}));
    EXPECT_EQ(entry_of(range.items[0]).known_body, (Known{2, 30}));
    all.items.insert(all.items.end(), range.items.begin(), range.items.end());
    all.head = range.head;
  }
  EXPECT_TRUE(verify_range(all, writer.key()).has_value());
  std::uint64_t before = 0;
  for (const auto& item : all.items) {
    EXPECT_GT(entry_of(item).lamport, before);
    before = entry_of(item).lamport;
  }
}

// A writer made again from the end of its journal writes what the old one would have written.
TEST(JournalWriter, GoesOnAfterARestart) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  Writer again(writer.head(), entry_of(first.items.back()).lamport, sample_keys(test::device_seed));
  SeededRandom same(2);
  SeededRandom chance(2);
  EXPECT_EQ(again.write(inquiries(same, 2), context_at(5)), writer.write(inquiries(chance, 2), context_at(5)));
}

// Drafts of one call may belong to the subject that an earlier one of them opens, or has.
TEST(JournalWriter, DraftsShareASubject) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  auto drafts = inquiries(random, 4);
  const domain::SubjectId other(test::sample_hash(9));
  drafts[1].subject_of_draft = 0;
  drafts[2].subject = other;
  drafts[3].subject_of_draft = 2;
  const auto range = writer.write(std::move(drafts), context_at(5));
  EXPECT_EQ(entry_of(range.items[0]).subject, domain::SubjectId{});
  EXPECT_EQ(entry_of(range.items[1]).subject.value(), range.items[0].id.value());
  EXPECT_EQ(entry_of(range.items[2]).subject, other);
  EXPECT_EQ(entry_of(range.items[3]).subject, other);
}

// What the writer has seen of others comes before what it writes next. A hostile entry may claim the greatest lamport
// there is: the count must not begin again at 0, before everything.
TEST(JournalWriter, LamportsStayAboveWhatWasSeen) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  writer.saw(500);
  EXPECT_EQ(entry_of(writer.write(inquiries(random, 1), context_at(5)).items[0]).lamport, 501U);
  writer.saw(7);
  EXPECT_EQ(entry_of(writer.write(inquiries(random, 1), context_at(5)).items[0]).lamport, 502U);
  writer.saw(UINT64_MAX);
  const auto range = writer.write(inquiries(random, 2), context_at(5));
  for (const auto& item : range.items) EXPECT_EQ(entry_of(item).lamport, UINT64_MAX);
}

// Each private part has a salt of its own: equal contents cannot be told from their digests.
TEST(JournalWriter, SaltsDiffer) {
  SeededRandom random(1);
  const auto one = inquiry(random);
  const auto two = inquiry(random);
  EXPECT_EQ(one.body, two.body);
  EXPECT_EQ(Bytes(one.private_part.begin() + salt_bytes, one.private_part.end()),
            Bytes(two.private_part.begin() + salt_bytes, two.private_part.end()));
  EXPECT_NE(private_digest(one.private_part), private_digest(two.private_part));
}

TEST(JournalWriter, KeepsParentsAndPrivateParts) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  auto draft = inquiry(random);
  draft.parents = {EntryId(test::sample_hash(1)), EntryId(test::sample_hash(2))};
  const auto part = draft.private_part;
  std::vector<Draft> drafts;
  drafts.push_back(draft);
  const auto range = writer.write(std::move(drafts), context_at(5));
  EXPECT_EQ(entry_of(range.items[0]).parents, draft.parents);
  EXPECT_EQ(range.items[0].private_part, part);
}

// Reading back: of another kind, of another version, of changed bytes there is no body; a private part that is erased or
// too short to have a salt is not there.
TEST(JournalWriter, ReadsBack) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  const auto range = writer.write(inquiries(random, 1), context_at(5));
  auto entry = entry_of(range.items[0]);
  EXPECT_TRUE(read_body<InquiryRecorded>(entry).has_value());
  EXPECT_EQ(read_body<JournalOpened>(entry).error().code, FailureCode::unreadable);
  entry.version = 2;
  EXPECT_EQ(read_body<InquiryRecorded>(entry).error().code, FailureCode::unreadable);
  entry.version = 1;
  entry.body.push_back(0);
  EXPECT_EQ(read_body<InquiryRecorded>(entry).error().code, FailureCode::unreadable);

  const auto part = range.items[0].private_part;
  EXPECT_EQ(read_private<InquiryRecorded>(part)->question, "办居住证明要什么材料");
  EXPECT_EQ(read_private<InquiryRecorded>(std::nullopt).error().code, FailureCode::not_found);
  EXPECT_EQ(read_private<InquiryRecorded>(Bytes(salt_bytes - 1)).error().code, FailureCode::not_found);
  EXPECT_EQ(read_private<InquiryRecorded>(Bytes(salt_bytes)).error().code, FailureCode::unreadable);
  EXPECT_TRUE(read_private<Received>(Bytes(salt_bytes)).has_value());
}

// The program's own mistakes stop it before a wrong entry is signed.
TEST(JournalWriterDeathTest, RefusesToSignNonsense) {
  SeededRandom random(1);
  auto [writer, first] = opened(random);
  EXPECT_DEATH(writer.write({}, context_at(5)), "drafts.empty");
  EXPECT_DEATH(
      {
        auto drafts = inquiries(random, 2);
        drafts[0].subject_of_draft = 1;
        writer.write(std::move(drafts), context_at(5));
      },
      "subject_of_draft");
  const auto another_key = opening_of(sample_keys(test::hub_seed).public_key);
  EXPECT_DEATH(Writer::open(another_key, sample_keys(test::device_seed), context_at(5), random), "opening.key");
}

TEST(Draft, LargerThanAnEntryHoldsIsBadInput) {
  Draft draft;
  draft.body.resize(body_bytes_max);
  draft.private_part.resize(private_part_bytes_max);
  EXPECT_TRUE(check_size(draft));
  draft.private_part.push_back(0);
  EXPECT_EQ(check_size(draft).error().code, FailureCode::bad_input);
  draft.private_part.clear();
  draft.body.push_back(0);
  EXPECT_EQ(check_size(draft).error().code, FailureCode::bad_input);
}

}  // namespace
}  // namespace cunzheng::journal
