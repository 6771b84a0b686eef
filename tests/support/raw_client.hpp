#pragma once
// A client without manners: any bytes over TCP or TLS, and what comes back. Blocking, with a deadline for everything.

#include "shared/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace cunzheng::test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // TLS of exactly this version (0x0303 is 1.2, 0x0304 is 1.3). False: the handshake failed.
  bool start_tls(int version = 0x0304);
  std::size_t tickets_received() const { return tickets_; }
  Hash binding() const;  // of the TLS connection, which is up

  // Over TLS once it is up. False: the other end is gone.
  bool send(ByteView bytes);
  bool send(const std::string& text) { return send(view_of(text)); }

  // What comes until `enough` bytes, the end, or `ms`.
  Bytes receive(std::size_t enough, int ms = 5'000);
  // One WebSocket message, put together of its frames; none: the end, or nothing within `ms`.
  std::optional<Bytes> receive_message(int ms);
  // Reads until the head of an HTTP answer is complete; its first line and header fields.
  std::string receive_head();
  // True once the other end has closed; false if it has not within `ms`.
  bool is_closed_within(int ms);
  // Says goodbye in TLS only; TCP stays open.
  void shut_tls_down();
  // Closes TCP without a word.
  void drop();

 private:
  std::optional<Bytes> read_some(int ms);  // nullopt: closed; empty: nothing came in time

  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* tls_ = nullptr;
  bool is_up_ = false;
  std::size_t tickets_ = 0;
  Bytes unread_;  // of WebSocket frames
};

// A good upgrade request; `instead` replaces the line that begins the same way, `more` is added.
std::string upgrade_request(const std::string& protocol, const std::string& instead = {}, const std::string& more = {});

// One WebSocket frame. `length` overrides the length field (64-bit form).
struct RawFrame {
  std::uint8_t first_byte = 0x82;  // final, binary
  Bytes payload{};
  bool masked = true;
  std::optional<std::uint64_t> length{};
};
Bytes to_bytes(const RawFrame& frame);

}  // namespace cunzheng::test
