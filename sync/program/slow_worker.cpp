#include "sync/program/slow_worker.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace cunzheng::program {

class SlowWorker::Worker {
 public:
  explicit Worker(Post post) : post_(std::move(post)), thread_([this] { work(); }) {}

  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      jobs_.clear();
    }
    changed_.notify_one();
    thread_.join();
  }

  void add(std::function<std::function<void()>()> job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      if (ending_) return;
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      post_(job());
    }
  }

  Post post_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<std::function<void()>()>> jobs_;
  bool ending_ = false;
  std::thread thread_;  // last: starts when everything else is there
};

SlowWorker::SlowWorker(Post post) : worker_(std::make_unique<Worker>(std::move(post))) {}
SlowWorker::~SlowWorker() = default;
void SlowWorker::run(std::function<std::function<void()>()> job) { worker_->add(std::move(job)); }

}  // namespace cunzheng::program
