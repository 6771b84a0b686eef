#include "hub/gate.hpp"

#include <algorithm>
#include <charconv>

namespace cunzheng::hub {
namespace {

std::string name_of(sync::AlarmKind kind) {
  switch (kind) {
    case sync::AlarmKind::own_journal_diverged:
      return "own_journal_diverged";
    case sync::AlarmKind::hub_went_back:
      return "hub_went_back";
    case sync::AlarmKind::hub_forked:
      return "hub_forked";
    case sync::AlarmKind::shown_newer_self:
      return "shown_newer_self";
    case sync::AlarmKind::range_refused:
      return "range_refused";
    case sync::AlarmKind::unknown_journal:
      return "unknown_journal";
  }
  return "alarm";
}

std::string_view side_of(const link::Ending& ending) {
  switch (ending.side) {
    case link::Ending::Side::ours:
      return "ours";
    case link::Ending::Side::peers:
      return "peers";
    case link::Ending::Side::broken:
      return "broken";
  }
  return "?";
}

// "seq 17" in a Failure's field.
std::optional<journal::Seq> damaged_seq(const Failure& failure) {
  const std::string_view field = failure.field;
  if (failure.code != FailureCode::unreadable || !field.starts_with("seq ")) return std::nullopt;
  journal::Seq seq = 0;
  const auto [end, error] = std::from_chars(field.data() + 4, field.data() + field.size(), seq);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return seq;
}

Status sign_heads_around(store::EntryStore& store, const journal::JournalId& line, journal::Seq damaged,
                         const crypto::SecretKey& key) {
  const auto info = store.journal(line);
  if (!info) return fail(FailureCode::not_found, {"没有这个日志", "no such journal"});
  std::vector<journal::SignedHead> heads;
  for (const auto seq : {damaged - 1, damaged}) {
    if (damaged == 0 && seq != damaged) continue;
    TRY(const auto stored, store.item({line, seq}));
    heads.push_back(journal::sign_head({info->head.head.journal, seq, stored.item.id}, key));
  }
  return store.add_heads(heads);
}

}  // namespace

Result<std::vector<journal::Range>> read_around_damage(store::EntryStore& store, const sync::out::Load& wanted,
                                                       const crypto::SecretKey* own_key) {
  const store::ReadLimit limit{wanted.items_max, wanted.bytes_max};
  auto ranges = store.read(wanted.journal, wanted.from, limit);
  std::optional<journal::Seq> mended;
  while (!ranges && own_key != nullptr) {
    const auto damaged = damaged_seq(ranges.error());
    if (!damaged || mended == damaged) break;
    mended = damaged;
    CHECK(sign_heads_around(store, wanted.journal, *damaged, *own_key));
    ranges = store.read(wanted.journal, wanted.from, limit);
  }
  return ranges;
}

Gate::Gate(link::Loop& loop, store::StoreThread& store, Intake& intake, Ledger& ledger, const Directory& directory,
           const crypto::SecretKey& hub_key, const Clock& clock, const program::Log& log)
    : loop_(loop),
      store_(store),
      intake_(intake),
      ledger_(ledger),
      directory_(directory),
      hub_key_(hub_key),
      clock_(clock),
      log_(log) {}

void Gate::raise(Alarm alarm) {
  log_.warning(alarm.what, {{"body", alarm.body}, {"journal", alarm.journal}, {"seq", alarm.seq}});
  alarms_.push_back(std::move(alarm));
  if (alarms_.size() > alarms_max) alarms_.pop_front();
}

void Gate::epoch_begun(const journal::JournalId& journal) {
  raise({clock_.now(), "epoch_begun", {}, journal, 0});
  log_.warning("hub_was_restored", {{"epoch", ledger_.epoch()}});
}

void Gate::opened(const link::SessionInfo& session) {
  log_.info("session_opened", {{"session", session.number}, {"body", session.body}, {"from", session.address}});
  if (!session.peer) return;
  auto& highest = boots_[session.peer->key];
  // Fewer starts than it has shown before: an older copy of that laptop's disk is at work.
  if (session.peer->boot_counter < highest) {
    const auto journal = directory_.journal_of_device(session.peer->key);
    raise({clock_.now(), "older_copy_of_device", session.body, journal.value_or(journal::JournalId{}), 0});
  }
  highest = std::max(highest, session.peer->boot_counter);
}

void Gate::store(const link::SessionInfo& session, std::vector<journal::Range> ranges, Stored done) {
  intake_.take(session.body, std::move(ranges), std::move(done));
}

void Gate::load(const link::SessionInfo&, const sync::out::Load& wanted, Loaded done) {
  const auto* key = directory_.is_own(wanted.journal) ? &hub_key_ : nullptr;
  store_.run([this, wanted, key, done = std::move(done)](store::EntryStore& store) {
    loop_.post([ranges = read_around_damage(store, wanted, key), done] { done(ranges); });
  });
}

void Gate::peer_holds(const link::SessionInfo&, const sync::out::PeerHolds&) {}

void Gate::in_step(const link::SessionInfo& session) {
  log_.info("in_step", {{"session", session.number}, {"body", session.body}});
}

void Gate::alarm(const link::SessionInfo& session, const sync::out::Alarm& alarm) {
  raise({clock_.now(), name_of(alarm.kind), session.body, alarm.journal, alarm.seq});
  // A journal of an earlier epoch is merely getting its lost tail back.
  if (alarm.kind != sync::AlarmKind::shown_newer_self || !ledger_.is_current(alarm.journal)) return;
  ledger_.begin_epoch({}, [](const Result<std::vector<journal::EntryId>>&) {});
  epoch_begun(alarm.journal);
}

void Gate::closed(const link::SessionInfo& session, const link::Ending& ending) {
  log_.info(
      "session_closed",
      {{"session", session.number}, {"body", session.body}, {"side", side_of(ending)}, {"detail", ending.detail}});
}

void Gate::refused(const link::SessionInfo& session, const link::Ending& ending) {
  log_.info("connection_ended", {{"from", session.address}, {"side", side_of(ending)}, {"detail", ending.detail}});
}

}  // namespace cunzheng::hub
