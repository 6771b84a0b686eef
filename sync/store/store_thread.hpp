#pragma once
// The one thread that touches a store. Appends that wait together become one synced commit (group commit), up to
// 4,096 items or 4 MiB; one append is never divided.

#include "sync/store/entry_store.hpp"

#include <functional>
#include <memory>

namespace cunzheng::store {

class StoreThread {
 public:
  // Runs a function on the owner's loop thread; results are handed over through it.
  using Post = std::function<void(std::function<void()>)>;

  // Takes the store; starts the thread. `post` must outlive this object.
  StoreThread(std::unique_ptr<EntryStore> store, Post post);
  // Finishes what was handed in, then joins. Results that were not yet posted are posted.
  ~StoreThread();
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;

  // Any thread. `done` runs on the loop after the ranges are durable, or with the failure. Appends keep their order. When one of
  // a group is refused (conflict), the others are committed without it.
  void append(std::vector<journal::Range> ranges, std::function<void(Result<AppendReport>)> done);

  // Any thread. Runs `job` on the store thread between commits, in order with the appends before it. `job` posts its
  // own answer, and may hand in more.
  void run(std::function<void(EntryStore&)> job);

  // For programs without a loop: blocks until `job` has run. Not from a job.
  void run_and_wait(const std::function<void(EntryStore&)>& job);

  // Number of appends handed in whose results were not yet handed to `post`.
  std::size_t waiting() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace cunzheng::store
