// What every engine of the entry store keeps: one suite over all of them.

#include "tests/support/journals.hpp"
#include "tests/support/store_harness.hpp"

#include <gtest/gtest.h>

namespace cunzheng::store {
namespace {

using journal::Range;
using journal::Seq;
using test::TestJournal;

template <class Harness>
class EntryStoreContract : public ::testing::Test {
 protected:
  EntryStore& store() { return harness_.store(); }
  Harness& harness() { return harness_; }

  AppendReport append(const std::vector<Range>& ranges) {
    const auto report = store().append(ranges);
    EXPECT_TRUE(report) << report.error().what.en;
    return report.value_or(AppendReport{});
  }
  AppendReport append(const Range& range) { return append(std::vector{range}); }

  Failure append_fails(const std::vector<Range>& ranges) {
    const auto report = store().append(ranges);
    EXPECT_FALSE(report);
    return report ? Failure{} : report.error();
  }

  std::vector<Range> read(const journal::JournalId& id, Seq from, ReadLimit limit = {}) {
    const auto ranges = store().read(id, from, limit);
    EXPECT_TRUE(ranges) << ranges.error().what.en;
    return ranges.value_or(std::vector<Range>{});
  }

  // All items of a line, read as ranges that must verify.
  std::vector<journal::Item> all_items(const journal::JournalId& id, const crypto::PublicKey& key, Seq from = 0) {
    std::vector<journal::Item> items;
    for (;;) {
      const auto ranges = read(id, from, {10, 1U << 20});
      if (ranges.empty()) return items;
      for (const auto& range : ranges) {
        const auto verified = journal::verify_range(range, key);
        EXPECT_TRUE(verified) << verified.error().what.en;
        items.insert(items.end(), range.items.begin(), range.items.end());
      }
      from = ranges.back().last() + 1;
    }
  }

  void expect_sound() {
    const auto report = store().fsck();
    ASSERT_TRUE(report) << report.error().what.en;
    for (const auto& damage : report->damages) {
      ADD_FAILURE() << damage.what.en << " at " << to_hex(damage.place.journal.value()) << "/" << damage.place.seq;
    }
  }

 private:
  Harness harness_;
};

using Engines = ::testing::Types<test::MemHarness, test::LevelHarness>;
TYPED_TEST_SUITE(EntryStoreContract, Engines);

// What goes in comes out, byte for byte, now and after the store was closed and opened.
TYPED_TEST(EntryStoreContract, KeepsWhatIsAppended) {
  TestJournal journal(1);
  journal.add_many(20);
  EXPECT_EQ(this->append(journal.range(0, 4)).added, 5U);
  EXPECT_EQ(this->append(journal.ranges(5, 20, 6)).added, 16U);
  for (int opened = 0; opened < 2; ++opened) {
    const auto info = this->store().journal(journal.id());
    ASSERT_TRUE(info);
    EXPECT_EQ(info->head, journal.head(20));
    EXPECT_EQ(info->first, 0U);
    EXPECT_FALSE(info->fork);
    EXPECT_EQ(this->store().journals(), std::vector{*info});
    EXPECT_EQ(this->all_items(journal.id(), journal.key()), journal.items());
    EXPECT_EQ(this->store().item({journal.id(), 7})->item, journal.item(7));
    this->expect_sound();
    this->harness().reopen();
  }
}

// An empty store and unknown journals give empty answers or not_found, never something made up.
TYPED_TEST(EntryStoreContract, KnowsNothingOfWhatWasNeverAppended) {
  TestJournal journal(1);
  EXPECT_TRUE(this->store().journals().empty());
  EXPECT_FALSE(this->store().journal(journal.id()));
  EXPECT_EQ(this->store().read(journal.id(), 0, {}).error().code, FailureCode::not_found);
  EXPECT_EQ(this->store().item({journal.id(), 0}).error().code, FailureCode::not_found);
  EXPECT_TRUE(this->store().of_subject({})->empty());
  EXPECT_TRUE(this->store().arrivals(0, 10)->empty());
  EXPECT_TRUE(this->store().append({}));
  const Place nowhere{journal.id(), 3};
  EXPECT_TRUE(this->store().erase_private({&nowhere, 1}));
  this->append(journal.range(0, 0));
  EXPECT_TRUE(this->read(journal.id(), 1).empty());
  EXPECT_EQ(this->store().item({journal.id(), 1}).error().code, FailureCode::not_found);
}

// A batch that is sent again, whole or overlapping, is counted as known and changes nothing.
TYPED_TEST(EntryStoreContract, CountsKnownItems) {
  TestJournal journal(1);
  journal.add_many(9);
  this->append(journal.range(0, 5));
  const auto before = test::dump(this->store());
  const auto again = this->append(journal.range(0, 5));
  EXPECT_EQ(again.known, 6U);
  EXPECT_EQ(again.added, 0U);
  EXPECT_EQ(test::dump(this->store()), before);
  const auto overlapping = this->append(journal.range(3, 9));
  EXPECT_EQ(overlapping.known, 3U);
  EXPECT_EQ(overlapping.added, 4U);
  EXPECT_EQ(this->all_items(journal.id(), journal.key()), journal.items());
}

// A range behind a gap is refused with the seq to send from, and nothing of its call is stored.
TYPED_TEST(EntryStoreContract, RefusesAGapWhole) {
  TestJournal journal(1);
  TestJournal other(2);
  journal.add_many(9);
  const auto unknown = this->append_fails({other.range(0, 0), journal.range(5, 9)});
  EXPECT_EQ(unknown.code, FailureCode::conflict);
  EXPECT_EQ(unknown.field, "send_from 0");
  EXPECT_TRUE(this->store().journals().empty());
  this->append(journal.range(0, 2));
  const auto gap = this->append_fails({journal.range(3, 3), journal.range(5, 9)});
  EXPECT_EQ(gap.code, FailureCode::conflict);
  EXPECT_EQ(gap.field, "send_from 4");
  EXPECT_EQ(this->store().journal(journal.id())->head, journal.head(2));
  this->append({journal.range(3, 4), journal.range(5, 9)});
}

// A copied device that wrote on is found out: both branches are kept, readable and verifiable (checklist 7), and grow.
TYPED_TEST(EntryStoreContract, KeepsBothBranchesOfAFork) {
  TestJournal first(1);
  first.add_many(5);
  auto second = first.clone(7);
  first.add_many(4);
  second.add_many(6);
  this->append(first.all());
  const auto report = this->append(second.range(3, 9));
  EXPECT_EQ(report.known, 3U);
  EXPECT_EQ(report.added, 4U);
  ASSERT_EQ(report.forks, (std::vector{ForkPoint{first.id(), 6}}));
  const auto branch = branch_id(first.id(), 6, second.item(6).id);

  EXPECT_EQ(this->append(second.range(10, 11)).added, 2U);
  EXPECT_EQ(this->append(second.all()).known, 12U);
  first.add_many(1);
  EXPECT_EQ(this->append(first.range(10, 10)).added, 1U);
  this->harness().reopen();

  const auto info = this->store().journal(branch);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->first, 6U);
  EXPECT_EQ(info->head, second.head(11));
  EXPECT_EQ(info->fork, (ForkPoint{first.id(), 6}));
  EXPECT_EQ(this->all_items(first.id(), first.key()), first.items());
  const std::vector<journal::Item> tail(second.items().begin() + 6, second.items().end());
  EXPECT_EQ(this->all_items(branch, second.key()), tail);  // verified: each range names the journal itself
  EXPECT_EQ(this->read(branch, 0).front().first, 6U);
  this->expect_sound();
}

// A copy of a copy: the third branch leaves the second, whichever came first.
TYPED_TEST(EntryStoreContract, KeepsABranchOfABranch) {
  TestJournal first(1);
  first.add_many(3);
  auto second = first.clone(7);
  first.add_many(3);
  second.add_many(4);
  auto third = second.clone(8);
  second.add_many(2);
  third.add_many(5);
  this->append(third.all());
  const auto of_second = this->append(second.range(2, 9));
  EXPECT_EQ(of_second.forks, (std::vector{ForkPoint{first.id(), 8}}));
  const auto of_first = this->append(first.range(4, 6));
  EXPECT_EQ(of_first.forks, (std::vector{ForkPoint{first.id(), 4}}));
  EXPECT_EQ(this->store().journals().size(), 3U);
  for (const auto* journal : {&first, &second, &third}) {
    EXPECT_EQ(this->append(journal->all()).known, journal->items().size());
  }
  this->expect_sound();
}

// Two copies that parted long ago: following "send from" always ends with both branches held.
TYPED_TEST(EntryStoreContract, SendFromLeadsBackToTheForkPoint) {
  TestJournal first(1);
  first.add_many(12);
  auto second = first.clone(7);
  first.add_many(60);
  second.add_many(40);
  this->append(first.all());
  Seq from = 45;  // what the second believes to be held
  int refused = 0;
  for (;; ++refused) {
    ASSERT_LT(refused, 10);
    const auto report = this->store().append(std::vector{second.range(from, 52)});
    if (report) break;
    ASSERT_EQ(report.error().code, FailureCode::conflict);
    const Seq next = std::stoull(report.error().field.substr(std::string("send_from ").size()));
    ASSERT_LT(next, from);
    from = next;
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(this->append(second.all()).known, 53U);
  this->expect_sound();
}

// One damaged item does not keep back the rest (checklist 6): it comes as a stub, leaves as a stub alone in its range,
// and is completed when its bytes turn up; then it arrives once more.
TYPED_TEST(EntryStoreContract, BringsTheRestAroundAStub) {
  TestJournal journal(1);
  journal.add_many(9);
  EXPECT_EQ(this->append({journal.range(0, 3), journal.stub(4), journal.range(5, 9)}).added, 10U);
  const auto ranges = this->read(journal.id(), 0);
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_EQ(ranges[0], journal.range(0, 3));
  EXPECT_EQ(ranges[1], journal.stub(4));
  EXPECT_EQ(ranges[2], journal.range(5, 9));
  EXPECT_TRUE(this->store().item({journal.id(), 4})->item.is_stub());
  EXPECT_EQ(this->append(journal.stub(4)).known, 1U);
  EXPECT_EQ(this->store().arrivals(0, 100)->size(), 10U);
  this->expect_sound();

  const auto report = this->append(journal.range(2, 6));
  EXPECT_EQ(report.completed, 1U);
  EXPECT_EQ(report.known, 4U);
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{journal.all()});
  EXPECT_EQ(this->store().arrivals(10, 100), (std::vector{Arrival{11, {journal.id(), 4}}}));
  EXPECT_EQ(this->append(journal.stub(4)).known, 1U);  // a stub does not undo it
  this->harness().reopen();
  EXPECT_EQ(this->store().of_subject(domain::SubjectId{journal.item(4).id.value()})->size(), 1U);
  this->expect_sound();
}

// A stub says nothing of what came before: one that opens a branch, and one within a branch, find their line.
TYPED_TEST(EntryStoreContract, PutsStubsOfABranchIntoTheBranch) {
  TestJournal first(1);
  first.add_many(3);
  auto second = first.clone(7);
  first.add_many(3);
  second.add_many(6);
  this->append(first.all());
  const auto report = this->append({second.stub(4), second.range(5, 6), second.stub(7), second.range(8, 9)});
  EXPECT_EQ(report.added, 6U);
  ASSERT_EQ(report.forks, (std::vector{ForkPoint{first.id(), 4}}));
  EXPECT_EQ(this->store().journals().size(), 2U);
  EXPECT_EQ(this->append(second.all()).completed, 2U);
  EXPECT_EQ(this->all_items(first.id(), first.key()), first.items());
  second.add_many(3);
  EXPECT_EQ(this->append_fails({second.stub(12)}).field, "send_from 11");
  this->expect_sound();
}

// Bytes that rot on this disk: the neighbours are still brought, the item is a stub, and its bytes heal it.
TYPED_TEST(EntryStoreContract, BringsTheRestAroundDamage) {
  TestJournal journal(1);
  journal.add_many(9);
  this->append(journal.ranges(0, 9, 5));
  this->harness().damage_entry({journal.id(), 5});  // heads at 4 and 9 only
  EXPECT_TRUE(this->store().item({journal.id(), 5})->item.is_stub());
  EXPECT_EQ(this->store().item({journal.id(), 5})->item.id, journal.item(5).id);
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{journal.range(0, 4)});
  const auto stuck = this->store().read(journal.id(), 5, {});
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().code, FailureCode::unreadable);
  EXPECT_EQ(stuck.error().field, "seq 5");

  const std::vector heads{journal.head(4), journal.head(5)};  // the writer helps
  ASSERT_TRUE(this->store().add_heads(heads));
  EXPECT_EQ(this->read(journal.id(), 0), (std::vector{journal.range(0, 4), journal.stub(5), journal.range(6, 9)}));
  EXPECT_FALSE(this->store().fsck()->damages.empty());

  EXPECT_EQ(this->append(journal.range(5, 9)).completed, 1U);
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{journal.all()});
  this->expect_sound();
}

// Damage in the middle of a range, where there is no head before it, is said with its place.
TYPED_TEST(EntryStoreContract, SaysWhereThereIsNoHeadToCutAt) {
  TestJournal journal(1);
  journal.add_many(9);
  this->append(journal.all());
  this->harness().damage_entry({journal.id(), 4});
  EXPECT_EQ(this->store().read(journal.id(), 0, {}).error().field, "seq 4");
  ASSERT_TRUE(this->store().add_heads(std::vector{journal.head(4)}));
  EXPECT_EQ(this->store().read(journal.id(), 0, {}).error().field, "seq 4");
  EXPECT_EQ(this->read(journal.id(), 4), (std::vector{journal.stub(4), journal.range(5, 9)}));
  ASSERT_TRUE(this->store().add_heads(std::vector{journal.head(3)}));
  EXPECT_EQ(this->read(journal.id(), 0).size(), 3U);
}

// Private parts travel beside the entries: one that was missing is taken in later, and its entry arrives once more.
TYPED_TEST(EntryStoreContract, CompletesPrivateParts) {
  TestJournal journal(1);
  journal.add_many(4);
  auto without = journal.all();
  without.items[2].private_part.reset();
  EXPECT_EQ(this->append(without).added, 5U);
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{without});
  EXPECT_EQ(this->append(without).known, 5U);
  EXPECT_EQ(this->append(journal.range(1, 3)).completed, 1U);
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{journal.all()});
  EXPECT_EQ(this->store().arrivals(5, 9), (std::vector{Arrival{6, {journal.id(), 2}}}));
  this->harness().lose_private({journal.id(), 3});
  EXPECT_FALSE(this->store().item({journal.id(), 3})->item.private_part);
  EXPECT_EQ(this->append(journal.range(3, 3)).completed, 1U);
  this->expect_sound();
}

// One person's private parts are erased (checklist 2): the chain still verifies, the others' stay, a peer that sends
// them again does not bring them back, and the disk remembers all that.
TYPED_TEST(EntryStoreContract, ErasesForGood) {
  TestJournal journal(1);
  journal.add_many(19);
  this->append(journal.ranges(0, 19, 5));
  const std::vector<Place> of_one_person{{journal.id(), 3}, {journal.id(), 4}, {journal.id(), 11}, {journal.id(), 99}};
  ASSERT_TRUE(this->store().erase_private(of_one_person));
  ASSERT_TRUE(this->store().erase_private(of_one_person));
  this->harness().reopen();
  const auto report = this->append(journal.all());
  EXPECT_EQ(report.known, 20U);
  EXPECT_EQ(report.completed, 0U);
  const auto items = this->all_items(journal.id(), journal.key());
  ASSERT_EQ(items.size(), 20U);
  for (Seq seq = 0; seq < items.size(); ++seq) {
    const bool erased = seq == 3 || seq == 4 || seq == 11;
    EXPECT_EQ(items[seq].private_part.has_value(), !erased) << seq;
    EXPECT_EQ(items[seq].entry, journal.item(seq).entry);
  }
  const auto fsck = this->store().fsck();
  EXPECT_TRUE(fsck->damages.empty());
  EXPECT_EQ(fsck->private_parts, 17U);
}

// Entries of one subject are found wherever they were written, and none of another.
TYPED_TEST(EntryStoreContract, FindsTheEntriesOfASubject) {
  TestJournal village(1);
  TestJournal body(2);
  village.add();
  const domain::SubjectId subject{village.add().value()};
  village.add(30, 30, subject);
  village.add();
  body.add(30, 30, subject);
  this->append({village.all(), body.all()});
  this->harness().damage_entry({village.id(), 3});
  const auto items = this->store().of_subject(subject);
  ASSERT_TRUE(items);
  std::vector<Place> places;
  for (const auto& item : *items) places.push_back(item.place);
  std::vector<Place> expected{{village.id(), 2}, {village.id(), 3}, {body.id(), 1}};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(places, expected);
  for (const auto& item : *items) EXPECT_EQ(item.item.is_stub(), item.place == (Place{village.id(), 3}));
}

// Arrivals count from 1 without gaps, in the order of appending, from any number on and in any portions.
TYPED_TEST(EntryStoreContract, NumbersArrivals) {
  TestJournal a(1);
  TestJournal b(2);
  a.add_many(6);
  b.add_many(3);
  this->append({a.range(0, 2), b.range(0, 1)});
  this->append({a.range(3, 6)});
  this->append({b.range(2, 3)});
  this->harness().reopen();
  const std::vector<Place> expected{{a.id(), 0}, {a.id(), 1}, {a.id(), 2}, {b.id(), 0}, {b.id(), 1}, {a.id(), 3},
                                    {a.id(), 4}, {a.id(), 5}, {a.id(), 6}, {b.id(), 2}, {b.id(), 3}};
  for (const std::size_t portion : {1U, 2U, 4U, 100U}) {
    std::vector<Place> places;
    std::uint64_t last = 0;
    for (;;) {
      const auto some = this->store().arrivals(last, portion);
      ASSERT_TRUE(some) << some.error().what.en;
      if (some->empty()) break;
      EXPECT_LE(some->size(), portion);
      for (const auto& arrival : *some) {
        EXPECT_EQ(arrival.number, ++last);
        places.push_back(arrival.place);
      }
    }
    EXPECT_EQ(places, expected);
  }
  EXPECT_TRUE(this->store().arrivals(11, 5)->empty());
  EXPECT_TRUE(this->store().arrivals(999, 5)->empty());
  EXPECT_TRUE(this->store().arrivals(0, 0)->empty());
}

// Reading stays within its limits where the heads allow it, takes the next head where they do not, and cuts no more
// than it must.
TYPED_TEST(EntryStoreContract, ReadsWithinLimits) {
  TestJournal journal(1);
  journal.add_many(9);
  journal.add(100'000, 20);
  journal.add_many(9);
  this->append(journal.ranges(0, 19, 4));  // heads at 3, 7, 11, 15, 19; the large one is 10
  EXPECT_EQ(this->read(journal.id(), 0), std::vector{journal.all()});
  EXPECT_EQ(this->read(journal.id(), 0, {10, 1U << 20}), std::vector{journal.range(0, 7)});
  EXPECT_EQ(this->read(journal.id(), 0, {4, 1U << 20}), std::vector{journal.range(0, 3)});
  EXPECT_EQ(this->read(journal.id(), 0, {1, 1U << 20}), std::vector{journal.range(0, 3)});
  EXPECT_EQ(this->read(journal.id(), 5, {3, 1U << 20}), std::vector{journal.range(5, 7)});
  EXPECT_EQ(this->read(journal.id(), 0, {1000, 50'000}), std::vector{journal.range(0, 7)});
  EXPECT_EQ(this->read(journal.id(), 8, {1000, 50'000}), std::vector{journal.range(8, 11)});
  EXPECT_EQ(this->read(journal.id(), 8, {0, 0}), std::vector{journal.range(8, 11)});
  EXPECT_EQ(this->read(journal.id(), 19), std::vector{journal.range(19, 19)});
  EXPECT_TRUE(this->read(journal.id(), 20).empty());
}

// Heads that the writer signs later give more places to cut at; heads of what is not there are refused, all of them.
TYPED_TEST(EntryStoreContract, TakesHeadsForItemsItHolds) {
  TestJournal journal(1);
  journal.add_many(9);
  this->append(journal.range(0, 8));
  EXPECT_EQ(this->read(journal.id(), 0, {3, 1U << 20}), std::vector{journal.range(0, 8)});
  EXPECT_EQ(this->store().add_heads(std::vector{journal.head(2), journal.head(9)}).error().code, FailureCode::conflict);
  EXPECT_EQ(this->read(journal.id(), 0, {3, 1U << 20}), std::vector{journal.range(0, 8)});
  auto other = TestJournal(1).clone(5);
  other.add_many(9);
  EXPECT_EQ(this->store().add_heads(std::vector{other.head(2)}).error().field, "seq 2");
  ASSERT_TRUE(this->store().add_heads(std::vector{journal.head(2), journal.head(5), journal.head(8)}));
  this->harness().reopen();
  EXPECT_EQ(this->read(journal.id(), 0, {3, 1U << 20}), std::vector{journal.range(0, 2)});
  EXPECT_EQ(this->read(journal.id(), 3, {4, 1U << 20}), std::vector{journal.range(3, 5)});
  this->expect_sound();
}

// Ranges that verify_range() would not have let through are refused and leave nothing.
TYPED_TEST(EntryStoreContract, RefusesWhatIsNoRange) {
  TestJournal journal(1);
  journal.add_many(5);
  auto empty = journal.all();
  empty.items.clear();
  auto wrong_head = journal.all();
  wrong_head.head = journal.head(4);
  auto wrong_journal = journal.all();
  wrong_journal.journal = journal::JournalId{journal.item(1).id.value()};
  auto stub_inside = journal.all();
  stub_inside.items[2].entry.clear();
  Range not_the_opening{journal.id(), 0, {journal.item(1)}, {{journal.id(), 0, journal.item(1).id}, {}}};
  for (const auto& bad : {empty, wrong_head, wrong_journal, stub_inside, not_the_opening}) {
    EXPECT_EQ(this->append_fails({bad}).code, FailureCode::bad_input);
  }
  EXPECT_TRUE(this->store().journals().empty());
  this->append(journal.all());
}

// Group commit: a refused call leaves nothing and does not hinder the others; a later one sees what came before it.
TYPED_TEST(EntryStoreContract, AnswersEachCallOfAGroup) {
  TestJournal a(1);
  TestJournal b(2);
  a.add_many(9);
  b.add_many(3);
  auto fork = a.clone(3);
  fork.add_many(2);
  const std::vector<std::vector<Range>> calls{{a.range(0, 4)}, {b.range(0, 0), b.range(2, 3)}, {a.range(3, 9)},
                                              {b.range(0, 3)}, {a.range(5, 6)}, {fork.range(10, 11)}};
  std::vector<std::span<const Range>> views(calls.begin(), calls.end());
  const auto answers = this->store().append_group(views);
  ASSERT_EQ(answers.size(), calls.size());
  EXPECT_EQ(answers[0]->added, 5U);
  EXPECT_EQ(answers[1].error().field, "send_from 1");
  EXPECT_EQ(answers[2]->known, 2U);
  EXPECT_EQ(answers[2]->added, 5U);
  EXPECT_EQ(answers[3]->added, 4U);
  EXPECT_EQ(answers[4]->known, 2U);
  EXPECT_EQ(answers[5]->added, 2U);
  this->harness().reopen();
  EXPECT_EQ(this->all_items(b.id(), b.key()), b.items());
  EXPECT_EQ(this->all_items(a.id(), a.key()), fork.items());
  this->expect_sound();
}

// Forks, stubs and their completion within one group work as they do one after the other.
TYPED_TEST(EntryStoreContract, SeesWithinAGroupWhatWasJustAdded) {
  TestJournal first(1);
  first.add_many(3);
  auto second = first.clone(7);
  first.add_many(2);
  second.add_many(4);
  const std::vector<std::vector<Range>> calls{{first.range(0, 3), first.stub(4), first.range(5, 5)},
                                              {second.range(2, 5)},
                                              {second.range(4, 7)},
                                              {first.range(3, 5)},
                                              {second.stub(6)}};
  std::vector<std::span<const Range>> views(calls.begin(), calls.end());
  const auto answers = this->store().append_group(views);
  EXPECT_EQ(answers[0]->added, 6U);
  EXPECT_EQ(answers[1]->forks.size(), 1U);
  EXPECT_EQ(answers[2]->added, 2U);
  EXPECT_EQ(answers[2]->known, 2U);
  EXPECT_EQ(answers[3]->completed, 1U);
  EXPECT_EQ(answers[4]->known, 1U);
  EXPECT_EQ(this->all_items(first.id(), first.key()), first.items());
  this->harness().reopen();
  this->expect_sound();
}

}  // namespace
}  // namespace cunzheng::store
