// What the hub's port does with everything that is not a good laptop. The server runs on a thread of its own; the
// hostile client blocks on the test's.

#include "sync/link/compression.hpp"
#include "tests/support/link_site.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include <chrono>
#include <future>
#include <thread>

namespace cunzheng::link {
namespace {

using test::RawClient;
using test::RawFrame;
using test::to_bytes;
using test::upgrade_request;
using Clock = std::chrono::steady_clock;

constexpr int soon_ms = 5'000;

class HostileLink : public ::testing::Test {
 protected:
  // Short limits, so that what must end by time ends soon.
  void start(std::int64_t handshake_ms = 400, std::int64_t hello_ms = 400) {
    auto& options = pair_.server_options;
    options.limits.handshake_ms = handshake_ms;
    options.limits.closing_ms = 400;
    options.limits.half_open_per_address_max = half_open_max_;
    options.make_session = [this, hello_ms] {
      auto session = test::hub_session(pair_.world);
      session.limits.hello_ms = hello_ms;
      return sync::Session(session, pair_.hub.site());
    };
    pair_.start();
    thread_ = std::thread([this] { pair_.loop.run(); });
  }
  void TearDown() override {
    if (!thread_.joinable()) return;
    EXPECT_TRUE(becomes_empty()) << "a connection was left behind";
    good_laptop_is_welcome();
    pair_.loop.stop();
    thread_.join();
  }

  std::size_t connections() {
    std::promise<std::size_t> answer;
    pair_.loop.post([&] { answer.set_value(pair_.server->connections()); });
    return answer.get_future().get();
  }
  bool becomes_empty() {
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    while (connections() > 0) {
      if (Clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  // After all that the server still serves.
  void good_laptop_is_welcome() {
    std::promise<bool> answer;
    pair_.loop.post([&] {
      pair_.connect();
      pair_.connector->run_once([&](Status status) { answer.set_value(status.has_value()); });
    });
    EXPECT_TRUE(answer.get_future().get());
    EXPECT_EQ(pair_.hub.opened_sessions.size(), 1U) << "somebody else was admitted";
  }

  std::uint16_t port() { return pair_.port(); }

  test::LinkPair pair_;
  std::size_t half_open_max_ = 64;
  std::thread thread_;
};

// TLS 1.2 and below are refused, 1.3 is spoken without tickets: nothing to resume, no early data (defence D02).
TEST_F(HostileLink, OnlyTls13WithoutTickets) {
  start();
  RawClient old(port());
  EXPECT_FALSE(old.start_tls(0x0303));
  RawClient good(port());
  ASSERT_TRUE(good.start_tls());
  ASSERT_TRUE(good.send(upgrade_request("cunzheng.v1")));
  EXPECT_TRUE(good.receive_head().starts_with("HTTP/1.1 101"));
  EXPECT_EQ(good.tickets_received(), 0U);
}

// Bytes that are no TLS: the connection is closed.
TEST_F(HostileLink, GarbageIsClosed) {
  start();
  test::SeededRandom random(1);
  Bytes noise(4096);
  random.fill(noise);
  const std::vector<Bytes> table{noise, Bytes(100'000, 0), bytes_of(view_of("GET / HTTP/1.1\r\n\r\n")),
                                 Bytes{0x16, 3, 1, 0xff, 0xff, 1, 0, 0xff, 0xff, 3, 3}, Bytes(64, 0x16)};
  for (const auto& bytes : table) {
    RawClient client(port());
    client.send(bytes);
    EXPECT_TRUE(client.is_closed_within(soon_ms));
  }
}

// Whoever stops in the middle of any handshake is closed when its time is over, not before and not never.
TEST_F(HostileLink, HalfSentHandshakesEndByTime) {
  start();
  const Bytes start_of_hello{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
  const auto request = upgrade_request("cunzheng.v1");
  for (const int stage : {0, 1, 2, 3}) {
    SCOPED_TRACE(stage);
    RawClient client(port());
    const auto began = Clock::now();
    if (stage == 1) client.send(start_of_hello);
    if (stage >= 2) {
      ASSERT_TRUE(client.start_tls());
    }
    if (stage == 3) client.send(request.substr(0, request.size() / 2));
    EXPECT_TRUE(client.is_closed_within(soon_ms));
    EXPECT_GE(Clock::now() - began, std::chrono::milliseconds(300));
  }
}

// Requests that are not exactly ours get a plain answer in HTTP and the end of the connection.
TEST_F(HostileLink, RequestsAreRefusedInHttp) {
  start();
  struct Row {
    std::string request;
    std::string status;
  };
  const std::string ours = "cunzheng.v1";
  const std::vector<Row> table{
      {upgrade_request("chat"), "400"},
      {upgrade_request("cunzheng.v2"), "400"},
      {upgrade_request("cunzheng.enrol.v1"), "400"},  // not offered by this server
      {upgrade_request(ours, "Sec-WebSocket-Protocol: "), "400"},
      {upgrade_request("chat, cunzheng.v1"), "101"},
      {upgrade_request(ours, "GET / HTTP/1.1"), "404"},
      {upgrade_request(ours, "GET /sync/ HTTP/1.1"), "404"},
      {upgrade_request(ours, "GET /sync?x HTTP/1.1"), "404"},
      {upgrade_request(ours, "GET https://127.0.0.1/sync HTTP/1.1"), "404"},
      {upgrade_request(ours, "POST /sync HTTP/1.1"), "405"},
      {upgrade_request(ours, "GET /sync HTTP/1.0"), "426"},
      {"GET /sync HTTP/1.1\r\nHost: h\r\n\r\n", "426"},
      {upgrade_request(ours, "Sec-WebSocket-Version: 8"), "426"},
      {upgrade_request(ours, "Sec-WebSocket-Key: "), "400"},
      {upgrade_request(ours, "", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "400"},
      {upgrade_request(ours, "", "Host: other\r\n"), "400"},
      {upgrade_request(ours, "", "Content-Length: 3\r\n"), "400"},
      {upgrade_request(ours, "", "Transfer-Encoding: chunked\r\n"), "400"},
      {upgrade_request(ours, "", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "400"},
      {upgrade_request(ours, "", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "400"},
      {upgrade_request(ours, "", "Transfer-Encoding: chunked, identity\r\n"), "400"},
      {upgrade_request(ours, "", "X: " + std::string(9000, 'x') + "\r\n"), "431"},
      {"\x01\x02\x03 nonsense\r\n\r\n", "400"},
      {upgrade_request(ours) + "words before the answer", "400"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.request.substr(0, 400));
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    ASSERT_TRUE(client.send(row.request));
    const auto head = client.receive_head();
    EXPECT_EQ(head.substr(0, 12), "HTTP/1.1 " + row.status);
    if (row.status != "101") {
      EXPECT_TRUE(client.is_closed_within(soon_ms));
    }
  }
}

// Compression of the WebSocket layer is offered and not taken: ours is below it, with its own bounds.
TEST_F(HostileLink, OfferedDeflateIsNotTaken) {
  start();
  RawClient client(port());
  ASSERT_TRUE(client.start_tls());
  client.send(upgrade_request("cunzheng.v1", "", "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  const auto head = client.receive_head();
  EXPECT_TRUE(head.starts_with("HTTP/1.1 101"));
  EXPECT_EQ(head.find("deflate"), std::string::npos);
}

// Frames that break the WebSocket rules or ours, before the device is known: closed, and nobody is admitted.
TEST_F(HostileLink, BadFramesAreClosed) {
  start(2'000, 2'000);
  Bytes bomb;
  {
    Packer packer;
    bomb = packer.pack(Bytes(50'000'000, 0), true);
    ASSERT_LT(bomb.size(), 16'000U) << "small enough to be read";
  }
  Bytes stream_before_hello{1};
  Bytes whole(ZSTD_compressBound(100));
  whole.resize(ZSTD_compress(whole.data(), whole.size(), bomb.data(), 100, 1));
  append(stream_before_hello, whole);
  const std::uint64_t one = 1;
  struct Row {
    const char* what;
    Bytes bytes;
  };
  const std::vector<Row> table{
      {"length 2^63+5", to_bytes({.length = (one << 63) + 5})},
      {"length 2^63-1", to_bytes({.length = (one << 63) - 1})},
      {"length 2^62", to_bytes({.length = one << 62})},
      {"length 2^31", to_bytes({.length = one << 31})},
      {"longer than a greeting may be", to_bytes({.payload = Bytes(17'000, 0)})},
      {"length in too long a form", to_bytes({.payload = Bytes(3, 0), .length = 3})},
      {"RSV1", to_bytes({.first_byte = 0xc2, .payload = {0}})},
      {"RSV2", to_bytes({.first_byte = 0xa2, .payload = {0}})},
      {"RSV3", to_bytes({.first_byte = 0x92, .payload = {0}})},
      {"reserved opcode", to_bytes({.first_byte = 0x83, .payload = {0}})},
      {"reserved control opcode", to_bytes({.first_byte = 0x8b})},
      {"unmasked", to_bytes({.payload = {0, 1, 2}, .masked = false})},
      {"fragmented ping", to_bytes({.first_byte = 0x09})},
      {"ping of 126 bytes", to_bytes({.first_byte = 0x89, .payload = Bytes(126, 0)})},
      {"continuation of nothing", to_bytes({.first_byte = 0x80, .payload = {0}})},
      {"text", to_bytes({.first_byte = 0x81, .payload = {'h', 'i'}})},
      {"text that is no UTF-8", to_bytes({.first_byte = 0x81, .payload = {0xff, 0xfe}})},
      {"close with one byte", to_bytes({.first_byte = 0x88, .payload = {3}})},
      {"close 999", to_bytes({.first_byte = 0x88, .payload = {0x03, 0xe7}})},
      {"close 1014", to_bytes({.first_byte = 0x88, .payload = {0x03, 0xf6}})},
      {"close 5000", to_bytes({.first_byte = 0x88, .payload = {0x13, 0x88}})},
      {"close with a reason that is no UTF-8", to_bytes({.first_byte = 0x88, .payload = {0x03, 0xe8, 0xff, 0xff}})},
      {"empty message", to_bytes({})},
      {"unknown packing", to_bytes({.payload = {9, 1, 2, 3}})},
      {"end of no stream", to_bytes({.payload = {2}})},
      {"a stream before the greeting", to_bytes({.payload = stream_before_hello})},
      {"a bomb", to_bytes({.payload = bomb})},
      {"no Hello", to_bytes({.payload = Bytes(200, 0)})},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    client.send(upgrade_request("cunzheng.v1"));
    ASSERT_TRUE(client.receive_head().starts_with("HTTP/1.1 101"));
    const auto began = Clock::now();
    client.send(row.bytes);
    EXPECT_TRUE(client.is_closed_within(soon_ms));
    EXPECT_LT(Clock::now() - began, std::chrono::milliseconds(1'500)) << "only its time ended it";
  }
}

// Floods that never become a message end when the time for a greeting is over, and cost no memory.
TEST_F(HostileLink, FloodsEndByTime) {
  start(1'000, 1'000);
  Bytes empty_continuations = to_bytes({.first_byte = 0x02});
  const auto one = to_bytes({.first_byte = 0x00});
  for (int k = 0; k < 100'000; ++k) append(empty_continuations, one);
  Bytes pings;
  const auto ping = to_bytes({.first_byte = 0x89, .payload = Bytes(100, 1)});
  for (int k = 0; k < 10'000; ++k) append(pings, ping);
  for (const auto& flood : {empty_continuations, pings}) {
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    client.send(upgrade_request("cunzheng.v1"));
    ASSERT_TRUE(client.receive_head().starts_with("HTTP/1.1 101"));
    client.send(flood);
    EXPECT_TRUE(client.is_closed_within(soon_ms));
  }
}

// The first words of a session cut after every byte: the server lets go each time.
TEST_F(HostileLink, CutAfterEveryByte) {
  start();
  const auto request = upgrade_request("cunzheng.v1");
  Bytes all = bytes_of(view_of(request));
  for (std::size_t size = 0; size <= all.size(); size += 7) {
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    client.send(ByteView(all).first(size));
    client.drop();
  }
  const auto frame = to_bytes({.payload = Bytes(40, 0)});
  for (std::size_t size = 0; size < frame.size(); ++size) {
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    client.send(request);
    ASSERT_TRUE(client.receive_head().starts_with("HTTP/1.1 101"));
    client.send(ByteView(frame).first(size));
    client.drop();
  }
}

// TLS closed on one side only, TCP left open, at every stage: the server lets go at once.
TEST_F(HostileLink, HalfClosedTlsIsTheEnd) {
  start(5'000, 5'000);
  const auto request = upgrade_request("cunzheng.v1");
  for (const auto& words : {std::string(), request.substr(0, 50), request}) {
    RawClient client(port());
    ASSERT_TRUE(client.start_tls());
    client.send(words);
    if (words == request) client.receive_head();
    const auto began = Clock::now();
    client.shut_tls_down();
    EXPECT_TRUE(becomes_empty());
    EXPECT_LT(Clock::now() - began, std::chrono::milliseconds(3'000)) << words.size();
  }
}

// One address holds only so many connections that have not shown who they are (defence D30); when they are gone,
// there is room again.
TEST_F(HostileLink, HalfOpenConnectionsAreCounted) {
  half_open_max_ = 3;
  start(1'500, 1'500);
  {
    RawClient first(port());
    RawClient second(port());
    RawClient third(port());
    while (connections() < 3) std::this_thread::yield();
    RawClient fourth(port());
    const auto began = Clock::now();
    EXPECT_TRUE(fourth.is_closed_within(soon_ms));
    EXPECT_LT(Clock::now() - began, std::chrono::milliseconds(1'000));
    EXPECT_EQ(connections(), 3U);
  }
  ASSERT_TRUE(becomes_empty());
  RawClient again(port());
  EXPECT_TRUE(again.start_tls());
}

}  // namespace
}  // namespace cunzheng::link
