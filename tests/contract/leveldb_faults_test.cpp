// A fixed piece of work on a disk that fails at call k, for many k and each kind of fault: nothing that was told is
// missing afterwards, the store opens again, goes on, and says nothing wrong in between. With CUNZHENG_LONG: every k.

#include "tests/support/faulty_disk.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/long_run.hpp"
#include "tests/support/temp_folder.hpp"
#include "sync/store/leveldb_store.hpp"

#include <gtest/gtest.h>

namespace cunzheng::store {
namespace {

using journal::Seq;
using test::DiskFault;
using test::FaultyDisk;
using test::TestJournal;

constexpr int sessions = 7;  // openings: each makes a table of the log before, so that LevelDB also merges tables
constexpr int appends_per_session = 4;
constexpr Seq items_per_append = 3;

// What the work was told to be durable.
struct Told {
  bool created = false;
  std::map<journal::JournalId, Seq> ends;  // items below are there
  std::vector<Place> erased;
};

class Disaster {
 public:
  Disaster() : key_(crypto::SymmetricKey::draw(random_)) {
    for (int k = 0; k < sessions * appends_per_session; ++k) {
      first_.add_many(items_per_append);
      second_.add(40, 2000);  // large enough for more than one block
    }
  }

  FaultyDisk& disk() { return disk_; }
  const Told& told() const { return told_; }

  // Stops at the first "no". Each failure must be one that says so, and last until the store is opened again.
  void work() {
    auto store = create_leveldb_store(options(), key_);
    if (!store) return;
    told_.created = true;
    for (int session = 0; session < sessions; ++session) {
      for (int k = 0; k < appends_per_session; ++k) {
        if (!append(**store, session * appends_per_session + k)) return;
      }
      const Place place{first_.id(), static_cast<Seq>(session)};
      if (!(*store)->erase_private({&place, 1})) return;
      told_.erased.push_back(place);
      const auto read = (*store)->read(first_.id(), 0, {5, 1U << 20});
      if (read && journal::verify_range(read->front(), first_.key())) ++reads_;
      store->reset();
      store = open_leveldb_store(options(), key_);
      if (!store) {
        EXPECT_NE(store.error().code, FailureCode::refused) << store.error().what.en;
        return;
      }
    }
  }

  // The power is back, the disk is well.
  void expect_nothing_lost() {
    disk_.disarm();
    auto store = open_leveldb_store(options(), key_);
    if (!told_.created) {  // nobody was told that there is a store: it may be there or be made now
      if (!store) store = create_leveldb_store(options(), key_);
      EXPECT_TRUE(store) << store.error().what.en;
      return;
    }
    ASSERT_TRUE(store) << store.error().what.en;
    expect_told(**store);
    const auto fsck = (*store)->fsck();
    ASSERT_TRUE(fsck);
    for (const auto& damage : fsck->damages) ADD_FAILURE() << damage.what.en;
    EXPECT_TRUE((*store)->append(std::vector{first_.all()})) << "it does not go on";
  }

  void expect_told(EntryStore& store) {
    for (const auto& [id, end] : told_.ends) {
      const auto& journal = id == first_.id() ? first_ : second_;
      for (Seq seq = 0; seq < end; ++seq) {
        const auto item = store.item({id, seq});
        ASSERT_TRUE(item) << item.error().what.en;
        ASSERT_EQ(item->item.entry, journal.item(seq).entry);
        const Place place{id, seq};
        if (std::find(told_.erased.begin(), told_.erased.end(), place) != told_.erased.end()) {
          ASSERT_FALSE(item->item.private_part);
        } else if (place != Place{first_.id(), told_.erased.size()}) {  // that erasure may have happened untold
          ASSERT_EQ(item->item.private_part, journal.item(seq).private_part);
        }
      }
    }
  }

  // The power is back, but the disk had lied: what is missing must be noticed. True: the store opened.
  bool opens_without_silent_loss() {
    disk_.disarm();
    const auto store = open_leveldb_store(options(), key_);
    if (!store) return false;
    expect_told(**store);
    return true;
  }

 private:
  StoreOptions options() {
    StoreOptions options;
    options.folder = folder_.path() / "store";
    options.random = &random_;
    options.env = &disk_;
    options.mark_disk = &disk_;
    return options;
  }

  bool append(EntryStore& store, int number) {
    const auto first = static_cast<Seq>(number) * items_per_append;
    const auto second = static_cast<Seq>(number);
    const std::vector ranges{first_.range(first, first + items_per_append - 1), second_.range(second, second)};
    const auto report = store.append(ranges);
    if (report) {
      told_.ends = {{first_.id(), first + items_per_append}, {second_.id(), second + 1}};
      return true;
    }
    EXPECT_EQ(report.error().code, FailureCode::unavailable) << report.error().what.en;
    EXPECT_EQ(store.append(ranges).error().code, FailureCode::unavailable);  // it does not pretend to be well again
    EXPECT_EQ(store.erase_private({}).error().code, FailureCode::unavailable);
    return false;
  }

  test::TempFolder folder_;
  test::SeededRandom random_{1};
  crypto::SymmetricKey key_;
  FaultyDisk disk_;
  TestJournal first_{1};
  TestJournal second_{2};
  Told told_;
  int reads_ = 0;
};

std::size_t calls_of_the_work() {
  Disaster calm;
  calm.work();
  EXPECT_EQ(calm.told().erased.size(), static_cast<std::size_t>(sessions));
  const auto calls = calm.disk().calls();
  calm.expect_nothing_lost();
  return calls;
}

class LevelDbFaults : public ::testing::TestWithParam<DiskFault> {};

TEST_P(LevelDbFaults, LoseNothingThatWasTold) {
  const auto calls = calls_of_the_work();
  ASSERT_GT(calls, 500U);
  const std::size_t stride = test::is_long_run() ? 1 : calls / 30;
  std::size_t struck = 0;
  for (std::size_t k = 1; k <= calls && !HasFailure(); k += stride) {
    SCOPED_TRACE("call " + std::to_string(k) + " of " + std::to_string(calls));
    Disaster disaster;
    disaster.disk().arm(GetParam(), k);
    disaster.work();
    if (disaster.disk().struck()) ++struck;
    test::SeededRandom random(k);
    if (GetParam() == DiskFault::power_cut) disaster.disk().lose_unsynced(random);
    disaster.expect_nothing_lost();
  }
  EXPECT_GT(struck, calls / stride / 3);
}

INSTANTIATE_TEST_SUITE_P(Kinds, LevelDbFaults,
                         ::testing::Values(DiskFault::io_error, DiskFault::no_space, DiskFault::torn,
                                           DiskFault::power_cut),
                         [](const auto& kind) {
                           switch (kind.param) {
                             case DiskFault::io_error: return "io_error";
                             case DiskFault::no_space: return "no_space";
                             case DiskFault::torn: return "torn";
                             default: return "power_cut";
                           }
                         });

// A disk that says "synced" and is not: what a power cut then takes is noticed at opening. And it does take something,
// or this test would show nothing.
TEST(LevelDbLies, AreNoticed) {
  const auto calls = calls_of_the_work();
  const std::size_t stride = test::is_long_run() ? 3 : calls / 30;
  int noticed = 0;
  for (std::size_t k = calls / 8; k <= calls && !::testing::Test::HasFailure(); k += stride) {
    SCOPED_TRACE("call " + std::to_string(k) + " of " + std::to_string(calls));
    Disaster disaster;
    disaster.disk().lie_about_syncs(k - 30);  // some commits' worth
    disaster.disk().arm(DiskFault::power_cut, k);
    disaster.work();
    test::SeededRandom random(k);
    disaster.disk().lose_unsynced(random);
    if (!disaster.opens_without_silent_loss()) ++noticed;
  }
  EXPECT_GT(noticed, 8);
}

}  // namespace
}  // namespace cunzheng::store
