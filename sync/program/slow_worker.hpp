#pragma once
// The one thread for what takes long by intent or nature: opening keyslots, drawing pages. Jobs run one after another.

#include <functional>
#include <memory>

namespace cunzheng::program {

class SlowWorker {
 public:
  using Post = std::function<void(std::function<void()>)>;

  // `post` hands a function to the loop thread (link::Loop::post).
  explicit SlowWorker(Post post);
  // Finishes the job at hand, drops the others, joins.
  ~SlowWorker();
  SlowWorker(const SlowWorker&) = delete;
  SlowWorker& operator=(const SlowWorker&) = delete;

  // `job` runs on the worker; what it returns runs on the loop.
  void run(std::function<std::function<void()>()> job);

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace cunzheng::program
