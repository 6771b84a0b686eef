#pragma once
// Keeps the rows up to the entries. Works on the store thread in short slices between commits, so that receipts never
// wait for it, and a fold that fails cannot stop them. The projection lives there: look at it through read() only.

#include "shared/registers/projection.hpp"
#include "sync/store/store_thread.hpp"

#include <atomic>
#include <memory>

namespace cunzheng::hub {

class Projector {
 public:
  // `entries` is the store that `store` owns; touched on the store thread alone. All outlive the projector, and the
  // store thread is joined before it goes.
  Projector(store::StoreThread& store, store::EntryStore& entries, std::unique_ptr<registers::RowStore> rows,
            crypto::PublicKey root, const crypto::SymmetricKey& person_key);
  ~Projector();

  // At the start, before anything is written: reads the book of facts, goes on to the last arrival.
  Status open();
  const registers::Projection& opened() const { return *projection_; }  // before the store thread has work

  // Entries have arrived: goes on soon.
  void grew();

  // Runs `job` on the store thread when every entry that is durable now is in the rows, or with why it is not.
  void read(std::function<void(Result<const registers::Projection*>)> job);

  // Drops all rows, makes them again, and answers on the store thread with the digest before and after.
  struct Rebuilt {
    Hash before{};
    Hash after{};
    std::uint64_t arrivals = 0;
  };
  void rebuild(std::function<void(Result<Rebuilt>)> done);

 private:
  class SubjectsOf;
  Result<bool> slice(std::size_t most);  // true: there is more
  Status catch_up();
  void go_on();

  store::StoreThread& store_;
  store::EntryStore& entries_;
  std::unique_ptr<registers::RowStore> rows_;
  std::unique_ptr<SubjectsOf> subjects_;
  std::unique_ptr<registers::Projection> projection_;
  bool is_torn_ = false;  // memory and rows differ after a failure: rows are read again first
  std::atomic<bool> scheduled_ = false;
};

}  // namespace cunzheng::hub
