#pragma once
// An enrolled laptop without manners: it greets a real hub as it should, over real TLS, and then says what a test
// wants. Blocking, with deadlines.

#include "sync/core/messages.hpp"
#include "sync/link/compression.hpp"
#include "tests/support/memory_laptop.hpp"
#include "tests/support/raw_client.hpp"

namespace cunzheng::test {

class HostileLaptop {
 public:
  // With the key of `enrolled`; states no ends. Thrown (std::runtime_error) if it is not welcome.
  HostileLaptop(std::uint16_t port, const MemoryLaptop& enrolled);

  const sync::message::Welcome& welcome() const { return welcome_; }
  // A frame as one message. False: the other end is gone.
  bool say_bytes(ByteView frame);
  bool say(const sync::Message& message) { return say_bytes(sync::to_frame(message)); }
  bool say(journal::Range range) { return say(sync::message::Ranges{{std::move(range)}}); }
  // What the hub says to that: the next Stored, SendFrom, Refused or Bye. None: the end, or silence.
  std::optional<sync::Message> answer(int ms = 10'000);
  bool is_closed() { return client_.is_closed_within(10'000); }

 private:
  std::optional<sync::Message> hear(int ms);

  RawClient client_;
  link::Packer packer_;
  link::Unpacker unpacker_;
  sync::message::Welcome welcome_;
};

// "Stored 7", "SendFrom 3", "Refused 3 failed_checks", "Bye bad_frame", "nothing".
std::string said(const std::optional<sync::Message>& message);

}  // namespace cunzheng::test
