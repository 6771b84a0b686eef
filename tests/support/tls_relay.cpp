#include "tests/support/cutting_proxy.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <thread>

namespace cunzheng::test {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Error = boost::system::error_code;
using TlsStream = net::ssl::stream<tcp::socket>;

}  // namespace

class TlsRelay::Middle {
 public:
  Middle(const std::string& key_pem, const std::string& certificate_pem, std::uint16_t target_port)
      : target_port_(target_port), acceptor_(context_, tcp::endpoint(net::ip::address_v4::loopback(), 0)) {
    towards_client_.use_private_key(net::buffer(key_pem), net::ssl::context::pem);
    towards_client_.use_certificate(net::buffer(certificate_pem), net::ssl::context::pem);
    port_ = acceptor_.local_endpoint().port();
    accept_next();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Middle() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> finished{0};
  std::atomic<std::uint64_t> application_bytes{0};

 private:
  struct Pair : std::enable_shared_from_this<Pair> {
    Pair(Middle& of, tcp::socket socket)
        : middle(of), client(std::move(socket), of.towards_client_), target(of.context_, of.towards_target_) {}
    ~Pair() { ++middle.finished; }

    void start() {
      client.async_handshake(net::ssl::stream_base::server, [self = shared_from_this()](Error error) {
        if (!error) self->connect();
      });
    }
    void connect() {
      const tcp::endpoint endpoint(net::ip::address_v4::loopback(), middle.target_port_);
      target.lowest_layer().async_connect(endpoint, [self = shared_from_this()](Error error) {
        if (error) return;
        self->target.async_handshake(net::ssl::stream_base::client, [self](Error failed) {
          if (failed) return;
          self->pass_on(self->client, self->target, self->up, true);
          self->pass_on(self->target, self->client, self->down, false);
        });
      });
    }
    void pass_on(TlsStream& from, TlsStream& to, std::array<char, 4096>& buffer, bool is_up) {
      from.async_read_some(net::buffer(buffer),
                           [=, this, &from, &to, &buffer, self = shared_from_this()](Error error, std::size_t size) {
                             if (is_up) middle.application_bytes += size;
                             if (error) return close();
                             net::async_write(to, net::buffer(buffer.data(), size),
                                              [=, this, &from, &to, &buffer](Error failed, std::size_t) {
                                                if (failed) return close();
                                                self->pass_on(from, to, buffer, is_up);
                                              });
                           });
    }
    void close() {
      Error ignored;
      client.lowest_layer().close(ignored);
      target.lowest_layer().close(ignored);
    }

    Middle& middle;
    TlsStream client;
    TlsStream target;
    std::array<char, 4096> up{};
    std::array<char, 4096> down{};
  };

  void accept_next() {
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
      if (!error) {
        ++connections;
        std::make_shared<Pair>(*this, std::move(socket))->start();
      }
      accept_next();
    });
  }

  net::io_context context_{1};
  net::ssl::context towards_client_{net::ssl::context::tls_server};
  net::ssl::context towards_target_{net::ssl::context::tls_client};
  std::uint16_t target_port_;
  std::uint16_t port_ = 0;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

TlsRelay::TlsRelay(std::string key_pem, std::string certificate_pem, std::uint16_t target_port)
    : middle_(std::make_unique<Middle>(key_pem, certificate_pem, target_port)) {}
TlsRelay::~TlsRelay() = default;
std::uint16_t TlsRelay::port() const { return middle_->port(); }
std::uint64_t TlsRelay::connections() const { return middle_->connections; }
std::uint64_t TlsRelay::finished_connections() const { return middle_->finished; }
std::uint64_t TlsRelay::application_bytes() const { return middle_->application_bytes; }

}  // namespace cunzheng::test
