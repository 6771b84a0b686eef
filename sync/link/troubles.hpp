#pragma once
// What people are told when a connection does not come up or breaks, and the names and numbers behind it.

#include "sync/link/talk.hpp"

#include <optional>
#include <string>

namespace cunzheng::link {

// Where a connection broke.
enum class Trouble : std::uint8_t {
  no_such_host,
  not_reachable,     // TCP
  wrong_key,         // TLS: not one of the pinned keys
  no_tls,            // TLS: anything else, a captive portal among them
  not_our_endpoint,  // HTTP: no WebSocket, or not our subprotocol
  too_slow,          // nothing in time
  lost,              // while it was up
  malformed,         // bytes that are no message of ours
  reads_too_slowly,  // the peer does not take what it is sent
};
Failure failure_of(Trouble trouble);

// For Ending::Side::ours and ::peers; meaningless for CloseReason::done.
Failure failure_of(sync::CloseReason reason, Ending::Side side);

std::string_view name_of(sync::CloseReason reason);

// WebSocket close codes of our own: 4000 and the reason.
std::uint16_t close_code(sync::CloseReason reason);
std::optional<sync::CloseReason> close_reason(std::uint16_t code);

}  // namespace cunzheng::link
