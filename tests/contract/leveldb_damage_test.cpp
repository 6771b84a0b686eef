// Files of a LevelDB store that are damaged, old, missing or another's: nothing is silently wrong, the message says
// what to do, and the repair command is a way out of each.

#include "sync/store/commit_mark.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/long_run.hpp"
#include "tests/support/store_harness.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace cunzheng::store {
namespace {

namespace fs = std::filesystem;
using journal::Seq;
using test::TestJournal;

constexpr int commits = 40;

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc).write(content.data(), static_cast<std::streamsize>(content.size()));
}

void copy_folder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

// A closed store of two journals in 40 commits: the first half lies in tables, the second in the log.
class LevelDbDamage : public ::testing::Test {
 protected:
  LevelDbDamage() {
    for (int k = 0; k < commits; ++k) {
      village_.add_many(3);
      body_.add(60, 300);
    }
    for (int k = 0; k < commits; ++k) {
      if (k == commits / 4 || k == commits / 2) harness_.reopen();
      commit(k);
    }
    harness_.close();
  }

  void commit(int k) {
    const auto first = static_cast<Seq>(k) * 3;
    const auto done = harness_.store().append(
        std::vector{village_.range(first, first + 2), body_.range(static_cast<Seq>(k), static_cast<Seq>(k))});
    ASSERT_TRUE(done) << done.error().what.en;
  }

  fs::path folder() { return harness_.options().folder; }
  fs::path db() { return folder() / "db"; }
  fs::path mark() { return folder() / "commit.mark"; }

  // The files of the database of one kind: "log", "ldb", "MANIFEST", "CURRENT".
  std::vector<fs::path> files(const std::string& kind) {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(db())) {
      const auto name = file.path().filename().string();
      if (name.ends_with("." + kind) || name.starts_with(kind)) found.push_back(file.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  Result<std::unique_ptr<EntryStore>> open() {
    report_ = {};
    return open_leveldb_store(harness_.options(), harness_.key(), &report_);
  }
  FailureCode open_fails() {
    const auto store = open();
    EXPECT_FALSE(store);
    if (store) return FailureCode::bad_input;
    EXPECT_FALSE(store.error().what.zh.empty());
    return store.error().code;
  }

  // Items that are there are the right ones. How many of them are.
  std::size_t count_right(EntryStore& store) {
    std::size_t right = 0;
    for (const auto* journal : {&village_, &body_}) {
      for (Seq seq = 0; seq < (journal == &body_ ? 40U : 120U); ++seq) {
        const auto item = store.item({journal->id(), seq});
        if (!item) continue;
        if (item->item.is_stub()) {
          EXPECT_EQ(item->item.id, journal->item(seq).id);
          continue;
        }
        EXPECT_EQ(item->item.entry, journal->item(seq).entry);
        if (item->item.private_part) {
          EXPECT_EQ(item->item.private_part, journal->item(seq).private_part);
        }
        if (item->item == journal->item(seq)) ++right;
      }
    }
    return right;
  }
  static constexpr std::size_t all = 160;

  // The hub sends everything again.
  void refill(EntryStore& store) {
    const auto done = store.append(std::vector{village_.range(0, 119), body_.range(0, 39)});
    ASSERT_TRUE(done) << done.error().what.en << done.error().field;
    EXPECT_EQ(count_right(store), all);
    const auto fsck = store.fsck();
    ASSERT_TRUE(fsck);
    for (const auto& damage : fsck->damages) ADD_FAILURE() << damage.what.en << " at " << damage.place.seq;
  }

  RepairReport repair() {
    const auto report = repair_leveldb_store(harness_.options(), harness_.key());
    EXPECT_TRUE(report) << report.error().what.en;
    return report.value_or(RepairReport{});
  }

  test::LevelHarness harness_;
  TestJournal village_{1};
  TestJournal body_{2};
  OpenReport report_;
};

TEST_F(LevelDbDamage, AnUndamagedStoreOpensAsItIs) {
  ASSERT_FALSE(files("ldb").empty());
  ASSERT_EQ(files("log").size(), 1U);
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_FALSE(report_.recovered);
  EXPECT_FALSE(report_.mark_was_behind);
  EXPECT_TRUE(report_.damages.empty());
  EXPECT_EQ(count_right(**store), all);
}

// One flipped bit in the log: LevelDB's defaults would lose what stands near it, for good. Here nothing is lost in
// silence, wherever the bit is.
TEST_F(LevelDbDamage, OneFlippedBitInTheLogIsNoticed) {
  const auto log = files("log").front();
  const auto content = read_file(log);
  const test::TempFolder kept;
  copy_folder(folder(), kept.path() / "store");
  for (std::size_t at = 3; at < content.size(); at += content.size() / 25) {
    SCOPED_TRACE("byte " + std::to_string(at));
    copy_folder(kept.path() / "store", folder());
    auto flipped = content;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    write_file(log, flipped);
    EXPECT_EQ(open_fails(), FailureCode::unreadable);
    EXPECT_TRUE(read_file(log) == flipped);  // as it was
    EXPECT_FALSE(fs::exists(folder() / "db.copy"));
  }
}

// A power cut can leave garbage behind the last good record; LevelDB then refuses the whole log. Everything that was
// told is there: the store opens from a copy, and the original is kept.
TEST_F(LevelDbDamage, GarbageBehindTheLastRecordIsPassedOver) {
  const auto log = files("log").front();
  const auto spoilt = read_file(log) + std::string(3000, '\x01');  // like a record, with a wrong checksum
  write_file(log, spoilt);
  {
    const auto store = open();
    ASSERT_TRUE(store) << store.error().what.en;
    EXPECT_TRUE(report_.recovered);
    EXPECT_TRUE(read_file(report_.kept_original / log.filename()) == spoilt);
    EXPECT_EQ(count_right(**store), all);
    EXPECT_TRUE((*store)->fsck()->damages.empty());
  }
  ASSERT_TRUE(open());
  EXPECT_FALSE(report_.recovered);
}

// A log that ends in the middle looks whole to LevelDB. The commit mark knows better (checklist 4).
TEST_F(LevelDbDamage, ATruncatedLogIsNoticed) {
  const auto log = files("log").front();
  fs::resize_file(log, fs::file_size(log) / 2);
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  EXPECT_EQ(open_fails(), FailureCode::unreadable);  // looking twice does not make it true

  const auto repaired = repair();
  EXPECT_GT(repaired.commits_lost, 0U);
  EXPECT_EQ(repaired.heads_lost.size(), 2U);
  EXPECT_TRUE(fs::exists(repaired.kept_original));
  const auto store = open();
  ASSERT_TRUE(store) << store.error().what.en;
  EXPECT_LT(count_right(**store), all);
  refill(**store);
}

// A commit in the middle that left no trace (a log file of two was lost): the last commit being there proves nothing.
TEST_F(LevelDbDamage, AMissingCommitInTheMiddleIsNoticed) {
  harness_.put_raw(Bytes{'k', 0, 0, 0, 0, 0, 0, 0, 17}, {});
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  EXPECT_EQ(repair().commits_lost, 1U);
  const auto store = open();
  ASSERT_TRUE(store);
  refill(**store);
}

// LevelDB would take this folder for an empty one and delete every table.
TEST_F(LevelDbDamage, WithoutCurrentNothingIsTouched) {
  const auto tables = files("ldb");
  fs::remove(db() / "CURRENT");
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  EXPECT_EQ(files("ldb"), tables);
  const auto repaired = repair();
  EXPECT_EQ(repaired.commits_lost, 0U);
  EXPECT_TRUE(repaired.heads_lost.empty());
  const auto store = open();
  ASSERT_TRUE(store) << store.error().what.en;
  EXPECT_EQ(count_right(**store), all);
  refill(**store);
}

TEST_F(LevelDbDamage, WithoutManifestOrTablesNothingIsTouched) {
  const test::TempFolder kept;
  copy_folder(folder(), kept.path() / "store");
  fs::remove(files("MANIFEST").front());
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  copy_folder(kept.path() / "store", folder());
  fs::remove(files("ldb").front());
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  copy_folder(kept.path() / "store", folder());
  fs::remove(files("log").front());
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
}

TEST_F(LevelDbDamage, ALostDatabaseIsNotAnEmptyStore) {
  fs::remove_all(db());
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  EXPECT_EQ(create_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::conflict);
  fs::remove(mark());
  EXPECT_EQ(open_fails(), FailureCode::not_found);
  EXPECT_EQ(repair_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::not_found);
}

// A backup of db/ alone is put back under a newer mark.
TEST_F(LevelDbDamage, AnOlderDatabaseIsNoticed) {
  const test::TempFolder kept;
  copy_folder(db(), kept.path() / "db");
  harness_.reopen();
  const auto more = harness_.store().append(std::vector{body_.range(40, 40)});
  ASSERT_TRUE(more);
  harness_.close();
  copy_folder(kept.path() / "db", db());
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  const auto repaired = repair();
  EXPECT_EQ(repaired.commits_lost, 1U);
  ASSERT_EQ(repaired.heads_lost.size(), 1U);
  EXPECT_EQ(repaired.heads_lost.front(), body_.head(40).head);
  ASSERT_TRUE(open());
}

// After a crash between the two the mark is one behind; that is normal. More is not.
TEST_F(LevelDbDamage, AMarkMayBeBehindByOneCommitOnly) {
  const auto old_mark = read_file(mark());
  harness_.reopen();
  ASSERT_TRUE(harness_.store().append(std::vector{body_.range(40, 40)}));
  harness_.close();
  const auto new_mark = read_file(mark());
  write_file(mark(), old_mark);
  {
    const auto store = open();
    ASSERT_TRUE(store);
    EXPECT_TRUE(report_.mark_was_behind);
  }
  EXPECT_TRUE(read_file(mark()) == new_mark);
  harness_.reopen();
  village_.add_many(1);
  ASSERT_TRUE(harness_.store().append(std::vector{village_.range(120, 121)}));
  harness_.close();
  write_file(mark(), old_mark);
  EXPECT_EQ(open_fails(), FailureCode::refused);
  EXPECT_EQ(repair().commits_lost, 0U);
  ASSERT_TRUE(open());
}

// Two copies of one store that went on differently: the mark of the one does not vouch for the other.
TEST_F(LevelDbDamage, AMarkOfAnotherHistoryIsRefused) {
  const test::TempFolder kept;
  copy_folder(folder(), kept.path() / "store");
  harness_.reopen();
  ASSERT_TRUE(harness_.store().append(std::vector{body_.range(40, 40)}));
  harness_.close();
  const auto other_mark = read_file(mark());
  copy_folder(kept.path() / "store", folder());
  harness_.reopen();
  ASSERT_TRUE(harness_.store().append(std::vector{village_.range(120, 120)}));
  harness_.close();
  write_file(mark(), other_mark);
  EXPECT_EQ(open_fails(), FailureCode::refused);
}

TEST_F(LevelDbDamage, AnotherStoresMarkIsRefused) {
  test::LevelHarness other(2);
  other.close();
  write_file(mark(), read_file(other.options().folder / "commit.mark"));
  EXPECT_EQ(open_fails(), FailureCode::refused);
  EXPECT_EQ(repair_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::refused);
}

TEST_F(LevelDbDamage, WithoutAMarkTheStoreIsRefused) {
  fs::remove(mark());
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::refused);
  EXPECT_NE(refused.error().what.zh.find("repair"), std::string::npos);
  EXPECT_NE(refused.error().what.en.find("backup"), std::string::npos);
  EXPECT_TRUE(repair().mark_was_lost);
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(count_right(**store), all);
}

// One slot may be torn: the other is the commit before. Both gone is damage.
TEST_F(LevelDbDamage, OneSlotOfTheMarkIsEnough) {
  const auto whole = read_file(mark());
  for (const std::size_t slot : {0U, 1U}) {
    auto torn = whole;
    torn[slot * mark_slot_bytes + 100] ^= 1;
    write_file(mark(), torn);
    EXPECT_TRUE(open()) << slot;
  }
  auto torn = whole;
  torn[100] ^= 1;
  torn[mark_slot_bytes + 100] ^= 1;
  write_file(mark(), torn);
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  fs::resize_file(mark(), 0);
  EXPECT_EQ(open_fails(), FailureCode::unreadable);
  EXPECT_TRUE(repair().mark_was_lost);
  ASSERT_TRUE(open());
}

TEST_F(LevelDbDamage, AWrongKeyIsRefused) {
  test::SeededRandom random(77);
  const auto other_key = crypto::SymmetricKey::draw(random);
  EXPECT_EQ(open_leveldb_store(harness_.options(), other_key).error().code, FailureCode::refused);
  EXPECT_EQ(repair_leveldb_store(harness_.options(), other_key).error().code, FailureCode::refused);
  ASSERT_TRUE(open());
}

TEST_F(LevelDbDamage, AStoreInUseIsUnavailable) {
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(open_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::unavailable);
  EXPECT_EQ(repair_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::unavailable);
  EXPECT_EQ(create_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::unavailable);
}

// A value belongs to its place in its store: moved elsewhere it is unreadable, not believed.
TEST_F(LevelDbDamage, SwappedValuesAreUnreadable) {
  for (const char tag : {'e', 'p'}) {
    const auto a = harness_.key_of(tag, {village_.id(), 110});
    const auto b = harness_.key_of(tag, {body_.id(), 35});
    const auto value_a = harness_.get_raw(a);
    const auto value_b = harness_.get_raw(b);
    harness_.put_raw(a, value_b);
    harness_.put_raw(b, value_a);
  }
  const auto other_commit = harness_.key_of('e', {village_.id(), 100});
  harness_.put_raw(other_commit, Bytes(20, 7));
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ(report_.damages.size(), 5U);
  EXPECT_EQ((*store)->item({village_.id(), 110}).error().code, FailureCode::unreadable);  // both its values
  EXPECT_TRUE((*store)->item({village_.id(), 100})->item.is_stub());
  EXPECT_EQ(count_right(**store), all - 3);
  EXPECT_EQ((*store)->fsck()->damages.size(), 5U);
  refill(**store);
}

TEST_F(LevelDbDamage, ValuesOfAnotherStoreWithTheSameKeyAreUnreadable) {
  test::LevelHarness other(2);
  ASSERT_TRUE(other.store().append(std::vector{village_.range(0, 119), body_.range(0, 39)}));
  other.close();
  ASSERT_TRUE(equal(other.key().bytes(), harness_.key().bytes()));
  const auto key = other.key_of('e', {village_.id(), 5});
  ASSERT_EQ(key, harness_.key_of('e', {village_.id(), 5}));
  harness_.put_raw(key, other.get_raw(key));
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_TRUE((*store)->item({village_.id(), 5})->item.is_stub());
}

// A recovery that the power ended between its two renames is finished at the next opening.
TEST_F(LevelDbDamage, AnInterruptedSwapIsFinished) {
  fs::rename(db(), folder() / "db.recovered");
  fs::create_directory(folder() / "db.copy");
  const auto store = open();
  ASSERT_TRUE(store) << store.error().what.en;
  EXPECT_EQ(count_right(**store), all);
  EXPECT_FALSE(fs::exists(folder() / "db.copy"));
}

TEST_F(LevelDbDamage, AStoreIsMadeOnce) {
  EXPECT_EQ(create_leveldb_store(harness_.options(), harness_.key()).error().code, FailureCode::conflict);
  ASSERT_TRUE(open());
  // A creation that stopped right before its last step.
  test::LevelHarness unfinished;
  unfinished.close();
  const auto place = unfinished.options().folder;
  fs::rename(place / "db", place / "db.fresh");
  EXPECT_EQ(open_leveldb_store(unfinished.options(), unfinished.key()).error().code, FailureCode::not_found);
  EXPECT_TRUE(create_leveldb_store(unfinished.options(), unfinished.key()));
}

// Every kind of damage to every kind of file: what can be read is right, what cannot is said, and after the repair
// command and the hub's help everything is there.
TEST_F(LevelDbDamage, NothingIsSilentlyWrong) {
  const test::TempFolder kept;
  copy_folder(folder(), kept.path() / "store");
  const int rounds = test::is_long_run() ? 3000 : 60;
  int refused = 0;
  int opened_damaged = 0;
  for (int round = 1; round <= rounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    test::SeededRandom random(static_cast<std::uint64_t>(round));
    copy_folder(kept.path() / "store", folder());
    const std::vector<std::string> kinds{"log", "ldb", "MANIFEST", "CURRENT", "mark"};
    const auto& kind = kinds[random.below(kinds.size())];
    const auto candidates = kind == "mark" ? std::vector{mark()} : files(kind);
    const auto& file = candidates[random.below(candidates.size())];
    auto content = read_file(file);
    const auto at = random.below(content.size());
    switch (random.below(7)) {
      case 0: content[at] = static_cast<char>(content[at] ^ (1 << random.below(8))); break;
      case 1: content[at] = static_cast<char>(random.next()); break;
      case 2: content.replace(at, 512, std::min<std::size_t>(512, content.size() - at), '\0'); break;
      case 3: content.replace(at, 4096, std::min<std::size_t>(4096, content.size() - at), '\0'); break;
      case 4: content.resize(at); break;
      case 5: content.clear(); break;
      default: std::rotate(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(at), content.end());
    }
    SCOPED_TRACE(kind + " at " + std::to_string(at));
    write_file(file, content);

    auto store = open();
    if (store) {
      const auto right = count_right(**store);
      if (right < all) {
        ++opened_damaged;
        const auto fsck = (*store)->fsck();
        ASSERT_TRUE(fsck) << fsck.error().what.en;
        EXPECT_FALSE(fsck->damages.empty()) << all - right << " items are not right and nobody says so";
      }
      const auto done = (*store)->append(std::vector{village_.range(0, 119), body_.range(0, 39)});
      if (done && (*store)->fsck()->damages.empty()) continue;  // healed in place
      store->reset();
    }
    ++refused;
    const auto repaired = repair_leveldb_store(harness_.options(), harness_.key());
    ASSERT_TRUE(repaired) << repaired.error().what.en;
    store = open();
    ASSERT_TRUE(store) << store.error().what.en;
    count_right(**store);
    refill(**store);
  }
  EXPECT_GT(refused, rounds / 4);
  EXPECT_GT(opened_damaged, 0);
}

}  // namespace
}  // namespace cunzheng::store
