// kill -9 at any moment: another process noted what was told, and nothing of it is missing afterwards (checklist 3).

#include "tests/support/long_run.hpp"
#include "tests/support/process.hpp"
#include "tests/support/store_work.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>
#include <signal.h>

namespace cunzheng::store {
namespace {

using journal::Seq;
using namespace std::chrono_literals;

class Kill : public ::testing::Test {
 protected:
  static constexpr Seq entries = 1500;

  test::Process start(const std::vector<std::string>& death = {}) {
    std::vector<std::string> arguments{folder_.path() / "store", std::to_string(entries)};
    arguments.insert(arguments.end(), death.begin(), death.end());
    return test::Process(test::program_folder() / "store_worker", arguments);
  }

  void note(const std::string& line) {
    ASSERT_EQ(line.substr(0, 5), "told ");
    told_ = std::max<Seq>(told_, std::stoull(line.substr(5)));
  }

  // Reads what the worker tells until it is silent for good.
  void listen(test::Process& worker) {
    while (const auto line = worker.read_line(60s)) note(*line);
  }

  void expect_nothing_missing() {
    OpenReport report;
    auto store = open_leveldb_store(test::work_options(folder_.path() / "store"), test::work_key(), &report);
    if (told_ == 0 && !store) {
      ASSERT_EQ(store.error().code, FailureCode::not_found) << store.error().what.en;
      return;
    }
    ASSERT_TRUE(store) << store.error().what.en;
    behind_ += report.mark_was_behind ? 1 : 0;
    const auto info = (*store)->journal(journal_.id());
    held_ = info ? info->head.head.seq + 1 : 0;
    ASSERT_GE(held_, told_);
    for (Seq seq = 0; seq < held_; ++seq) {
      const auto item = (*store)->item({journal_.id(), seq});
      ASSERT_TRUE(item);
      ASSERT_EQ(item->item, journal_.item(seq));
    }
    ASSERT_TRUE((*store)->fsck()->damages.empty());
    ASSERT_EQ((*store)->arrivals(0, entries)->size(), held_);  // none twice
  }

  test::TempFolder folder_;
  test::TestJournal journal_ = test::work_journal(entries);
  Seq told_ = 0;
  Seq held_ = 0;
  int behind_ = 0;
};

// Between LevelDB's sync and the mark, in the middle of the mark, and between the mark and the word.
TEST_F(Kill, BetweenBatchSlotAndTold) {
  for (const std::string point : {"batch", "slot", "told"}) {
    const auto before = told_;
    for (const std::string number : {"1", "2", "3", "6"}) {
      SCOPED_TRACE(point + " " + number);
      auto worker = start({point, number});
      listen(worker);
      EXPECT_EQ(worker.finish().exit_code, 128 + SIGKILL);
      ASSERT_NO_FATAL_FAILURE(expect_nothing_missing());
      if (point != "batch" || number != "1") {
        EXPECT_GT(held_, told_);  // a commit was there that nobody had been told of
      }
    }
    EXPECT_GT(told_, before);
  }
  EXPECT_GT(behind_, 4);
}

// Before the k-th call to the disk, from the making of the store on.
TEST_F(Kill, BeforeAnyCallToTheDisk) {
  const int last = test::is_long_run() ? 400 : 60;
  for (int call = 1; call <= last; call += test::is_long_run() ? 1 : 4) {
    SCOPED_TRACE(call);
    auto worker = start({"any", std::to_string(call)});
    listen(worker);
    EXPECT_EQ(worker.finish().exit_code, 128 + SIGKILL);
    ASSERT_NO_FATAL_FAILURE(expect_nothing_missing());
  }
}

// At a random time, again and again on the same store: while it opens, commits, merges tables.
TEST_F(Kill, AtRandomTimes) {
  const int times = test::is_long_run() ? 1000 : 25;
  test::SeededRandom random(7);
  for (int time = 0; time < times && told_ < entries; ++time) {
    SCOPED_TRACE(time);
    auto worker = start();
    if (!random.one_in(4)) {  // else it may still be opening
      const auto first = worker.read_line(60s);
      if (first) note(*first);
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(random.between(1, 100));
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left <= 0ms) break;
      if (const auto line = worker.read_line(left)) note(*line);
    }
    worker.signal(SIGKILL);
    listen(worker);
    worker.finish();
    ASSERT_NO_FATAL_FAILURE(expect_nothing_missing());
  }
  EXPECT_GT(told_, 0U);
}

}  // namespace
}  // namespace cunzheng::store
