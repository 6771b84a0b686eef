#pragma once
// What a program does for its sessions. Implemented by client and hub.

#include "sync/link/talk.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace cunzheng::link {

struct SessionInfo {
  std::uint64_t number = 0;        // of this server or connector, from 1
  std::string address;             // of the other end, for logs
  std::string body;                // hub: the committee, empty until the device is admitted; laptop: its own
  std::optional<sync::Peer> peer;  // from `opened` on: the device's key, or the hub's and its clock
};

// All calls come on the loop thread; none of them may destroy the Server or Connector it comes from. A `done` is to be
// called once, on the loop thread, during the call or later; after the session's end it does nothing. SessionInfo is
// valid during the call.
class Host {
 public:
  using Stored = std::function<void(Status)>;
  using Loaded = std::function<void(Result<std::vector<journal::Range>>)>;

  virtual ~Host() = default;

  // The other end has shown who it is. Hub: the device is admitted. Laptop: the hub's signed answer is good.
  virtual void opened(const SessionInfo& session) = 0;
  // Makes the ranges durable, then answers.
  virtual void store(const SessionInfo& session, std::vector<journal::Range> ranges, Stored done) = 0;
  virtual void load(const SessionInfo& session, const sync::out::Load& wanted, Loaded done) = 0;
  // The peer has made everything up to there durable.
  virtual void peer_holds(const SessionInfo& session, const sync::out::PeerHolds& place) = 0;
  // Nothing is left to send either way; said again after each further exchange.
  virtual void in_step(const SessionInfo& session) = 0;
  virtual void alarm(const SessionInfo& session, const sync::out::Alarm& alarm) = 0;
  // The last call for a session that was opened.
  virtual void closed(const SessionInfo& session, const Ending& ending) = 0;
  // A connection that ended before it was opened, enrolments among them: for logs and counters.
  virtual void refused(const SessionInfo& session, const Ending& ending) = 0;
};

}  // namespace cunzheng::link
