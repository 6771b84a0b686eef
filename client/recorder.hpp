#pragma once
// The one way onto the disk: ranges in, durable, taken into the books, then told. On the loop thread.

#include "client/books.hpp"
#include "sync/link/loop.hpp"
#include "sync/program/log.hpp"
#include "sync/store/store_thread.hpp"

#include <functional>
#include <vector>

namespace cunzheng::client {

class Recorder {
 public:
  using Announce = std::function<void(const Growth&)>;

  // All outlive the recorder. `announce` hears of every journal that grew.
  Recorder(link::Loop& loop, store::StoreThread& store, Books& books, const program::Log& log, Announce announce);

  // `done` when the ranges are durable and in the books, or with the failure. Appends keep their order.
  void append(std::vector<journal::Range> ranges, std::function<void(Status)> done);

  // A write failed: nothing more is taken until the program is started anew. What a person does about it.
  const std::optional<Failure>& trouble() const { return trouble_; }

 private:
  using Waiting = std::vector<std::function<void(Status)>>;
  void catch_up();
  void take(Result<Fresh> fresh);

  link::Loop& loop_;
  store::StoreThread& store_;
  Books& books_;
  const program::Log& log_;
  Announce announce_;
  Waiting next_;       // durable; what is fetched next shows them
  Waiting in_flight_;  // what is being fetched shows them
  bool fetching_ = false;
  std::optional<Failure> trouble_;
};

}  // namespace cunzheng::client
