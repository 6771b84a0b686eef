#pragma once
// The hub's end: one TLS port for sync sessions and enrolments. Beside `sync_path` with one of the two subprotocols
// every request gets a plain HTTP refusal.

#include "shared/base/random.hpp"
#include "sync/core/enrolment.hpp"
#include "sync/link/host.hpp"
#include "sync/link/loop.hpp"
#include "sync/link/tls.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cunzheng::link {

struct ServerOptions {
  std::string address = "127.0.0.1";  // an address of this machine; "0.0.0.0" or "::" for all
  std::uint16_t port = 0;             // 0: any free one
  TlsIdentity identity;
  LinkLimits limits;
  const Clock* clock = nullptr;  // wall time, which the hub tells its laptops; outlives the server. null: Loop::now()

  std::function<sync::Session()> make_session;  // one for each connection
  // Whether the journal is in the scope of that committee: who is told when it grows.
  std::function<bool(const std::string& body, const journal::JournalId&)> in_scope;

  struct Enrolment {
    sync::HubId hub_id{};
    sync::SlipBook* book = nullptr;  // outlives the server
    Random* random = nullptr;        // nonces and decoys; outlives the server
  };
  std::optional<Enrolment> enrolment;  // none: not offered here

  FrameTap tap;
};

class Server {
 public:
  // Listens on return. unavailable: the port is taken, or not ours. `host` outlives the server.
  static Result<std::unique_ptr<Server>> listen(Loop& loop, ServerOptions options, Host& host);
  // Cuts what is still connected; Host hears no more of it.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  // The journal is durable up to there: every live session whose committee has it in scope hears of it. `is_new`:
  // the journal was not there before.
  void journal_grew(const journal::Head& head, bool is_new);

  // Ends open sessions as not admitted, without another frame: a device was revoked. Host::closed comes for each.
  void close_sessions(const std::function<bool(const SessionInfo&)>& which, const std::string& detail);

  // No new connections; says goodbye to those there are. Host::closed comes for each.
  void stop();

  std::size_t connections() const;  // of every kind, half-open ones too
  std::size_t sessions() const;     // opened, see Host

 private:
  class Listener;
  explicit Server(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

}  // namespace cunzheng::link
