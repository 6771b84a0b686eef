#pragma once
// The line between laptops and a hub without a network: a real session at each end, the program's own hosts behind
// them, and between them a queue of frames that the test delivers one by one. By the clocks of the two places, so that
// a conversation of any length takes no time; the sessions' own timers never fire.

#include "hub/hub.hpp"
#include "sync/link/connector.hpp"
#include "sync/link/session_runner.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

namespace cunzheng::test {

// Who can be reached, and what is under way.
struct MemoryNetwork {
  cunzheng::hub::Hub* hub = nullptr;  // null: nobody answers
  const Clock* hub_clock = nullptr;
  std::deque<std::function<void()>> under_way;  // each delivers one frame, or the end of a link
  // The next link is cut when so many frames have been said, of both sides together.
  std::optional<std::size_t> cut_after;
  std::uint64_t links = 0;

  // For Hub::Outside: the session that is up hears of it.
  void hub_grew(const cunzheng::hub::Growth& growth);
  std::weak_ptr<link::SessionRunner> hub_session;
};

// Both outlive the link. One link at a time in the whole network: `run_once` says so by VERIFY.
std::unique_ptr<link::HubLink> make_memory_link(MemoryNetwork& network, const Clock& clock,
                                                link::ConnectorOptions options, link::Host& host);

}  // namespace cunzheng::test
