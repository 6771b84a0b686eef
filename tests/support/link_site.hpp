#pragma once
// Hub and laptop in one process with a real link between them: stores in memory, real sockets and TLS on 127.0.0.1,
// everything on one loop.

#include "sync/link/connector.hpp"
#include "sync/link/server.hpp"
#include "tests/support/session_pair.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cunzheng::test {

// A program around one Site: stores, loads, and keeps what it was told.
class LinkSite final : public link::Host {
 public:
  LinkSite(SyncWorld& world, const std::string& name) : world_(world), site_(world.site(name)) {}

  std::function<void(const journal::Head&, bool is_new)> grew;  // Server or Connector is told through this

  // So many new ones, and what the journal has that is not here yet: durable, told.
  void write(const std::string& journal, std::size_t entries);
  bool holds_all_of(const std::string& journal) const;
  Site& site() { return site_; }

  // What it was told.
  std::vector<link::SessionInfo> opened_sessions;
  std::vector<link::Ending> closed_endings;
  std::vector<link::Ending> refused_endings;
  std::vector<sync::out::Alarm> alarms;
  std::size_t in_step_count = 0;

  void opened(const link::SessionInfo& session) override { opened_sessions.push_back(session); }
  void store(const link::SessionInfo& session, std::vector<journal::Range> ranges, Stored done) override;
  void load(const link::SessionInfo& session, const sync::out::Load& wanted, Loaded done) override;
  void peer_holds(const link::SessionInfo&, const sync::out::PeerHolds&) override {}
  void in_step(const link::SessionInfo&) override { ++in_step_count; }
  void alarm(const link::SessionInfo&, const sync::out::Alarm& alarm) override { alarms.push_back(alarm); }
  void closed(const link::SessionInfo&, const link::Ending& ending) override { closed_endings.push_back(ending); }
  void refused(const link::SessionInfo&, const link::Ending& ending) override { refused_endings.push_back(ending); }

 private:
  Status append(std::vector<journal::Range> ranges);

  SyncWorld& world_;
  Site& site_;
};

// Made once per process: key generation is the slow part.
const link::TlsIdentity& test_identity();
const link::TlsIdentity& other_identity();

sync::SessionOptions hub_session(SyncWorld& world);
sync::SessionOptions laptop_session(SyncWorld& world);

// The two of them. Members may be changed before start() and connect().
class LinkPair {
 public:
  LinkPair();
  ~LinkPair();

  // Runs the loop until `done`, at most `ms`.
  bool until(const std::function<bool()>& done, std::int64_t ms = 10'000);
  bool are_in_step();  // both hold the same

  void start();                          // the server, on server_options.port
  void connect(std::uint16_t port = 0);  // makes the connector, to the server or to what stands before it
  std::uint16_t port() const { return server->port(); }

  link::Loop loop;
  SyncWorld world;
  SeededRandom random{20260512};
  LinkSite hub{world, "hub"};
  LinkSite laptop{world, "laptop"};
  link::ServerOptions server_options;
  link::ConnectorOptions connector_options;
  std::unique_ptr<link::Server> server;
  std::unique_ptr<link::Connector> connector;
};

}  // namespace cunzheng::test
