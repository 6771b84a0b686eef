#include "tests/support/raw_client.hpp"

#include "shared/base/verify.hpp"
#include "sync/link/tls.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>

namespace cunzheng::test {
namespace {

using Clock = std::chrono::steady_clock;

int ms_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  VERIFY(socket_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  VERIFY(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const timeval patience{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

RawClient::~RawClient() {
  drop();
  SSL_free(tls_);
  SSL_CTX_free(context_);
}

bool RawClient::start_tls(int version) {
  context_ = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(context_, version);
  SSL_CTX_set_max_proto_version(context_, version);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(context_, this);
  SSL_CTX_sess_set_new_cb(context_, [](SSL* tls, SSL_SESSION*) {
    ++static_cast<RawClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)))->tickets_;
    return 0;
  });
  tls_ = SSL_new(context_);
  SSL_set_fd(tls_, socket_);
  is_up_ = SSL_connect(tls_) == 1;
  return is_up_;
}

Hash RawClient::binding() const {
  const auto binding = link::channel_binding(tls_);
  VERIFY(binding.has_value());
  return *binding;
}

bool RawClient::send(ByteView bytes) {
  while (!bytes.empty()) {
    const auto sent = is_up_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<Bytes> RawClient::read_some(int ms) {
  if (socket_ < 0) return std::nullopt;
  pollfd waiting{socket_, POLLIN, 0};
  const bool is_pending = is_up_ && SSL_pending(tls_) > 0;
  if (!is_pending && ::poll(&waiting, 1, ms) <= 0) return Bytes{};
  std::array<std::uint8_t, 16384> buffer;
  const auto got = is_up_ ? SSL_read(tls_, buffer.data(), static_cast<int>(buffer.size()))
                          : ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (got <= 0) return std::nullopt;
  return Bytes(buffer.begin(), buffer.begin() + got);
}

Bytes RawClient::receive(std::size_t enough, int ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(ms);
  Bytes received;
  while (received.size() < enough && Clock::now() < deadline) {
    const auto more = read_some(ms_until(deadline));
    if (!more) break;
    append(received, *more);
  }
  return received;
}

std::optional<Bytes> RawClient::receive_message(int ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(ms);
  Bytes message;
  for (;;) {
    std::size_t header = 2;
    std::uint64_t length = 0;
    if (unread_.size() >= header) {
      const auto short_form = unread_[1] & 0x7fU;
      const std::size_t more = short_form == 126 ? 2 : short_form == 127 ? 8 : 0;
      length = more == 0 ? short_form : 0;
      header += more;
      for (std::size_t k = 2; k < header && k < unread_.size(); ++k) length = length << 8 | unread_[k];
    }
    if (unread_.size() < header || unread_.size() < header + length) {
      const auto some = Clock::now() < deadline ? read_some(ms_until(deadline)) : std::nullopt;
      if (!some) return std::nullopt;
      append(unread_, *some);
      continue;
    }
    const auto first = unread_[0];
    const auto begin = unread_.begin() + static_cast<std::ptrdiff_t>(header);
    const Bytes payload(begin, begin + static_cast<std::ptrdiff_t>(length));
    unread_.erase(unread_.begin(), begin + static_cast<std::ptrdiff_t>(length));
    const auto opcode = first & 0x0fU;
    if (opcode == 8) return std::nullopt;  // close
    if (opcode > 8) continue;              // ping, pong
    append(message, payload);
    if ((first & 0x80U) != 0) return message;
  }
}

std::string RawClient::receive_head() {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto more = read_some(5'000);
    if (!more || more->empty()) break;
    head += text_of(*more);
  }
  const auto end = head.find("\r\n\r\n");
  if (end != std::string::npos) {  // what came behind it are frames
    append(unread_, view_of(head).subspan(end + 4));
    head.resize(end + 4);
  }
  return head;
}

bool RawClient::is_closed_within(int ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(ms);
  while (Clock::now() < deadline) {
    if (!read_some(ms_until(deadline))) return true;
  }
  return false;
}

void RawClient::shut_tls_down() { SSL_shutdown(tls_); }

void RawClient::drop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::string upgrade_request(const std::string& protocol, const std::string& instead, const std::string& more) {
  const std::array<std::string, 7> lines{"GET /sync HTTP/1.1",
                                         "Host: 127.0.0.1",
                                         "Upgrade: websocket",
                                         "Connection: Upgrade",
                                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                         "Sec-WebSocket-Version: 13",
                                         "Sec-WebSocket-Protocol: " + protocol};
  const auto name_of_line = [](const std::string& line) { return line.substr(0, line.find_first_of(": ")); };
  std::string request;
  for (const auto& line : lines) {
    const bool is_replaced = !instead.empty() && (&line == &lines[0] ? instead.find(" HTTP/") != std::string::npos
                                                                     : name_of_line(line) == name_of_line(instead));
    request += (is_replaced ? instead : line) + "\r\n";
  }
  return request + more + "\r\n";
}

Bytes to_bytes(const RawFrame& frame) {
  Bytes bytes{frame.first_byte};
  const std::uint8_t mask_bit = frame.masked ? 0x80 : 0;
  const std::uint64_t length = frame.length.value_or(frame.payload.size());
  if (!frame.length && length < 126) {
    bytes.push_back(static_cast<std::uint8_t>(mask_bit | length));
  } else if (!frame.length && length < 65536) {
    bytes.push_back(mask_bit | 126);
    bytes.push_back(static_cast<std::uint8_t>(length >> 8));
    bytes.push_back(static_cast<std::uint8_t>(length));
  } else {
    bytes.push_back(mask_bit | 127);
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(length >> shift));
  }
  if (frame.masked) append(bytes, Bytes{0, 0, 0, 0});  // a mask of zeros leaves the payload as it is
  append(bytes, frame.payload);
  return bytes;
}

}  // namespace cunzheng::test
