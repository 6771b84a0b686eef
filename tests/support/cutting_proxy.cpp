#include "tests/support/cutting_proxy.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <limits>
#include <set>
#include <thread>
#include <vector>

namespace cunzheng::test {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Error = boost::system::error_code;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t packet_bytes = 1400;

}  // namespace

class CuttingProxy::Line {
 public:
  explicit Line(LineOptions options)
      : options_(std::move(options)),
        acceptor_(context_, tcp::endpoint(net::ip::address_v4::loopback(), options_.listen_port)),
        cut_timer_(context_) {
    port_ = acceptor_.local_endpoint().port();
    // A slow line with a large buffer before it would look fast to the sender.
    if (options_.bits_per_second > 0) acceptor_.set_option(buffer_size());
    accept_next();
    if (options_.cut_every_ms > 0) cut_regularly();
    thread_ = std::thread([this] { context_.run(); });
  }

  ~Line() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  LineCounts counts() const { return {up_.bytes, down_.bytes, connections_, cuts_, turns_}; }

  void cut_after(std::optional<std::uint64_t> bytes) { cut_after_ = bytes.value_or(never); }
  void cut_now() {
    net::post(context_, [this] { cut_all(); });
  }
  void set_frozen(bool is_frozen) {
    is_frozen_ = is_frozen;
    if (is_frozen) return;
    net::post(context_, [this] {
      for (const auto& connection : alive_) {
        connection->up.deliver();
        connection->down.deliver();
      }
    });
  }
  void set_down(bool is_down) {
    is_down_ = is_down;
    if (is_down) cut_now();
  }

 private:
  // One way of the line, shared by all connections: when it is free again, and what it has carried.
  struct Way {
    Clock::time_point free_at{};
    std::atomic<std::uint64_t> bytes{0};
  };

  struct Connection;

  // Bytes of one connection in one direction.
  struct Pipe {
    Pipe(Line& of_line, Connection& of_connection, tcp::socket& source, tcp::socket& sink, Way& on_way)
        : line(of_line), connection(of_connection), from(source), to(sink), way(on_way), timer(source.get_executor()) {}

    struct Packet {
      Clock::time_point due;
      std::vector<char> bytes;
    };

    void read();
    void deliver();
    void write();

    Line& line;
    Connection& connection;
    tcp::socket& from;
    tcp::socket& to;
    Way& way;
    net::steady_timer timer;
    std::array<char, packet_bytes> buffer{};
    std::deque<Packet> queue;
    std::size_t queued_bytes = 0;
    bool is_reading = false;
    bool is_delivering = false;
    bool at_end = false;
  };

  struct Connection : std::enable_shared_from_this<Connection> {
    Connection(Line& line, tcp::socket socket, std::uint64_t bytes_left)
        : client(std::move(socket)),
          target(client.get_executor()),
          up(line, *this, client, target, line.up_),
          down(line, *this, target, client, line.down_),
          left(bytes_left) {}

    void close() {
      is_over = true;
      for (auto* socket : {&client, &target}) {
        Error ignored;
        socket->set_option(net::socket_base::linger(true, 0), ignored);  // a reset, not a goodbye
        socket->close(ignored);
      }
      up.timer.cancel();
      down.timer.cancel();
    }

    tcp::socket client;
    tcp::socket target;
    Pipe up;
    Pipe down;
    std::uint64_t left;  // bytes until the cut
    bool is_over = false;
    bool last_was_up = false;
  };

  net::socket_base::receive_buffer_size buffer_size() const {
    return net::socket_base::receive_buffer_size(static_cast<int>(options_.queue_bytes));
  }

  void accept_next() {
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
      if (!error) welcome(std::move(socket));
      accept_next();
    });
  }

  void welcome(tcp::socket socket) {
    ++connections_;
    const auto connection = std::make_shared<Connection>(*this, std::move(socket), cut_after_);
    if (is_down_) return connection->close();
    alive_.insert(connection);
    Error ignored;
    connection->client.set_option(tcp::no_delay(true), ignored);
    const tcp::endpoint target(net::ip::make_address(options_.target_host), options_.target_port);
    connection->target.open(target.protocol(), ignored);
    if (options_.bits_per_second > 0) connection->target.set_option(buffer_size(), ignored);
    connection->target.async_connect(target, [this, connection](Error error) {
      if (error) return drop(connection);
      Error no_matter;
      connection->target.set_option(tcp::no_delay(true), no_matter);
      connection->up.read();
      connection->down.read();
    });
  }

  void drop(const std::shared_ptr<Connection>& connection) {
    connection->close();
    alive_.erase(connection);
  }

  void cut(const std::shared_ptr<Connection>& connection) {
    if (connection->is_over) return;
    ++cuts_;
    drop(connection);
  }

  void cut_all() {
    const auto all = alive_;
    for (const auto& connection : all) cut(connection);
  }

  void cut_regularly() {
    cut_timer_.expires_after(milliseconds(options_.cut_every_ms));
    cut_timer_.async_wait([this](Error error) {
      if (error) return;
      cut_all();
      cut_regularly();
    });
  }

  Clock::time_point due(Way& way, std::size_t bytes) const {
    const auto now = Clock::now();
    if (options_.bits_per_second > 0) {
      const auto takes = std::chrono::microseconds(bytes * 8 * 1'000'000 / options_.bits_per_second);
      way.free_at = std::max(way.free_at, now) + takes;
    } else {
      way.free_at = now;
    }
    return way.free_at + milliseconds(options_.delay_ms);
  }

  LineOptions options_;
  net::io_context context_{1};
  tcp::acceptor acceptor_;
  net::steady_timer cut_timer_;
  std::uint16_t port_ = 0;
  Way up_;
  Way down_;
  std::atomic<std::uint64_t> connections_{0};
  std::atomic<std::uint64_t> cuts_{0};
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<std::uint64_t> cut_after_{never};
  std::atomic<bool> is_down_{false};
  std::atomic<bool> is_frozen_{false};
  std::set<std::shared_ptr<Connection>> alive_;
  std::thread thread_;
};

void CuttingProxy::Line::Pipe::read() {
  if (is_reading || at_end || connection.is_over || queued_bytes >= line.options_.queue_bytes) return;
  is_reading = true;
  from.async_read_some(net::buffer(buffer),
                       [this, keep = connection.shared_from_this()](Error error, std::size_t size) {
                         is_reading = false;
                         if (connection.is_over) return;
                         if (error) {
                           at_end = true;
                           if (error != net::error::eof) return line.drop(keep);
                         } else {
                           queued_bytes += size;
                           queue.push_back({line.due(way, size), {buffer.data(), buffer.data() + size}});
                           read();
                         }
                         deliver();
                       });
}

void CuttingProxy::Line::Pipe::deliver() {
  if (is_delivering || connection.is_over || line.is_frozen_) return;
  if (queue.empty()) {
    Error ignored;
    if (at_end) to.shutdown(tcp::socket::shutdown_send, ignored);
    if (at_end && connection.up.at_end && connection.down.at_end) line.drop(connection.shared_from_this());
    return;
  }
  is_delivering = true;
  timer.expires_at(queue.front().due);
  timer.async_wait([this, keep = connection.shared_from_this()](Error) {
    is_delivering = !line.is_frozen_;
    if (is_delivering && !connection.is_over) write();
  });
}

void CuttingProxy::Line::Pipe::write() {
  auto& packet = queue.front().bytes;
  const auto whole = packet.size();
  packet.resize(static_cast<std::size_t>(std::min<std::uint64_t>(whole, connection.left)));
  connection.left -= packet.size();
  net::async_write(to, net::buffer(packet),
                   [this, whole, keep = connection.shared_from_this()](Error error, std::size_t size) {
                     way.bytes += size;
                     const bool is_up = &way == &line.up_;
                     if (is_up && !connection.last_was_up) ++line.turns_;
                     connection.last_was_up = is_up;
                     if (connection.is_over) return;
                     if (error) return line.drop(keep);
                     if (connection.left == 0) return line.cut(keep);
                     queued_bytes -= whole;
                     queue.pop_front();
                     is_delivering = false;
                     read();
                     deliver();
                   });
}

CuttingProxy::CuttingProxy(LineOptions options) : line_(std::make_unique<Line>(std::move(options))) {}
CuttingProxy::~CuttingProxy() = default;
std::uint16_t CuttingProxy::port() const { return line_->port(); }
LineCounts CuttingProxy::counts() const { return line_->counts(); }
void CuttingProxy::cut_after(std::optional<std::uint64_t> bytes) { line_->cut_after(bytes); }
void CuttingProxy::cut_now() { line_->cut_now(); }
void CuttingProxy::set_frozen(bool is_frozen) { line_->set_frozen(is_frozen); }
void CuttingProxy::set_down(bool is_down) { line_->set_down(is_down); }

}  // namespace cunzheng::test
