#pragma once
// The laptop's end: one session with the hub, once or for as long as the program runs. Over the network by Connector;
// a test may put another HubLink in its place.

#include "shared/base/random.hpp"
#include "sync/link/host.hpp"
#include "sync/link/loop.hpp"
#include "sync/link/tls.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cunzheng::link {

struct HubAddress {
  std::string host;  // name or address
  std::uint16_t port = 0;
  bool operator==(const HubAddress&) const = default;
};
inline constexpr std::uint16_t default_port = 8466;

// "hub.example.cn", "hub.example.cn:8466", "192.0.2.7:8466", "[2001:db8::7]:8466", also with wss:// or https:// before
// and a trailing slash. bad_input in field "hub".
Result<HubAddress> parse_hub_address(const std::string& text);
std::string to_text(const HubAddress& address);

enum class LinkPhase : std::uint8_t {
  off,         // not asked to connect
  connecting,  // up to the hub's signed answer
  connected,   // the hub has shown who it is, see Host::opened
  waiting,     // lost or not reached; the next try is at `next_try`
};

struct LinkState {
  LinkPhase phase = LinkPhase::off;
  std::optional<Failure> trouble;  // why the last connection failed or ended; none after a good one
  Instant next_try;                // by Loop::now(); for `waiting`
};

struct ConnectorOptions {
  HubAddress hub;
  std::vector<Pin> pins;  // of the hub's key; a second one for a change of keys
  LinkLimits limits;
  std::string body;                             // our own committee, for SessionInfo
  std::function<sync::Session()> make_session;  // one for each connection
  Random* random = nullptr;                     // spreads the retries (sync/core/backoff.hpp); outlives the connector
  std::function<void(const LinkState&)> on_change;  // may be empty; on the loop thread
  FrameTap tap;
};

class HubLink {
 public:
  HubLink() = default;
  virtual ~HubLink() = default;
  HubLink(const HubLink&) = delete;
  HubLink& operator=(const HubLink&) = delete;

  // Connects, exchanges until both are in step, closes. `done` is called once: success, or why not. Not while
  // another run_once or stay_connected is on.
  virtual void run_once(std::function<void(Status)> done) = 0;

  // Connects and comes back after every loss until stop(), also to a hub that does not admit this device.
  virtual void stay_connected() = 0;
  // Waiting for the next try: tries now (the link came up, a person pressed the button).
  virtual void try_now() = 0;

  // Says goodbye if connected. Host::closed comes for the session, then the phase is off.
  virtual void stop() = 0;

  // The journal is durable up to there; the session, if one is up, sends it on.
  virtual void journal_grew(const journal::Head& head, bool is_new) = 0;

  virtual const LinkState& state() const = 0;
};

class Connector final : public HubLink {
 public:
  // `loop` and `host` outlive the connector.
  Connector(Loop& loop, ConnectorOptions options, Host& host);
  // Cuts the connection; Host hears no more of it.
  ~Connector() override;

  void run_once(std::function<void(Status)> done) override;
  void stay_connected() override;
  void try_now() override;
  void stop() override;
  void journal_grew(const journal::Head& head, bool is_new) override;
  const LinkState& state() const override;

 private:
  class Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace cunzheng::link
