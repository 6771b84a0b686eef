#pragma once
// Talks with the hub: one session at a time, on demand or for as long as the program runs. On the loop thread.

#include "client/pen.hpp"
#include "client/store_folder.hpp"
#include "sync/link/connector.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace cunzheng::client {

// Makes the link to the hub. Empty: over the network.
using MakeLink = std::function<std::unique_ptr<link::HubLink>(link::ConnectorOptions, link::Host&)>;

class SyncAgent final : public link::Host {
 public:
  struct Parts {
    link::Loop& loop;
    store::StoreThread& store;
    Books& books;
    Recorder& recorder;
    Pen& pen;
    StateFile& state;
    const Enrolment& enrolment;
    const journal::HubStatement& statement;  // of the grant
    const Clock& clock;
    Random& random;
    const program::Log& log;
    const MakeLink& make_link;
  };
  static Result<std::unique_ptr<SyncAgent>> make(Parts parts);

  // Done when both hold the same, or with why not: one connection of its own, or the one that stays.
  void exchange(std::function<void(Status)> done);
  void stay_connected();
  void stop();
  void journal_grew(const Growth& growth);

  const link::LinkState& link() const { return link_->state(); }
  struct Traffic {
    std::uint64_t received = 0;  // entries, since the program started
    std::uint64_t sent = 0;
  };
  const Traffic& traffic() const { return traffic_; }

  // ---- link::Host
  void opened(const link::SessionInfo& session) override;
  void store(const link::SessionInfo& session, std::vector<journal::Range> ranges, Stored done) override;
  void load(const link::SessionInfo& session, const sync::out::Load& wanted, Loaded done) override;
  void peer_holds(const link::SessionInfo& session, const sync::out::PeerHolds& place) override;
  void in_step(const link::SessionInfo& session) override;
  void alarm(const link::SessionInfo& session, const sync::out::Alarm& alarm) override;
  void closed(const link::SessionInfo& session, const link::Ending& ending) override;
  void refused(const link::SessionInfo& session, const link::Ending& ending) override;

 private:
  explicit SyncAgent(Parts parts) : parts_(parts) {}
  sync::Session make_session() const;
  void answer(const Status& status);
  Status explained(const Status& status) const;
  void try_now();
  void try_again_or(const link::Ending& ending);

  Parts parts_;
  std::unique_ptr<link::HubLink> link_;
  bool stays_ = false;
  Instant session_since_;
  bool is_level_ = false;                             // said in this session, and nothing has grown since
  std::vector<std::function<void(Status)>> waiting_;  // for in_step, while staying connected
  Instant asked_at_;                                  // by the loop's time: when the first of them came
  link::Loop::Timer timer_;
  Traffic traffic_;
};

}  // namespace cunzheng::client
