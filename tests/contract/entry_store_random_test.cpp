// Ranges of copied devices, cut anywhere, in any order, with stubs and missing private parts among them: both engines
// say the same to each call, and in the end hold exactly what the devices wrote. The seed is printed.

#include "tests/support/journals.hpp"
#include "tests/support/long_run.hpp"
#include "tests/support/store_harness.hpp"

#include <gtest/gtest.h>

#include <set>

namespace cunzheng::store {
namespace {

using journal::Range;
using journal::Seq;
using test::SeededRandom;
using test::TestJournal;

// A device and copies of it, and copies of those.
std::vector<TestJournal> make_family(SeededRandom& random) {
  std::vector<TestJournal> family;
  family.emplace_back(random.next());
  family.back().add_many(random.below(10));
  for (auto copies = random.below(4); copies > 0; --copies) {
    auto& parent = family[random.below(family.size())];
    auto copy = parent.clone(random.next());
    parent.add_many(random.below(12));
    copy.add_many(1 + random.below(12));
    family.push_back(std::move(copy));
  }
  return family;
}

std::vector<Range> some_ranges(const TestJournal& journal, SeededRandom& random) {
  const auto first = random.between(0, journal.last());
  const auto last = random.between(first, journal.last());
  auto ranges = journal.ranges(first, last, 1 + random.below(6));
  for (auto& range : ranges) {
    if (random.one_in(4)) range.items[random.below(range.items.size())].private_part.reset();
    if (range.items.size() == 1 && random.one_in(3)) range = journal.stub(range.first);
  }
  return ranges;
}

void expect_same(const Result<AppendReport>& a, const Result<AppendReport>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) {
    EXPECT_EQ(a.error().field, b.error().field);
    return;
  }
  EXPECT_EQ(a->added, b->added);
  EXPECT_EQ(a->known, b->known);
  EXPECT_EQ(a->completed, b->completed);
  EXPECT_EQ(a->forks, b->forks);
}

// Every item that a device wrote lies whole in some line, and nothing else does.
void expect_holds(EntryStore& store, const std::vector<TestJournal>& family) {
  std::set<std::pair<Seq, journal::EntryId>> written;
  for (const auto& device : family) {
    for (Seq seq = 0; seq <= device.last(); ++seq) written.emplace(seq, device.item(seq).id);
  }
  std::set<std::pair<Seq, journal::EntryId>> held;
  std::set<std::pair<Seq, journal::EntryId>> whole;
  for (const auto& info : store.journals()) {
    for (auto seq = info.first; seq <= info.head.head.seq; ++seq) {
      const auto item = store.item({info.id, seq});
      ASSERT_TRUE(item);
      held.emplace(seq, item->item.id);
      if (!item->item.is_stub() && item->item.private_part) whole.emplace(seq, item->item.id);
    }
  }
  EXPECT_EQ(held, written);
  EXPECT_EQ(whole, written);
}

void run(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededRandom random(seed);
  const auto family = make_family(random);
  test::MemHarness mem;
  test::LevelHarness level;
  for (auto rounds = 5 + random.below(15); rounds > 0; --rounds) {
    std::vector<std::vector<Range>> calls;
    for (auto count = 1 + random.below(4); count > 0; --count) {
      calls.push_back(some_ranges(family[random.below(family.size())], random));
    }
    const std::vector<std::span<const Range>> views(calls.begin(), calls.end());
    const auto by_mem = mem.store().append_group(views);
    const auto by_level = level.store().append_group(views);
    for (std::size_t k = 0; k < calls.size(); ++k) {
      ASSERT_NO_FATAL_FAILURE(expect_same(by_mem[k], by_level[k]));
      if (!by_mem[k]) {
        const auto from = std::stoull(by_mem[k].error().field.substr(std::string("send_from ").size()));
        EXPECT_LT(from, calls[k].back().first + (calls[k].size() == 1 ? 0 : 1));
      }
    }
    if (random.one_in(5)) level.reopen();
  }
  for (const auto& device : family) {
    for (auto* store : {&mem.store(), &level.store()}) {
      const auto report = store->append(std::vector{device.all()});
      ASSERT_TRUE(report) << report.error().what.en;
    }
  }
  expect_holds(mem.store(), family);
  expect_holds(level.store(), family);
  const auto before = test::dump(level.store());
  EXPECT_EQ(test::dump(mem.store()), before);
  level.reopen();
  EXPECT_EQ(test::dump(level.store()), before);
  for (auto* store : {&mem.store(), &level.store()}) {
    const auto report = store->fsck();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->damages.empty()) << report->damages.front().what.en;
  }
}

TEST(EntryStoreRandom, EnginesAgreeAndLoseNothing) {
  const std::uint64_t seeds = test::is_long_run() ? 2000 : 30;
  for (std::uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) run(seed);
}

}  // namespace
}  // namespace cunzheng::store
