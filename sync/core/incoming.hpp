#pragma once
// What the peer sends: checked range by range, admitted, stored, and only then acknowledged.

#include "sync/core/outgoing.hpp"

#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace cunzheng::sync {

class Incoming {
 public:
  Incoming(Context& context, Outgoing& outgoing) : context_(context), outgoing_(outgoing) {}

  // A Ranges frame of `frame_bytes`. bad_frame: more is under way than the window allows, or too many journals.
  std::optional<Closing> take(std::vector<journal::Range> ranges, std::size_t frame_bytes);
  std::optional<Closing> stored(const in::StoreDone& answer);

  // Everything that came was stored or refused.
  bool is_level() const { return waiting_.empty() && storing_.empty(); }
  std::uint64_t ranges_seen() const { return ranges_seen_; }

 private:
  struct Frame {
    std::vector<journal::Range> ranges;  // of one journal
    std::size_t bytes = 0;
  };
  struct Storing {
    journal::JournalId journal;
    journal::Seq first = 0;
    std::vector<journal::Head> ends;  // one for each chain: told when it is durable
    std::size_t bytes = 0;
  };
  // A journal that the peer sends of.
  struct Coming {
    std::optional<crypto::PublicKey> key;       // none: not admitted
    std::optional<journal::Head> tip;           // last item handed to the store that goes on from our end
    std::optional<journal::Seq> awaited;        // asked for from here: what lies behind it is passed over
    std::optional<journal::Seq> refused_until;  // end of a range that failed its checks
  };

  void work();
  bool admit(const journal::Range& opening);
  void check_and_store(Frame frame);
  void learn(const journal::Range& range);
  void refuse(const journal::JournalId& journal, journal::Seq first, journal::Seq last, message::Why why);
  void ask_from(const journal::JournalId& journal, journal::Seq from);

  Context& context_;
  Outgoing& outgoing_;
  std::map<journal::JournalId, Coming> coming_;
  std::deque<Frame> waiting_;  // in the order of arrival
  std::map<Ticket, Storing> storing_;
  std::size_t bytes_ = 0;  // of all frames not yet dealt with
  std::size_t strangers_ = 0;
  std::uint64_t ranges_seen_ = 0;
};

}  // namespace cunzheng::sync
