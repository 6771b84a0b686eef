// What a LevelDB store leaves on the disk beside the entries: the commit mark, and nothing of what was erased.

#include "sync/store/commit_mark.hpp"
#include "sync/store/leveldb_log.hpp"
#include "tests/support/faulty_disk.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/store_harness.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cunzheng::store {
namespace {

namespace fs = std::filesystem;
using test::TestJournal;

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool stands_in(const fs::path& folder, ByteView bytes) {
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file() && read_file(file.path()).find(text_of(bytes)) != std::string::npos) return true;
  }
  return false;
}

CommitMark mark_of(std::uint64_t number) {
  CommitMark mark;
  mark.number = number;
  mark.rolling.fill(static_cast<std::uint8_t>(number));
  mark.journals = 70;
  mark.heads.resize(marked_heads_max);
  return mark;
}

// Each commit overwrites the older slot; whatever happens to it, the one before is still there.
TEST(CommitMark, AlternatesBetweenTwoSlots) {
  test::TempFolder folder;
  const auto file = folder.path() / "commit.mark";
  MarkDisk disk;
  EXPECT_EQ(read_mark(disk, file).error().code, FailureCode::not_found);
  ASSERT_TRUE(create_mark(disk, file, mark_of(0)));
  EXPECT_EQ(*read_mark(disk, file), mark_of(0));
  for (std::uint64_t number = 1; number < 6; ++number) {
    const auto before = read_file(file);
    ASSERT_TRUE(write_mark(disk, file, mark_of(number)));
    const auto after = read_file(file);
    EXPECT_EQ(*read_mark(disk, file), mark_of(number));
    EXPECT_EQ(after.size(), 2 * mark_slot_bytes);
    const auto other = (number + 1) % 2 * mark_slot_bytes;
    EXPECT_TRUE(before.substr(other, mark_slot_bytes) == after.substr(other, mark_slot_bytes));
    for (std::size_t torn = 0; torn < mark_slot_bytes; torn += 97) {  // only so much of the new slot arrived
      auto mixed = before;
      const auto slot = number % 2 * mark_slot_bytes;
      mixed.replace(slot, torn, after, slot, torn);
      std::ofstream(file, std::ios::binary) << mixed;
      const auto read = read_mark(disk, file);
      ASSERT_TRUE(read);
      EXPECT_TRUE(*read == mark_of(number - 1) || *read == mark_of(number));
    }
    std::ofstream(file, std::ios::binary) << after;
  }
}

// The mark says what the store was told to hold, for whoever looks when the store itself is gone.
TEST(CommitMark, NamesTheEndsOfTheJournals) {
  test::LevelHarness harness;
  TestJournal a(1);
  TestJournal b(2);
  a.add_many(5);
  const auto file = harness.options().folder / "commit.mark";
  MarkDisk disk;
  EXPECT_EQ(read_mark(disk, file)->number, 0U);
  ASSERT_TRUE(harness.store().append(std::vector{a.range(0, 2), b.all()}));
  ASSERT_TRUE(harness.store().append(std::vector{a.range(3, 5)}));
  ASSERT_TRUE(harness.store().append(std::vector{a.range(3, 5)}));  // nothing new: no commit
  const auto mark = read_mark(disk, file);
  EXPECT_EQ(mark->number, 2U);
  EXPECT_EQ(mark->journals, 2U);
  std::vector<journal::Head> expected{a.head(5).head, b.head(0).head};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(mark->heads, expected);
}

// An erased private part leaves the disk, sealed as it was, from log and tables; its neighbours stay.
TEST(LevelDbDisk, WhatWasErasedIsGone) {
  for (const bool in_table : {false, true}) {
    test::LevelHarness harness;
    TestJournal journal(1);
    journal.add_many(300);
    ASSERT_TRUE(harness.store().append(std::vector{journal.all()}));
    if (in_table) harness.reopen();
    harness.close();
    const Place erased{journal.id(), 150};
    const auto sealed = harness.get_raw(harness.key_of('p', erased));
    const auto neighbour = harness.get_raw(harness.key_of('p', {journal.id(), 151}));
    ASSERT_TRUE(stands_in(harness.folder(), sealed));
    harness.reopen();
    ASSERT_TRUE(harness.store().erase_private({&erased, 1}));
    harness.close();
    EXPECT_FALSE(stands_in(harness.folder(), sealed)) << in_table;
    EXPECT_TRUE(stands_in(harness.folder(), neighbour));
    harness.reopen();
    EXPECT_TRUE(harness.store().fsck()->damages.empty());
  }
}

// Our reading of LevelDB's log agrees with LevelDB: a log it wrote is whole, whatever the sizes of its records; what is
// changed in it is found; and where it was cut off, LevelDB reads what stood before.
TEST(LevelDbLog, IsReadAsLevelDbWritesIt) {
  test::LevelHarness harness;
  TestJournal journal(1);
  test::SeededRandom random(3);
  for (int k = 0; k < 60; ++k) journal.add(random.below(random.one_in(4) ? 70'000 : 900), 16 + random.below(300));
  for (const auto& range : journal.ranges(0, 60, 1)) ASSERT_TRUE(harness.store().append({&range, 1}));
  harness.close();
  fs::path log;
  for (const auto& file : fs::directory_iterator(harness.options().folder / "db")) {
    if (file.path().extension() == ".log") log = file.path();
  }
  const auto content = bytes_of(view_of(read_file(log)));
  const auto whole = damage_of_log(content);
  EXPECT_TRUE(whole.bad.empty());
  EXPECT_EQ(whole.good_end, content.size());
  for (int k = 0; k < 300; ++k) {
    auto changed = content;
    const auto at = random.below(changed.size());
    changed[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
    const auto damage = damage_of_log(changed);
    EXPECT_LE(damage.good_end, at) << at;
    if (damage.bad.empty()) continue;  // a length that now points behind the end of the log
    EXPECT_LE(damage.bad.front().first, at);
    EXPECT_GT(damage.bad.front().first + damage.bad.front().second, at);
  }
}

}  // namespace
}  // namespace cunzheng::store
