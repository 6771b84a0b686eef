#pragma once
// What the hub does for its sync sessions: stores what villages send, reads what they lack, and listens to alarms.
// On the loop thread.

#include "hub/intake.hpp"
#include "sync/link/host.hpp"
#include "sync/program/log.hpp"

#include <deque>

namespace cunzheng::hub {

// Something a person should know of; ids and numbers only.
struct Alarm {
  Instant at;
  std::string what;  // "shown_newer_self"
  std::string body;  // empty: not of one committee
  journal::JournalId journal;
  journal::Seq seq = 0;
};

class Gate final : public link::Host {
 public:
  // Everything handed in outlives the gate.
  Gate(link::Loop& loop, store::StoreThread& store, Intake& intake, Ledger& ledger, const Directory& directory,
       const crypto::SecretKey& hub_key, const Clock& clock, const program::Log& log);

  // The last ones of this run, newest last.
  const std::deque<Alarm>& alarms() const { return alarms_; }
  void raise(Alarm alarm);
  // The ledger has moved to a new epoch, because a village showed that this hub holds an old copy of `journal`.
  void epoch_begun(const journal::JournalId& journal);

  void opened(const link::SessionInfo& session) override;
  void store(const link::SessionInfo& session, std::vector<journal::Range> ranges, Stored done) override;
  void load(const link::SessionInfo& session, const sync::out::Load& wanted, Loaded done) override;
  void peer_holds(const link::SessionInfo& session, const sync::out::PeerHolds& place) override;
  void in_step(const link::SessionInfo& session) override;
  void alarm(const link::SessionInfo& session, const sync::out::Alarm& alarm) override;
  void closed(const link::SessionInfo& session, const link::Ending& ending) override;
  void refused(const link::SessionInfo& session, const link::Ending& ending) override;

 private:
  static constexpr std::size_t alarms_max = 50;

  link::Loop& loop_;
  store::StoreThread& store_;
  Intake& intake_;
  Ledger& ledger_;
  const Directory& directory_;
  const crypto::SecretKey& hub_key_;
  const Clock& clock_;
  const program::Log& log_;
  std::deque<Alarm> alarms_;
  std::map<crypto::PublicKey, std::uint64_t> boots_;  // highest boot counter a device has shown in this run (D09)
};

// Reads ranges as EntryStore::read does. Where a damaged item of our own journal has no heads to cut at, signs them:
// one bad entry must not keep the rest from the villages (D31). On the store thread.
Result<std::vector<journal::Range>> read_around_damage(store::EntryStore& store, const sync::out::Load& wanted,
                                                       const crypto::SecretKey* own_key);

}  // namespace cunzheng::hub
