#pragma once
// What the peer lacks, and how it gets there: one line for each journal and branch of the scope, one read from the
// store at a time, batches under way until the peer says that it stored them.

#include "sync/core/context.hpp"
#include "sync/core/flow.hpp"
#include "sync/core/lineage.hpp"

#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace cunzheng::sync {

class Outgoing {
 public:
  explicit Outgoing(Context& context) : context_(context), flow_(context.options.limits) {}

  // ---- the greeting
  // The peer holds exactly these ends.
  void begin_level(std::span<const journal::Head> scope);
  // The peer showed its ends. `whole`: what of `scope` is whole here.
  void begin(std::span<const journal::Head> scope, std::span<const journal::Head> whole,
             std::span<const CompactHead> peer);

  // ---- our side
  void grew(const in::JournalGrew& growth);
  std::optional<Closing> loaded(const in::LoadDone& answer);
  // Reads on while there is something to send and room to send it.
  void pump();

  // ---- the peer's side
  void stored(const journal::Head& head);
  void send_from(const journal::JournalId& journal, journal::Seq from);
  void refused(const message::Refused& refused);

  // ---- what Incoming learns about the peer. `journal` as ranges name it.
  // The peer has our end of that journal and what follows it up to `seq`.
  void peer_goes_on(const journal::JournalId& journal, journal::Seq seq);
  // The peer's branch of that journal is not ours.
  void peer_branched(const journal::JournalId& journal, journal::Seq seq);
  // This entry ends a range that the peer sent: what our store makes of it need not go back.
  void came_from_peer(const journal::EntryId& id);

  // Our end of a journal of the scope; none: it is not in the scope, or not here yet.
  const journal::Head* end_of(const journal::JournalId& journal) const;

  // Nothing unsent, nothing unacknowledged.
  bool is_level() const;
  std::uint64_t ranges_sent() const { return ranges_sent_; }
  // When the oldest batch went out that the peer has not acknowledged.
  std::optional<Instant> oldest_under_way() const;

 private:
  struct Line {
    journal::Head end;      // ours, durable; its journal is the line's name
    journal::Seq next = 0;  // first place that the peer is not known to hold and that is not under way
    bool joined = false;    // the peer holds our chain up to `next`, or it gets all of it
    std::optional<ByteArray<4>> prev_at_peer{};  // what the entry before `next` is at the peer, if it must be compared
    std::optional<journal::Seq> fine_until{};    // up to there item by item: a larger range was refused
    std::optional<journal::Seq> asked_from{};    // the last SendFrom that brought nothing forward yet
    unsigned asked_in_vain = 0;
    bool dry = false;       // nothing can be read from `next` on until the journal grows
    bool left_out = false;  // for the rest of the session
  };
  struct Batch {
    journal::JournalId line;
    journal::Seq first = 0;
    journal::Head last;  // named as in the range
    std::size_t bytes = 0;
    Instant sent_at;
  };
  struct Reading {
    Ticket ticket = 0;
    journal::JournalId line;
    journal::Seq from = 0;
  };

  Line* find(const journal::JournalId& name);
  bool wants_to_send(const Line& line) const;
  Line compared(const journal::Head& end, std::optional<journal::Seq> whole_until, const PeerHeads& peer);
  void order_lines();
  void holds(const Line& line, journal::Seq seq);
  bool is_on_peers_chain(Line& line, const journal::Range& first);
  void send(Line& line, std::span<const journal::Range> ranges);
  void send_frame(Line& line, std::span<const journal::Range> ranges, Bytes frame);
  std::vector<journal::JournalId> lines_under_way(const journal::JournalId& journal) const;
  void give_up_batches(const journal::JournalId& line);
  void leave_out(Line& line, journal::Seq seq);

  Context& context_;
  Flow flow_;
  std::vector<Line> lines_;  // in the order of the scope
  std::optional<Reading> reading_;
  std::deque<Batch> under_way_;  // in the order of sending
  std::deque<journal::EntryId> from_peer_;
  std::uint64_t ranges_sent_ = 0;
};

}  // namespace cunzheng::sync
