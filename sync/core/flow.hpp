#pragma once
// How much to send at a time, learned from when acknowledgements come. A batch takes about five seconds of the link,
// so a link that is cut twice a minute still carries something; two batches are under way, so that it never idles.

#include "sync/core/session.hpp"

namespace cunzheng::sync {

class Flow {
 public:
  explicit Flow(const Limits& limits);

  // What the next batch should weigh, about.
  std::size_t batch_bytes() const { return batch_bytes_; }

  // Whether another batch may be sent. A single one may always, however large.
  bool has_room() const;

  void sent(std::size_t bytes) { under_way_ += bytes; }
  // A batch that was handed to the link at `sent_at` is on the peer's disk.
  void acknowledged(std::size_t bytes, Instant sent_at, Instant now);
  // A batch is not to be waited for any more; it says nothing about the link.
  void given_up(std::size_t bytes) { under_way_ -= bytes; }

 private:
  std::size_t window_bytes() const;

  const Limits limits_;
  std::size_t batch_bytes_;
  std::size_t under_way_ = 0;
  Instant last_acknowledged_;
};

}  // namespace cunzheng::sync
