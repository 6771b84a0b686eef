#include "sync/store/store_thread.hpp"

#include "shared/base/verify.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <variant>

namespace cunzheng::store {
namespace {

// One commit: enough to share a sync among many, small enough that nobody waits long for the others' bytes.
constexpr std::size_t group_items_max = 4096;
constexpr std::size_t group_bytes_max = 4U << 20;

struct Append {
  std::vector<journal::Range> ranges;
  std::function<void(Result<AppendReport>)> done;
};
using Job = std::function<void(EntryStore&)>;
using Work = std::variant<Append, Job>;

struct Weight {
  std::size_t items = 0;
  std::size_t bytes = 0;
};

void add_weight(Weight& weight, const Append& append) {
  for (const auto& range : append.ranges) {
    weight.items += range.items.size();
    for (const auto& item : range.items) {
      weight.bytes += item.entry.size() + (item.private_part ? item.private_part->size() : 0);
    }
  }
}

}  // namespace

class StoreThread::Worker {
 public:
  Worker(std::unique_ptr<EntryStore> store, Post post)
      : store_(std::move(store)), post_(std::move(post)), thread_([this] { run(); }) {}

  ~Worker() {
    {
      const std::lock_guard guard(mutex_);
      stops_ = true;
    }
    has_work_.notify_one();
    thread_.join();
  }

  void take(Work work) {
    if (std::holds_alternative<Append>(work)) ++waiting_;
    {
      const std::lock_guard guard(mutex_);
      queue_.push_back(std::move(work));
    }
    has_work_.notify_one();
  }

  std::size_t waiting() const { return waiting_; }
  bool is_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run() {
    for (;;) {
      std::vector<Append> group;
      Job job;
      {
        std::unique_lock guard(mutex_);
        has_work_.wait(guard, [&] { return stops_ || !queue_.empty(); });
        if (queue_.empty()) return;
        take_next(group, job);
      }
      if (job) {
        job(*store_);
      } else {
        commit(group);
      }
    }
  }

  // The first job, or the appends up to the next job that fit into one commit. Under the lock.
  void take_next(std::vector<Append>& group, Job& job) {
    if (auto* first = std::get_if<Job>(&queue_.front())) {
      job = std::move(*first);
      queue_.pop_front();
      return;
    }
    Weight weight;
    while (!queue_.empty() && weight.items < group_items_max && weight.bytes < group_bytes_max) {
      auto* append = std::get_if<Append>(&queue_.front());
      if (append == nullptr) break;
      add_weight(weight, *append);
      group.push_back(std::move(*append));
      queue_.pop_front();
    }
  }

  void commit(std::vector<Append>& group) {
    std::vector<std::span<const journal::Range>> calls;
    calls.reserve(group.size());
    for (const auto& append : group) calls.emplace_back(append.ranges);
    auto answers = store_->append_group(calls);
    VERIFY(answers.size() == group.size());
    for (std::size_t k = 0; k < group.size(); ++k) {
      --waiting_;
      post_([done = std::move(group[k].done), answer = std::move(answers[k])]() mutable { done(std::move(answer)); });
    }
  }

  std::unique_ptr<EntryStore> store_;
  Post post_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<Work> queue_;
  bool stops_ = false;
  std::atomic<std::size_t> waiting_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

StoreThread::StoreThread(std::unique_ptr<EntryStore> store, Post post)
    : worker_(std::make_unique<Worker>(std::move(store), std::move(post))) {}

StoreThread::~StoreThread() = default;

void StoreThread::append(std::vector<journal::Range> ranges, std::function<void(Result<AppendReport>)> done) {
  worker_->take(Append{std::move(ranges), std::move(done)});
}

void StoreThread::run(std::function<void(EntryStore&)> job) { worker_->take(std::move(job)); }

void StoreThread::run_and_wait(const std::function<void(EntryStore&)>& job) {
  VERIFY(!worker_->is_this_thread());
  std::mutex mutex;
  std::condition_variable has_run;
  bool is_done = false;
  run([&](EntryStore& store) {
    job(store);
    // Told under the lock: the waiting function may leave, and its condition with it, once it is let go.
    const std::lock_guard guard(mutex);
    is_done = true;
    has_run.notify_one();
  });
  std::unique_lock guard(mutex);
  has_run.wait(guard, [&] { return is_done; });
}

std::size_t StoreThread::waiting() const { return worker_->waiting(); }

}  // namespace cunzheng::store
