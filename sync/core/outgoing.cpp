#include "sync/core/outgoing.hpp"

#include "sync/core/wire_range.hpp"

#include <algorithm>

namespace cunzheng::sync {
namespace {

using journal::Head;
using journal::JournalId;
using journal::Range;
using journal::Seq;

constexpr std::size_t items_per_read = 4096;
constexpr std::size_t remembered_from_peer = 64;  // more than can be on its way through our store at once
constexpr unsigned asked_in_vain_max = 3;

std::size_t items_in(std::span<const Range> ranges) {
  std::size_t items = 0;
  for (const auto& range : ranges) items += range.items.size();
  return items;
}

std::string place_text(const JournalId& journal, Seq seq) {
  return to_hex(ByteView(journal.value()).first(4)) + ":" + std::to_string(seq);
}

}  // namespace

// ---------------------------------------------------------------- the greeting

void Outgoing::begin_level(std::span<const Head> scope) {
  for (const auto& end : scope) {
    lines_.push_back({.end = end, .next = end.seq + 1, .joined = true});
    holds(lines_.back(), end.seq);
  }
}

void Outgoing::begin(std::span<const Head> scope, std::span<const Head> whole, std::span<const CompactHead> peer) {
  const PeerHeads heads(scope, peer);
  for (const auto& end : scope) {
    const auto of_line = [&](const Head& at) { return at.journal == end.journal; };
    const auto found = std::find_if(whole.begin(), whole.end(), of_line);
    lines_.push_back(compared(end, found == whole.end() ? std::nullopt : std::optional(found->seq), heads));
  }
}

// What a hub is told about its own journals is a claim until it sees its own signature: Incoming raises that alarm. A
// hub that states no more than what is whole here may lack the same: that alarms nobody.
Outgoing::Line Outgoing::compared(const Head& end, std::optional<Seq> whole_until, const PeerHeads& peer) {
  Line line{.end = end};
  const auto found = peer.compare(end);
  const bool laptop = context_.is_laptop();
  switch (found.standing) {
    case Standing::level:
      line.next = end.seq + 1;
      line.joined = true;
      holds(line, end.seq);
      return line;
    case Standing::peer_lacks:
      if (laptop && whole_until && context_.is_of_hub(end.journal)) {
        context_.alarm(AlarmKind::hub_went_back, end.journal, 0);
      }
      return line;
    case Standing::peer_behind:
      line.next = found.seq + 1;
      line.prev_at_peer = found.id;
      if (laptop && whole_until > found.seq && context_.is_of_hub(end.journal)) {
        context_.alarm(AlarmKind::hub_went_back, end.journal, found.seq);
      }
      return line;
    case Standing::peer_ahead:
      line.next = end.seq + 1;
      if (laptop && context_.is_own(end.journal)) {
        context_.alarm(AlarmKind::own_journal_diverged, end.journal, found.seq);
      }
      return line;
    case Standing::differs:
      line.joined = true;
      if (laptop) context_.alarm_branch(end.journal, found.seq);
      return line;
  }
  return line;
}

// ---------------------------------------------------------------- our side

void Outgoing::grew(const in::JournalGrew& growth) {
  auto* line = find(growth.head.journal);
  if (line == nullptr) {
    if (!growth.is_new) return;
    order_lines();
    line = find(growth.head.journal);
    if (line == nullptr) return;  // none of this committee's
  }
  if (growth.head.seq > line->end.seq) line->end = growth.head;
  line->dry = false;
  if (std::find(from_peer_.begin(), from_peer_.end(), line->end.id) != from_peer_.end()) {
    line->joined = true;
    line->next = line->end.seq + 1;
  }
}

// Lines as the scope has them now, those that are new among them.
void Outgoing::order_lines() {
  std::vector<Line> lines;
  for (const auto& end : context_.directory.scope(context_.body)) {
    auto* known = find(end.journal);
    lines.push_back(known != nullptr ? *known : Line{.end = end, .joined = true});
  }
  lines_ = std::move(lines);
}

bool Outgoing::wants_to_send(const Line& line) const {
  return !line.left_out && !line.dry && line.next <= line.end.seq;
}

void Outgoing::pump() {
  if (reading_ || !flow_.has_room()) return;
  const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& at) { return wants_to_send(at); });
  if (line == lines_.end()) return;
  const bool fine = line->fine_until && line->next <= *line->fine_until;
  reading_ = Reading{context_.new_ticket(), line->end.journal, line->next};
  context_.outputs.push_back(out::Load{reading_->ticket, line->end.journal, line->next,
                                       fine ? std::size_t{1} : items_per_read, flow_.batch_bytes()});
}

std::optional<Closing> Outgoing::loaded(const in::LoadDone& answer) {
  if (!reading_ || reading_->ticket != answer.ticket) return std::nullopt;
  const auto reading = *reading_;
  reading_.reset();
  auto* line = find(reading.line);
  const bool still_wanted = line != nullptr && !line->left_out && line->next == reading.from;
  if (!answer.ranges) {
    const auto& failure = answer.ranges.error();
    if (failure.code == FailureCode::unavailable) {
      return Closing{CloseReason::store_failed, "read " + place_text(reading.line, reading.from)};
    }
    if (still_wanted) leave_out(*line, place_in(failure, "seq ").value_or(reading.from));
    return std::nullopt;
  }
  if (!still_wanted) return std::nullopt;
  if (answer.ranges->empty()) {
    line->dry = true;
    return std::nullopt;
  }
  if (is_on_peers_chain(*line, answer.ranges->front())) send(*line, *answer.ranges);
  return std::nullopt;
}

// The peer named the entry before `next`; now that we see what ours is, compare. Another one: everything goes again,
// the peer's store finds where the branches part.
bool Outgoing::is_on_peers_chain(Line& line, const Range& first) {
  const auto theirs = line.prev_at_peer;
  line.prev_at_peer.reset();
  if (!theirs || first.first != line.next) return true;
  const auto ours = journal::prev_of(first);
  if (!ours) return true;  // a stub does not say
  if (!std::equal(theirs->begin(), theirs->end(), ours->value().begin())) {
    if (context_.is_laptop()) context_.alarm_branch(line.end.journal, line.next - 1);
    line.next = 0;
    return false;
  }
  line.joined = true;
  holds(line, line.next - 1);
  return true;
}

// As few frames as the limits allow.
void Outgoing::send(Line& line, std::span<const Range> ranges) {
  // A branch of what was left out: the peer passes over all of that journal.
  const auto* trunk = find(ranges.front().journal);
  if (trunk != nullptr && trunk->left_out) return leave_out(line, ranges.front().first);
  if (items_in(ranges) <= wire_items_max) {
    auto frame = to_frame(message::Ranges{{ranges.begin(), ranges.end()}});
    if (frame.size() <= context_.options.limits.frame_bytes_max) return send_frame(line, ranges, std::move(frame));
  }
  if (ranges.size() == 1) return leave_out(line, ranges.front().first);  // its writer signed too few heads
  const auto half = ranges.size() / 2;
  send(line, ranges.first(half));
  if (!line.left_out) send(line, ranges.subspan(half));
}

void Outgoing::send_frame(Line& line, std::span<const Range> ranges, Bytes frame) {
  const auto& last = ranges.back();
  under_way_.push_back({line.end.journal, ranges.front().first, last.head.head, frame.size(), context_.now});
  flow_.sent(frame.size());
  line.next = last.last() + 1;
  ++ranges_sent_;
  context_.outputs.push_back(out::Send{std::move(frame)});
}

// ---------------------------------------------------------------- the peer's side

void Outgoing::stored(const Head& head) {
  const auto batch =
      std::find_if(under_way_.begin(), under_way_.end(), [&](const Batch& at) { return at.last == head; });
  if (batch == under_way_.end()) return;  // late, after the batch was given up
  flow_.acknowledged(batch->bytes, batch->sent_at, context_.now);
  auto* line = find(batch->line);
  under_way_.erase(batch);
  if (line == nullptr) return;
  line->asked_from.reset();
  line->asked_in_vain = 0;
  holds(*line, head.seq);
}

// After SendFrom and Refused the peer passes over what is under way of that journal, its branches too: all of it goes
// once more.
void Outgoing::send_from(const JournalId& journal, Seq from) {
  for (const auto& name : lines_under_way(journal)) give_up_batches(name);
  auto* line = find(journal);
  if (line == nullptr || line->left_out) return;
  line->next = std::min(from, line->end.seq + 1);
  const bool in_vain = line->asked_from && line->next >= *line->asked_from;
  line->asked_in_vain = in_vain ? line->asked_in_vain + 1 : 0;
  line->asked_from = line->next;
  line->prev_at_peer.reset();
  line->dry = false;
  if (line->asked_in_vain >= asked_in_vain_max) leave_out(*line, line->next);
}

void Outgoing::refused(const message::Refused& refused) {
  const auto seq = refused.seq.value;
  const auto batch = std::find_if(under_way_.begin(), under_way_.end(), [&](const Batch& at) {
    return at.last.journal == refused.journal && at.first <= seq && seq <= at.last.seq;
  });
  if (batch == under_way_.end()) return;  // late, after the batch was given up
  const auto last = batch->last.seq;
  const auto name = batch->line;
  const auto names = lines_under_way(refused.journal);
  for (const auto& other : names) give_up_batches(other);
  auto* line = find(name);
  if (line == nullptr || line->left_out) return;
  const bool second_time = line->fine_until && seq <= *line->fine_until;
  if (refused.why == message::Why::not_admitted || second_time) {
    for (const auto& other : names) {
      if (auto* of_journal = find(other)) leave_out(*of_journal, seq);
    }
    return;
  }
  line->fine_until = last;
  line->next = seq;
}

void Outgoing::peer_goes_on(const JournalId& journal, Seq seq) {
  auto* line = find(journal);
  if (line == nullptr) return;
  if (!line->joined) holds(*line, line->end.seq);
  line->joined = true;
  line->next = std::max(line->next, seq + 1);
  line->prev_at_peer.reset();
}

void Outgoing::peer_branched(const JournalId& journal, Seq seq) {
  context_.alarm_branch(journal, seq);
  auto* line = find(journal);
  if (line == nullptr || line->joined) return;
  line->next = 0;
  line->joined = true;
  line->prev_at_peer.reset();
}

void Outgoing::came_from_peer(const journal::EntryId& id) {
  from_peer_.push_back(id);
  if (from_peer_.size() > remembered_from_peer) from_peer_.pop_front();
}

// ---------------------------------------------------------------- questions

const Head* Outgoing::end_of(const JournalId& journal) const {
  const auto line =
      std::find_if(lines_.begin(), lines_.end(), [&](const Line& at) { return at.end.journal == journal; });
  return line == lines_.end() ? nullptr : &line->end;
}

bool Outgoing::is_level() const {
  return !reading_ && under_way_.empty() &&
         std::none_of(lines_.begin(), lines_.end(), [&](const Line& line) { return wants_to_send(line); });
}

std::optional<Instant> Outgoing::oldest_under_way() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.front().sent_at;
}

Outgoing::Line* Outgoing::find(const JournalId& name) {
  const auto line = std::find_if(lines_.begin(), lines_.end(), [&](const Line& at) { return at.end.journal == name; });
  return line == lines_.end() ? nullptr : &*line;
}

void Outgoing::holds(const Line& line, Seq seq) { context_.outputs.push_back(out::PeerHolds{line.end.journal, seq}); }

// Of this journal and its branches.
std::vector<JournalId> Outgoing::lines_under_way(const JournalId& journal) const {
  std::vector<JournalId> lines;
  for (const auto& batch : under_way_) {
    const bool known = std::find(lines.begin(), lines.end(), batch.line) != lines.end();
    if (batch.last.journal == journal && !known) lines.push_back(batch.line);
  }
  return lines;
}

void Outgoing::give_up_batches(const JournalId& name) {
  auto* const line = find(name);
  std::erase_if(under_way_, [&](const Batch& batch) {
    if (batch.line != name) return false;
    flow_.given_up(batch.bytes);
    if (line != nullptr) line->next = std::min(line->next, batch.first);
    return true;
  });
}

void Outgoing::leave_out(Line& line, Seq seq) {
  line.left_out = true;
  give_up_batches(line.end.journal);
  context_.alarm(AlarmKind::range_refused, line.end.journal, seq);
}

}  // namespace cunzheng::sync
