#pragma once
// The seam between a connection and what is said over it. A Talk (a sync session, an enrolment) is plain code that
// gets frames and says frames; a Wire is the connection below it, or a test's.

#include "shared/base/bytes.hpp"
#include "shared/base/time.hpp"
#include "sync/core/session.hpp"

#include <functional>
#include <memory>
#include <string>

namespace cunzheng::link {

inline constexpr const char* sync_protocol = "cunzheng.v1";  // WebSocket subprotocols; the version is in the name
inline constexpr const char* enrol_protocol = "cunzheng.enrol.v1";
inline constexpr const char* sync_path = "/sync";  // the one path of the endpoint

// Why a connection is over. One of: we closed it for `reason`; the peer closed it and named a reason; neither, then
// `trouble` says what broke.
struct Ending {
  enum class Side : std::uint8_t { ours, peers, broken } side = Side::broken;
  sync::CloseReason reason = sync::CloseReason::done;  // not for `broken`
  Failure trouble;                                     // for people, set unless the reason is `done`
  std::string detail;                                  // for logs: ids, numbers, error names
};

class Wire {
 public:
  virtual ~Wire() = default;
  virtual Instant now() const = 0;
  virtual void send(Bytes frame) = 0;    // in order, after link_up
  virtual void wake_at(Instant at) = 0;  // calls Talk::timer(); replaces an earlier one
  // From here on frames may be as large as Limits::frame_bytes_max, before only hello_bytes_max.
  virtual void peer_is_known() = 0;
  virtual void close(sync::out::Close why) = 0;  // after the frames already given; once
};

class Talk {
 public:
  virtual ~Talk() = default;
  virtual void link_up(const Hash& binding) = 0;
  virtual void frame(Bytes frame) = 0;
  virtual void alive() = 0;  // part of a large frame arrived or left
  virtual void timer() = 0;
  virtual void leave() = 0;  // the program's wish: say goodbye, then close the wire
  // The last call. The Wire must not be used after it.
  virtual void link_down(const Ending& ending) = 0;
};

// Sees every frame in plain, before compression and TLS, on its way out and in. For tests and their tools.
struct TappedFrame {
  std::uint64_t connection = 0;
  bool is_outgoing = false;
  ByteView frame;  // valid during the call
};
using FrameTap = std::function<void(const TappedFrame&)>;

struct LinkLimits {
  std::int64_t handshake_ms = 10'000;    // TCP, TLS and HTTP together
  std::int64_t idle_ms = 90'000;         // without a single byte; pings are sent at half of it
  std::int64_t closing_ms = 3'000;       // for the peer's goodbye
  std::int64_t stream_idle_ms = 10'000;  // without sending: the compressor's memory is given back
  std::size_t http_header_bytes_max = 8U << 10;
  std::size_t queue_bytes_max = 6U << 20;      // waiting to be written; above the session's window and one frame
  std::size_t half_open_per_address_max = 64;  // server: connections that have not shown who they are
  std::size_t connections_max = 8192;          // server
  sync::Limits frames;                         // sizes before and after the peer is known
};

}  // namespace cunzheng::link
