#pragma once
// A bad network for tests: a TCP proxy on 127.0.0.1 that delays, slows down, counts and cuts, on a thread of its own.
// All connections share one line: a serialiser per direction and the same delay each way. A cut is a reset; what is
// under way is lost.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace cunzheng::test {

struct LineOptions {
  std::uint16_t listen_port = 0;  // 0: any
  std::string target_host = "127.0.0.1";
  std::uint16_t target_port = 0;
  std::uint64_t bits_per_second = 0;    // 0: as fast as it goes
  std::int64_t delay_ms = 0;            // one way
  std::int64_t cut_every_ms = 0;        // 0: never
  std::size_t queue_bytes = 16U << 10;  // then the sender has to wait
};

struct LineCounts {
  std::uint64_t up_bytes = 0;    // delivered to the target
  std::uint64_t down_bytes = 0;  // delivered to those who connected
  std::uint64_t connections = 0;
  std::uint64_t cuts = 0;
  std::uint64_t turns = 0;  // times the line turned from down to up: round trips
};

// Any thread may call any method.
class CuttingProxy {
 public:
  explicit CuttingProxy(LineOptions options);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  std::uint16_t port() const;
  LineCounts counts() const;

  // Every connection from now on is cut when it has delivered so many bytes, both ways together; nullopt: none.
  void cut_after(std::optional<std::uint64_t> bytes);
  void cut_now();
  // Frozen: nothing is delivered any more, and nobody is told.
  void set_frozen(bool is_frozen);
  // Down: connections are cut and new ones closed at once.
  void set_down(bool is_down);

 private:
  class Line;
  std::unique_ptr<Line> line_;
};

// Somebody in the middle: ends TLS with a certificate of its own on both sides and passes on every byte it can read.
class TlsRelay {
 public:
  // `key_pem` and `certificate_pem` are the relay's own.
  TlsRelay(std::string key_pem, std::string certificate_pem, std::uint16_t target_port);
  ~TlsRelay();
  TlsRelay(const TlsRelay&) = delete;
  TlsRelay& operator=(const TlsRelay&) = delete;

  std::uint16_t port() const;
  std::uint64_t connections() const;           // TCP
  std::uint64_t finished_connections() const;  // of those that are over
  std::uint64_t application_bytes() const;     // read from those who connected

 private:
  class Middle;
  std::unique_ptr<Middle> middle_;
};

}  // namespace cunzheng::test
