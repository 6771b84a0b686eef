#pragma once
// One link, one life: what two programs say to each other until they hold the same journals, and after that as the
// journals grow. A value machine (PROTOCOL.md): inputs and the time go in, a list of things to do comes out. It owns
// no socket, file, clock, thread or chance. The WebSocket link and the test link drive the same object.
//
// Nothing is acknowledged to the peer before out::Store was answered by in::StoreDone.

#include "shared/crypto/signer.hpp"
#include "shared/journal/range.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cunzheng::sync {

using Ticket = std::uint64_t;

namespace in {
struct LinkUp {
  Hash binding;  // of this very TLS connection (RFC 9266 exporter), known to both ends and to nobody between them
};
struct FrameArrived {
  Bytes frame;
};
struct StoreDone {  // answers out::Store; by then the Directory knows what the ranges say
  Ticket ticket = 0;
  Status result;
};
struct LoadDone {  // answers out::Load
  Ticket ticket = 0;
  Result<std::vector<journal::Range>> ranges;
};
struct JournalGrew {   // durable, whoever wrote it; also what this session itself stored
  journal::Head head;  // as Directory::scope() would list it
  bool is_new = false;
};
struct TimerFired {};
struct LinkAlive {};  // part of a frame arrived: on a slow link a large frame takes longer than silence_ms
struct Leave {};      // our own wish: says goodbye and closes
struct LinkDown {};
}  // namespace in
using Input = std::variant<in::LinkUp, in::FrameArrived, in::StoreDone, in::LoadDone, in::JournalGrew, in::TimerFired,
                           in::LinkAlive, in::Leave, in::LinkDown>;

enum class CloseReason : std::uint8_t {
  done,          // our own wish, or the peer's
  bad_frame,     // not a message of this protocol version in this state
  not_admitted,  // unknown or revoked device, or a signature that is not bound to this link
  version,       // no common protocol version
  timeout,       // the peer was silent too long
  store_failed,  // our own disk: nothing more is acknowledged
};

enum class AlarmKind : std::uint8_t {
  own_journal_diverged,  // the hub holds entries of our own journal that we do not: a copy or a restored store is or
                         // was at work. This journal must not be continued: enrol again
  hub_went_back,     // the hub shows less of its own journal than we hold (中心数据回退). A newer epoch among its
                     // journals explains it: the program looks
  hub_forked,        // the hub shows another entry at a place of its journal that we hold
  shown_newer_self,  // hub: a laptop holds a newer head of our own journal: we were restored, open a new epoch
  range_refused,     // a range kept failing its checks; it was left out, the rest flows
  unknown_journal,   // the peer offered a journal that no statement admits
};

namespace out {
struct Send {
  Bytes frame;
};
struct Store {  // answer with in::StoreDone after the ranges are durable
  Ticket ticket = 0;
  std::vector<journal::Range> ranges;
};
struct Load {  // answer with in::LoadDone: ranges from `from`, at most about `bytes_max` and `items_max`
  Ticket ticket = 0;
  journal::JournalId journal;
  journal::Seq from = 0;
  std::size_t items_max = 0;
  std::size_t bytes_max = 0;
};
struct WakeAt {  // replaces an earlier one
  Instant at;
};
struct PeerHolds {  // the peer has made everything up to `seq` durable
  journal::JournalId journal;
  journal::Seq seq = 0;
};
struct InStep {};  // neither side has anything left to send; said again after each further exchange
struct Close {
  CloseReason reason = CloseReason::done;
  std::string detail;         // for logs: ids and numbers only
  bool said_by_peer = false;  // the reason is the other end's: it said Bye
};
struct Alarm {
  AlarmKind kind = AlarmKind::range_refused;
  journal::JournalId journal;
  journal::Seq seq = 0;
};
}  // namespace out
using Output =
    std::variant<out::Send, out::Store, out::Load, out::WakeAt, out::PeerHolds, out::InStep, out::Close, out::Alarm>;

// Who may say what: answered from memory, from the journals' own statements. Implemented by the program.
class Directory {
 public:
  virtual ~Directory() = default;

  struct Admission {
    std::string body;                       // whose scope it gets
    std::optional<journal::JournalId> own;  // the device's journal, once it is known here
  };
  // Hub: may the holder of this key open a session (enrolled, not revoked)?
  virtual Result<Admission> admit(const crypto::PublicKey& device) const = 0;

  // The journals that belong to the scope (hub: of `body`; laptop: all it holds) with their ends, in the order in
  // which they are to be sent: district, body, then devices' by id, then branches (under their own names, the store's
  // JournalInfo::id). Two sides are in step when the ends' entry ids are the same set: with a branch left out they
  // never are again.
  virtual std::vector<journal::Head> scope(const std::string& body) const = 0;

  // What a greeting states of them: the same, but of a line with a damaged place only what comes before it, or nothing
  // (DamagedPlaces). The peer then sends on from there.
  virtual std::vector<journal::Head> whole(const std::string& body) const { return scope(body); }

  // The key that must have signed heads of this journal, if the journal is held.
  virtual std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const = 0;

  // May a journal with this opening entry be begun here, on this peer's word? Yields its key.
  virtual Result<crypto::PublicKey> admit_journal(const journal::Entry& opening, const journal::JournalId& id,
                                                  const std::string& body) const = 0;

  // A journal written by this very program: the laptop's device journal, the hub's own journals.
  virtual bool is_own(const journal::JournalId& journal) const = 0;

  // Laptop: a journal that the hub writes, whatever its key. Those whose key is SessionOptions::hub_key count anyway.
  virtual bool is_of_hub(const journal::JournalId&) const { return false; }
};

struct Limits {
  std::size_t frame_bytes_max = 2U << 20;
  std::size_t hello_bytes_max = 16U << 10;    // before the peer is admitted
  std::size_t batch_bytes_first = 16U << 10;  // a batch starts this small and grows with the link: about 5 s of it
  std::size_t batch_bytes_max = 256U << 10;
  std::size_t window_bytes = 1U << 20;  // sent and not yet acknowledged
  std::int64_t hello_ms = 10'000;
  std::int64_t silence_ms = 60'000;  // without any frame while something is owed
  std::int64_t keepalive_ms = 30'000;
};

// Signs with own_key: laptop crypto::sign(key, "hello", statement), hub crypto::sign(key, "welcome", statement).
using SignBinding = std::function<crypto::Signature(ByteView statement)>;

struct SessionOptions {
  enum class Role : std::uint8_t { laptop, hub } role = Role::laptop;
  crypto::PublicKey own_key;       // laptop: device key; hub: hub key
  crypto::PublicKey hub_key;       // laptop: the key the hub's signed answer must have (certified by the root)
  std::string body;                // laptop: its committee
  std::uint64_t boot_counter = 0;  // laptop: one more with each start of the program (D09)
  std::int64_t wall_ahead_ms = 0;  // hub: wall clock minus the clock of step(), so that the Welcome tells the time
  SignBinding sign;
  Limits limits;
};

// What the greeting told of the other side, over its signature.
struct Peer {
  crypto::PublicKey key;           // hub: the device's; laptop: the hub's
  std::uint64_t boot_counter = 0;  // hub: the laptop's; a number seen before or smaller: a copy of the disk is at work
  Instant hub_time;                // laptop: what the hub's clock showed when it answered
};

class Session {
 public:
  Session(SessionOptions options, const Directory& directory);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // The things to do, in order. After out::Close nothing but an empty list is returned.
  std::vector<Output> step(Input input, Instant now);

  bool closed() const;
  const std::string& body() const;          // the peer's committee, once admitted (hub) or from the start (laptop)
  const std::optional<Peer>& peer() const;  // once its greeting was accepted

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace cunzheng::sync
