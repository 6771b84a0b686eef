#pragma once
// One WebSocket over TLS over TCP, either end: from the first packet to the last, with all its time and size limits.
// Behind it stands the one file of this program that includes Beast.

#include "sync/link/loop.hpp"
#include "sync/link/talk.hpp"
#include "sync/link/tls.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cunzheng::link {

// An end of a connection as its owner (Server, Connector, Enroller) holds it. Lives until its end, held or not.
class Connection {
 public:
  virtual ~Connection() = default;
  // Asks the Talk to leave, or gives up what is not open yet. on_end comes.
  virtual void leave() = 0;
  // Nothing more is said or heard but the reason. on_end comes.
  virtual void close_now(sync::CloseReason reason, std::string detail) = 0;
  // Cuts it, and nobody hears of it: Talk and callbacks are let go. For destructors.
  virtual void abandon() = 0;
};

struct ConnectionOptions {
  Loop* loop = nullptr;          // outlives the connection
  const Clock* clock = nullptr;  // what Wire::now() tells; null: the loop's time
  LinkLimits limits;
  bool trusts_peer = false;  // TLS shows who it is: large and packed frames are accepted from the start
  // The subprotocol is agreed and TLS is up; on_end may follow at any time. Yields what is to be said; `peer` is the
  // pin of the other end's key if it showed one.
  std::function<std::shared_ptr<Talk>(Wire& wire, const std::string& protocol, const std::optional<Pin>& peer)>
      make_talk;
  std::function<void()> on_known;             // Wire::peer_is_known() was called; may be empty
  std::function<void(const Ending&)> on_end;  // once, after Talk::link_down
};

// A socket that was accepted.
struct Accepted {
  int socket = -1;  // taken over
  bool is_v6 = false;
};

// Handshakes as a server with the first of `protocols` that the peer offers, and refuses everything else in plain HTTP.
std::shared_ptr<Connection> accept_connection(ConnectionOptions options, Accepted accepted, const TlsContext& tls,
                                              std::vector<std::string> protocols);

// Connects and handshakes as a client.
std::shared_ptr<Connection> open_connection(ConnectionOptions options, std::string host, std::uint16_t port,
                                            const TlsContext& tls, std::string protocol);

}  // namespace cunzheng::link
