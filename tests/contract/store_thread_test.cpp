// The store thread: group commit, order, one refusal among many, and an orderly end.

#include "sync/store/store_thread.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/journals.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace cunzheng::store {
namespace {

using journal::Range;
using test::TestJournal;

// The owner's loop: functions posted from the store thread run when the test lets them.
class Loop {
 public:
  StoreThread::Post post() {
    return [this](std::function<void()> job) {
      const std::lock_guard guard(mutex_);
      jobs_.push_back(std::move(job));
      has_jobs_.notify_one();
    };
  }
  void run(std::size_t count) {
    for (; count > 0; --count) {
      std::function<void()> job;
      {
        std::unique_lock guard(mutex_);
        ASSERT_TRUE(has_jobs_.wait_for(guard, std::chrono::seconds(30), [&] { return !jobs_.empty(); }));
        job = std::move(jobs_.front());
        jobs_.pop_front();
      }
      job();
    }
  }
  std::size_t pending() {
    const std::lock_guard guard(mutex_);
    return jobs_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable has_jobs_;
  std::deque<std::function<void()>> jobs_;
};

// Counts commits; the first job can hold the store thread while a test hands in more.
class CountingStore final : public EntryStore {
 public:
  std::vector<Result<AppendReport>> append_group(std::span<const std::span<const Range>> calls) override {
    groups.push_back(calls.size());
    return inner.append_group(calls);
  }
  Status add_heads(std::span<const journal::SignedHead> heads) override { return inner.add_heads(heads); }
  Result<std::vector<Range>> read(const journal::JournalId& id, journal::Seq from, ReadLimit limit) override {
    return inner.read(id, from, limit);
  }
  std::vector<JournalInfo> journals() const override { return inner.journals(); }
  std::optional<JournalInfo> journal(const journal::JournalId& id) const override { return inner.journal(id); }
  Result<StoredItem> item(const Place& place) override { return inner.item(place); }
  Result<std::vector<StoredItem>> of_subject(const domain::SubjectId& id) override { return inner.of_subject(id); }
  Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) override {
    return inner.arrivals(after, most);
  }
  Status erase_private(std::span<const Place> places) override { return inner.erase_private(places); }
  Result<FsckReport> fsck() override { return inner.fsck(); }

  MemStore inner;
  std::vector<std::size_t> groups;
};

// Keeps the store thread busy until it is let go.
class Gate {
 public:
  explicit Gate(StoreThread& thread) {
    thread.run([this](EntryStore&) {
      entered_.set_value();
      leave_.get_future().wait();
    });
    entered_.get_future().wait();
  }
  void open() { leave_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> leave_;
};

struct World {
  World() : store(new CountingStore), thread(std::unique_ptr<EntryStore>(store), loop.post()) {}
  CountingStore* store;  // owned by the thread
  Loop loop;
  StoreThread thread;
};

// What waits while a commit is under way becomes one commit; a job between appends divides them; order is kept.
TEST(StoreThread, AppendsThatWaitBecomeOneCommit) {
  World world;
  TestJournal journal(1);
  journal.add_many(9);
  std::vector<int> order;
  Gate gate(world.thread);
  const auto append = [&](journal::Seq seq, int mark) {
    world.thread.append({journal.range(seq, seq)}, [&order, mark](Result<AppendReport> report) {
      EXPECT_TRUE(report);
      order.push_back(mark);
    });
  };
  for (int k = 0; k < 4; ++k) append(static_cast<journal::Seq>(k), k);
  std::size_t seen_by_job = 0;
  world.thread.run([&](EntryStore& store) { seen_by_job = store.journal(journal.id())->head.head.seq; });
  for (int k = 4; k < 7; ++k) append(static_cast<journal::Seq>(k), k);
  EXPECT_EQ(world.thread.waiting(), 7U);
  EXPECT_EQ(world.loop.pending(), 0U);
  gate.open();
  world.loop.run(7);
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(seen_by_job, 3U);
  EXPECT_EQ(world.thread.waiting(), 0U);
  world.thread.run_and_wait([&](EntryStore&) { EXPECT_EQ(world.store->groups, (std::vector<std::size_t>{4, 3})); });
}

// One conflict among a group does not fail the others.
TEST(StoreThread, ARefusedAppendFailsAlone) {
  World world;
  TestJournal a(1);
  TestJournal b(2);
  a.add_many(3);
  b.add_many(3);
  std::vector<bool> answers;
  const auto note = [&](Result<AppendReport> report) { answers.push_back(report.has_value()); };
  Gate gate(world.thread);
  world.thread.append({a.range(0, 1)}, note);
  world.thread.append({b.range(2, 3)}, note);
  world.thread.append({a.range(2, 3)}, note);
  gate.open();
  world.loop.run(3);
  EXPECT_EQ(answers, (std::vector{true, false, true}));
  world.thread.run_and_wait([&](EntryStore& store) {
    EXPECT_EQ(store.journals().size(), 1U);
    EXPECT_EQ(world.store->groups.size(), 1U);
  });
}

// A group is bounded: nobody waits for everybody's bytes.
TEST(StoreThread, GroupsAreBounded) {
  World world;
  TestJournal journal(1);
  for (int k = 0; k < 7; ++k) journal.add(1'000'000, 20);
  Gate gate(world.thread);
  for (journal::Seq seq = 0; seq <= journal.last(); ++seq) {
    world.thread.append({journal.range(seq, seq)}, [](Result<AppendReport> report) { EXPECT_TRUE(report); });
  }
  gate.open();
  world.loop.run(8);
  world.thread.run_and_wait([&](EntryStore&) { EXPECT_EQ(world.store->groups.size(), 2U); });
}

// Whatever was handed in is done before the thread ends, and its result posted.
TEST(StoreThread, FinishesWhatWasHandedIn) {
  Loop loop;
  TestJournal journal(1);
  journal.add_many(20);
  int ran = 0;
  int answered = 0;
  {
    StoreThread thread(std::make_unique<MemStore>(), loop.post());
    for (journal::Seq seq = 0; seq <= journal.last(); ++seq) {
      thread.append({journal.range(seq, seq)}, [&](Result<AppendReport> report) { answered += report ? 1 : 0; });
      thread.run([&](EntryStore&) { ++ran; });
    }
  }
  EXPECT_EQ(ran, 21);
  loop.run(21);
  EXPECT_EQ(answered, 21);
}

// Jobs may be handed in from many threads and from jobs.
TEST(StoreThread, TakesWorkFromAnywhere) {
  Loop loop;
  std::atomic<int> ran = 0;
  {
    StoreThread thread(std::make_unique<MemStore>(), loop.post());
    std::vector<std::thread> givers;
    for (int giver = 0; giver < 4; ++giver) {
      givers.emplace_back([&] {
        for (int k = 0; k < 50; ++k) {
          thread.run([&](EntryStore&) { thread.run([&](EntryStore&) { ++ran; }); });
          thread.run_and_wait([&](EntryStore&) { ++ran; });
        }
      });
    }
    for (auto& giver : givers) giver.join();
    thread.run_and_wait([](EntryStore&) {});
  }
  EXPECT_EQ(ran, 400);
}

}  // namespace
}  // namespace cunzheng::store
