#pragma once
// How a journal here and the same journal at the peer stand to each other, as far as heads can tell.

#include "sync/core/messages.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace cunzheng::sync {

enum class Standing : std::uint8_t {
  level,        // the peer holds our end
  peer_lacks,   // the peer names nothing of this journal
  peer_behind,  // the peer's end has a smaller seq; whether it lies on our chain shows when we read on from there
  peer_ahead,   // the peer's end has a larger seq; whether it goes on from our end shows when it sends
  differs,      // the peer has another branch
};

struct Comparison {
  Standing standing = Standing::peer_lacks;
  journal::Seq seq = 0;  // the peer's end, for peer_behind, peer_ahead and differs
  ByteArray<4> id{};
};

// What the peer said of its ends, beside all of ours. Which branch is the trunk depends on which came first, so an end
// may have another name there: it is looked for by what it is.
class PeerHeads {
 public:
  PeerHeads(std::span<const journal::Head> ours, std::span<const CompactHead> theirs);
  Comparison compare(const journal::Head& own) const;

 private:
  std::vector<CompactHead> shared_;  // ends that both have
  std::vector<CompactHead> theirs_;  // the others
};

// Whether `range` goes through or goes on from `tip`, an entry held here. No answer: it does not touch that place, or
// begins behind it with a stub, which does not say what came before.
std::optional<bool> joins(const journal::Range& range, const journal::Head& tip);

// The place that a store's failure names in its field: "seq 17", "send_from 17". None: its field does not begin so.
std::optional<journal::Seq> place_in(const Failure& failure, std::string_view word);

}  // namespace cunzheng::sync
