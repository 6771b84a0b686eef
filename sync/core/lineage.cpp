#include "sync/core/lineage.hpp"

#include <algorithm>
#include <charconv>

namespace cunzheng::sync {

namespace {

bool is_same_entry(const CompactHead& a, const CompactHead& b) { return a.seq == b.seq && a.id == b.id; }

template <class Wanted>
const CompactHead* find_head(const std::vector<CompactHead>& heads, Wanted wanted) {
  const auto found = std::find_if(heads.begin(), heads.end(), wanted);
  return found == heads.end() ? nullptr : &*found;
}

}  // namespace

PeerHeads::PeerHeads(std::span<const journal::Head> ours, std::span<const CompactHead> theirs) {
  const auto own = compact(ours);
  for (const auto& head : theirs) {
    const bool shared = find_head(own, [&](const CompactHead& ours_here) { return is_same_entry(ours_here, head); });
    (shared ? shared_ : theirs_).push_back(head);
  }
}

Comparison PeerHeads::compare(const journal::Head& own) const {
  const auto end = compact(own);
  if (find_head(shared_, [&](const CompactHead& head) { return is_same_entry(head, end); })) return {Standing::level};
  const auto of_journal = [&](const CompactHead& head) { return head.journal == end.journal; };
  if (const auto* head = find_head(theirs_, of_journal)) {
    const auto standing = head->seq < end.seq   ? Standing::peer_behind
                          : head->seq > end.seq ? Standing::peer_ahead
                                                : Standing::differs;
    return {standing, head->seq.value, head->id};
  }
  // What the peer calls this journal is a branch of it here: of this line it may have nothing.
  if (const auto* head = find_head(shared_, of_journal)) return {Standing::differs, head->seq.value, head->id};
  return {};
}

std::optional<bool> joins(const journal::Range& range, const journal::Head& tip) {
  if (range.first <= tip.seq && tip.seq <= range.last()) return range.items[tip.seq - range.first].id == tip.id;
  if (range.first != tip.seq + 1) return std::nullopt;
  const auto prev = journal::prev_of(range);
  if (!prev) return std::nullopt;
  return *prev == tip.id;
}

std::optional<journal::Seq> place_in(const Failure& failure, std::string_view word) {
  if (!failure.field.starts_with(word)) return std::nullopt;
  journal::Seq seq = 0;
  const auto* const begin = failure.field.data() + word.size();
  const auto* const end = failure.field.data() + failure.field.size();
  const auto [stopped, error] = std::from_chars(begin, end, seq);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return seq;
}

}  // namespace cunzheng::sync
