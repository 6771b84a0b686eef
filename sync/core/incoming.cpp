#include "sync/core/incoming.hpp"

namespace cunzheng::sync {
namespace {

using journal::Head;
using journal::JournalId;
using journal::Range;
using journal::Seq;

constexpr std::size_t strangers_max = 256;  // journals that nobody admits, in one session

// The ends of the chains among them: a range that the next one goes on from is none.
std::vector<Head> ends_of(const std::vector<Range>& ranges) {
  std::vector<Head> ends;
  for (std::size_t k = 0; k < ranges.size(); ++k) {
    const bool goes_on = k + 1 < ranges.size() && ranges[k + 1].first == ranges[k].last() + 1;
    if (!goes_on) ends.push_back(ranges[k].head.head);
  }
  return ends;
}

}  // namespace

std::optional<Closing> Incoming::take(std::vector<Range> ranges, std::size_t frame_bytes) {
  ++ranges_seen_;
  const auto& limits = context_.options.limits;
  if (bytes_ + frame_bytes > limits.window_bytes + limits.frame_bytes_max) {
    return Closing{CloseReason::bad_frame, "more than the window allows"};
  }
  bytes_ += frame_bytes;
  waiting_.push_back({std::move(ranges), frame_bytes});
  work();
  if (strangers_ > strangers_max) return Closing{CloseReason::bad_frame, "too many journals that nobody admits"};
  return std::nullopt;
}

void Incoming::work() {
  while (!waiting_.empty()) {
    const auto& journal = waiting_.front().ranges.front().journal;
    auto& coming = coming_[journal];
    if (!coming.key && outgoing_.end_of(journal) != nullptr) coming.key = context_.directory.key_of(journal);
    // The statement that admits a new journal may be on its way to the disk.
    if (!coming.key && !storing_.empty()) return;
    auto frame = std::move(waiting_.front());
    waiting_.pop_front();
    if (coming.key || admit(frame.ranges.front())) {
      check_and_store(std::move(frame));
    } else {
      bytes_ -= frame.bytes;
    }
  }
}

// Whether the journal that `opening` begins may be taken in; if not, the peer is told.
bool Incoming::admit(const Range& opening) {
  auto& coming = coming_[opening.journal];
  const bool first_time = !coming.awaited;
  if (first_time) ++strangers_;
  if (opening.first != 0) {
    if (first_time) ask_from(opening.journal, 0);
    return false;
  }
  const auto& item = opening.items.front();
  const auto entry = journal::parse_entry(item.entry);
  if (!entry || journal::id_of(item.entry).value() != opening.journal.value()) {
    refuse(opening.journal, opening.first, opening.last(), message::Why::failed_checks);
    return false;
  }
  const auto key = context_.directory.admit_journal(*entry, opening.journal, context_.body);
  if (!key) {
    context_.alarm(AlarmKind::unknown_journal, opening.journal, opening.first);
    refuse(opening.journal, opening.first, opening.last(), message::Why::not_admitted);
    return false;
  }
  --strangers_;
  coming.key = *key;
  return true;
}

void Incoming::check_and_store(Frame frame) {
  const auto journal = frame.ranges.front().journal;
  auto& coming = coming_.at(journal);
  std::vector<Range> accepted;
  for (auto& range : frame.ranges) {
    if (coming.awaited && range.first > *coming.awaited) continue;
    if (!journal::verify_range(range, *coming.key)) {
      refuse(journal, range.first, range.last(), message::Why::failed_checks);
      continue;
    }
    coming.awaited.reset();
    learn(range);
    accepted.push_back(std::move(range));
  }
  if (accepted.empty()) {
    bytes_ -= frame.bytes;
    return;
  }
  const auto ticket = context_.new_ticket();
  storing_[ticket] = {journal, accepted.front().first, ends_of(accepted), frame.bytes};
  context_.outputs.push_back(out::Store{ticket, std::move(accepted)});
}

// What a range that passed its checks says about the peer, and about us.
void Incoming::learn(const Range& range) {
  auto& coming = coming_.at(range.journal);
  outgoing_.came_from_peer(range.head.head.id);
  const auto* end = outgoing_.end_of(range.journal);
  const bool own = context_.is_own(range.journal) || coming.key == context_.options.own_key;
  const bool beyond = end == nullptr || range.last() > end->seq;
  if (own && beyond) {
    const auto kind = context_.is_laptop() ? AlarmKind::own_journal_diverged : AlarmKind::shown_newer_self;
    context_.alarm(kind, range.journal, range.last());
  }

  const bool end_is_later = end != nullptr && (!coming.tip || coming.tip->seq < end->seq);
  const auto tip = end_is_later ? std::optional<Head>(*end) : coming.tip;
  const auto opens = range.first == 0 ? std::optional<bool>(true) : std::nullopt;
  const auto joined = tip ? joins(range, *tip) : opens;
  if (!joined) return;
  if (!*joined) {
    outgoing_.peer_branched(range.journal, tip ? tip->seq : range.first);
    return;
  }
  outgoing_.peer_goes_on(range.journal, range.last());
  if (!tip || tip->seq < range.last()) coming.tip = range.head.head;
}

std::optional<Closing> Incoming::stored(const in::StoreDone& answer) {
  const auto found = storing_.find(answer.ticket);
  if (found == storing_.end()) return std::nullopt;
  const auto done = std::move(found->second);
  storing_.erase(found);
  bytes_ -= done.bytes;
  if (answer.result) {
    for (const auto& end : done.ends) context_.send(message::Stored{end});
  } else {
    const auto& failure = answer.result.error();
    auto& coming = coming_.at(done.journal);
    coming.tip.reset();
    const auto from = place_in(failure, "send_from ");
    if (failure.code == FailureCode::conflict && from) {
      if (coming.awaited != from) ask_from(done.journal, *from);
    } else if (failure.code == FailureCode::conflict || failure.code == FailureCode::bad_input) {
      refuse(done.journal, done.first, done.ends.back().seq, message::Why::failed_checks);
    } else {
      return Closing{CloseReason::store_failed, "store " + to_hex(ByteView(done.journal.value()).first(4))};
    }
  }
  work();
  return std::nullopt;
}

void Incoming::ask_from(const JournalId& journal, Seq from) {
  coming_[journal].awaited = from;
  context_.send(message::SendFrom{journal, Varint{from}});
}

void Incoming::refuse(const JournalId& journal, Seq first, Seq last, message::Why why) {
  auto& coming = coming_[journal];
  if (coming.refused_until && first <= *coming.refused_until) {
    context_.alarm(AlarmKind::range_refused, journal, first);
  }
  if (why == message::Why::failed_checks) coming.refused_until = last;
  coming.awaited = first;
  context_.send(message::Refused{journal, Varint{first}, why});
}

}  // namespace cunzheng::sync
