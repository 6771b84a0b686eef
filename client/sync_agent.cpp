#include "client/sync_agent.hpp"

#include <charconv>
#include <utility>

namespace cunzheng::client {
namespace {

// What a command waits for: an exchange as a whole, failed attempts, and between two of them.
constexpr std::int64_t exchange_ms_max = 60'000;
constexpr std::int64_t patience_ms = 3'000;
constexpr std::int64_t retry_ms = 300;
// Damage in our own journal: we sign the heads beside it, so that the rest can be cut off and sent (D31).
Result<std::vector<journal::Range>> read_own(store::EntryStore& entries, const journal::Writer& writer,
                                             const journal::JournalId& journal, journal::Seq from,
                                             store::ReadLimit limit) {
  auto ranges = entries.read(journal, from, limit);
  if (ranges || ranges.error().code != FailureCode::unreadable) return ranges;
  constexpr std::string_view prefix = "seq ";
  const auto& field = ranges.error().field;
  journal::Seq damaged = 0;
  if (!field.starts_with(prefix)) return ranges;
  const auto* digits = field.data() + prefix.size();
  if (std::from_chars(digits, field.data() + field.size(), damaged).ec != std::errc()) return ranges;
  std::vector<journal::SignedHead> heads;
  for (const auto seq : {damaged == 0 ? 0 : damaged - 1, damaged}) {
    TRY(const auto stored, entries.item({journal, seq}));
    heads.push_back(writer.sign(journal::Head{journal, seq, stored.item.id}));
  }
  CHECK(entries.add_heads(heads));
  return entries.read(journal, from, limit);
}

}  // namespace

Result<std::unique_ptr<SyncAgent>> SyncAgent::make(Parts parts) {
  std::unique_ptr<SyncAgent> agent(new SyncAgent(parts));
  link::ConnectorOptions options;
  TRY(options.hub, link::parse_hub_address(parts.enrolment.hub));
  // The newest statement that the root signed; a key that was withdrawn is not pinned any longer.
  const auto certified = parts.books.facts().hub();
  options.pins = certified ? certified->tls_pins : parts.statement.tls_pins;
  if (options.pins.empty()) options.pins = {parts.enrolment.hub_pin};
  options.body = parts.books.body();
  options.make_session = [self = agent.get()] { return self->make_session(); };
  options.random = &parts.random;
  if (parts.make_link) {
    agent->link_ = parts.make_link(std::move(options), *agent);
  } else {
    agent->link_ = std::make_unique<link::Connector>(parts.loop, std::move(options), *agent);
  }
  return agent;
}

sync::Session SyncAgent::make_session() const {
  const auto certified = parts_.books.facts().hub();
  sync::SessionOptions options;
  options.role = sync::SessionOptions::Role::laptop;
  options.own_key = parts_.pen.writer().key();
  options.hub_key = certified ? certified->hub_key : parts_.statement.hub_key;
  options.body = parts_.books.body();
  options.boot_counter = parts_.state.state().boot_counter;
  options.sign = [&pen = parts_.pen](ByteView statement) { return pen.writer().sign("hello", statement); };
  return {std::move(options), parts_.books};
}

void SyncAgent::exchange(std::function<void(Status)> done) {
  if (!stays_)
    return link_->run_once([this, done = std::move(done)](const Status& status) { done(explained(status)); });
  if (is_level_) return done({});
  if (waiting_.empty()) asked_at_ = parts_.loop.now();
  waiting_.push_back(std::move(done));
  try_now();
}

void SyncAgent::try_now() {
  timer_ = parts_.loop.run_at(asked_at_ + exchange_ms_max, [this] {
    answer(fail(FailureCode::unavailable, {"一分钟内没有同步完", "not in step within a minute"}));
  });
  link_->try_now();
}

// An attempt that was already under way may have been to a hub that has just come back: some more follow.
void SyncAgent::try_again_or(const link::Ending& ending) {
  is_level_ = false;
  if (waiting_.empty()) return;
  const auto now = parts_.loop.now();
  if (now >= asked_at_ + patience_ms) return answer(tl::make_unexpected(ending.trouble));
  timer_ = parts_.loop.run_at(now + retry_ms, [this] { try_now(); });
}

void SyncAgent::answer(const Status& status) {
  for (const auto& done : std::exchange(waiting_, {})) done(explained(status));
}

// The link knows only that something could not be stored.
Status SyncAgent::explained(const Status& status) const {
  if (status || !parts_.recorder.trouble()) return status;
  return tl::make_unexpected(*parts_.recorder.trouble());
}

void SyncAgent::stay_connected() {
  stays_ = true;
  link_->stay_connected();
}

void SyncAgent::stop() { link_->stop(); }

void SyncAgent::journal_grew(const Growth& growth) {
  is_level_ = false;
  link_->journal_grew(growth.head, growth.is_new);
}

void SyncAgent::opened(const link::SessionInfo& session) {
  session_since_ = parts_.clock.now();
  if (session.peer) {
    parts_.state.hub_answered(session.peer->hub_time, session_since_);
    parts_.books.compared_clocks(session.peer->hub_time, session_since_);
  }
  parts_.log.info("session_opened", {{"session", session.number}, {"hub", session.address}});
}

void SyncAgent::store(const link::SessionInfo&, std::vector<journal::Range> ranges, Stored done) {
  std::uint64_t count = 0;
  for (const auto& range : ranges) count += range.items.size();
  parts_.recorder.append(std::move(ranges), [this, count, done = std::move(done)](Status stored) {
    if (stored) traffic_.received += count;
    done(std::move(stored));
  });
}

void SyncAgent::load(const link::SessionInfo&, const sync::out::Load& wanted, Loaded done) {
  const bool is_own = parts_.books.is_own(wanted.journal);
  parts_.store.run([this, wanted, is_own, done = std::move(done)](store::EntryStore& entries) {
    const store::ReadLimit limit{wanted.items_max, wanted.bytes_max};
    auto ranges = std::make_shared<Result<std::vector<journal::Range>>>(
        is_own ? read_own(entries, parts_.pen.writer(), wanted.journal, wanted.from, limit)
               : entries.read(wanted.journal, wanted.from, limit));
    parts_.loop.post([this, ranges, done] {
      if (*ranges) {
        for (const auto& range : **ranges) traffic_.sent += range.items.size();
      }
      done(std::move(*ranges));
    });
  });
}

// What is not acknowledged yet is told from the hub's receipts, which are entries.
void SyncAgent::peer_holds(const link::SessionInfo&, const sync::out::PeerHolds&) {}

void SyncAgent::in_step(const link::SessionInfo& session) {
  parts_.state.in_step(parts_.clock.now(), session_since_);
  if (session.peer) parts_.books.heard_all_by(session.peer->hub_time);
  parts_.log.info("in_step", {{"session", session.number}, {"received", traffic_.received}, {"sent", traffic_.sent}});
  is_level_ = true;
  answer({});
}

void SyncAgent::alarm(const link::SessionInfo& session, const sync::out::Alarm& alarm) {
  const auto name = alarm_name(alarm.kind);
  parts_.log.warning("alarm",
                     {{"session", session.number}, {"kind", name}, {"journal", alarm.journal}, {"seq", alarm.seq}});
  parts_.state.raise(alarm.kind, alarm.journal, alarm.seq, parts_.clock.now());
  if (alarm.kind == sync::AlarmKind::own_journal_diverged) {
    parts_.pen.stop({FailureCode::conflict, alarm_text(name), {}, "D09"});
  }
}

void SyncAgent::closed(const link::SessionInfo& session, const link::Ending& ending) {
  parts_.log.info("session_closed", {{"session", session.number}, {"detail", ending.detail}});
  try_again_or(ending);
}

void SyncAgent::refused(const link::SessionInfo& session, const link::Ending& ending) {
  parts_.log.warning("hub_not_reached", {{"session", session.number}, {"detail", ending.detail}});
  try_again_or(ending);
}

}  // namespace cunzheng::client
