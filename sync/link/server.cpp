#include "sync/link/server.hpp"

#include "sync/link/connection.hpp"
#include "sync/link/hub_enrolment_talk.hpp"
#include "sync/link/session_runner.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <map>

namespace cunzheng::link {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using Error = boost::system::error_code;

constexpr std::int64_t accept_pause_ms = 200;  // when the system has no descriptors left

}  // namespace

class Server::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(Loop& loop, ServerOptions options, Host& host, TlsContext tls)
      : loop_(loop), options_(std::move(options)), host_(host), tls_(std::move(tls)), acceptor_(loop.context()) {}

  Status listen() {
    const auto refused = [&](const Error& error) {
      const auto where = options_.address + ":" + std::to_string(options_.port);
      return fail(
          FailureCode::unavailable,
          {"无法在" + where + "上监听：" + error.message(), "cannot listen on " + where + ": " + error.message()},
          "listen");
    };
    Error error;
    const auto address = net::ip::make_address(options_.address, error);
    if (error) return refused(error);
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (error) return refused(error);
    port_ = acceptor_.local_endpoint(error).port();
    protocols_ = {sync_protocol};
    if (options_.enrolment) protocols_.emplace_back(enrol_protocol);
    accept_next();
    return {};
  }

  void abandon() {
    close_door();
    for (auto& [number, visitor] : visitors_) visitor.connection->abandon();
    visitors_.clear();
  }

  void stop() {
    close_door();
    for (auto& [number, visitor] : visitors_) visitor.connection->leave();
  }

  void journal_grew(const journal::Head& head, bool is_new) {
    for (auto& [number, visitor] : visitors_) {
      const auto& runner = visitor.runner;
      if (!runner || !runner->is_open() || !options_.in_scope(runner->info().body, head.journal)) continue;
      runner->journal_grew(head, is_new);
    }
  }

  void close_sessions(const std::function<bool(const SessionInfo&)>& which, const std::string& detail) {
    for (auto& [number, visitor] : visitors_) {
      if (!visitor.runner || !visitor.runner->is_open() || !which(visitor.runner->info())) continue;
      visitor.connection->close_now(sync::CloseReason::not_admitted, detail);
    }
  }

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return visitors_.size(); }
  std::size_t sessions() const {
    std::size_t open = 0;
    for (const auto& [number, visitor] : visitors_) open += visitor.runner && visitor.runner->is_open() ? 1 : 0;
    return open;
  }

 private:
  struct Visitor {
    std::string address;
    std::shared_ptr<Connection> connection;
    std::shared_ptr<SessionRunner> runner;  // none: still in its handshakes, or an enrolment
    bool is_known = false;                  // no longer counted as half-open
  };

  void close_door() {
    Error ignored;
    acceptor_.close(ignored);
    pause_ = {};
  }

  void accept_next() {
    acceptor_.async_accept([weak = weak_from_this()](const Error& error, tcp::socket socket) {
      const auto listener = weak.lock();
      if (!listener || !listener->acceptor_.is_open()) return;
      if (!error) listener->welcome(std::move(socket));
      const bool is_worn_out =
          error == net::error::no_descriptors || error == net::error::no_memory || error == net::error::no_buffer_space;
      if (is_worn_out) return listener->pause();
      listener->accept_next();
    });
  }

  void pause() {
    pause_ = loop_.run_at(loop_.now() + accept_pause_ms, [this] { accept_next(); });
  }

  void welcome(tcp::socket socket) {
    Error error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const auto address = remote.address().to_string();
    const auto half_open = half_open_.find(address);
    const bool is_crowded =
        half_open != half_open_.end() && half_open->second >= options_.limits.half_open_per_address_max;
    if (is_crowded || visitors_.size() >= options_.limits.connections_max) return;
    const bool is_v6 = remote.protocol() == tcp::v6();
    const int handle = socket.release(error);
    if (error) return;

    const auto number = ++last_number_;
    ++half_open_[address];
    ConnectionOptions options;
    options.loop = &loop_;
    options.clock = options_.clock;
    options.limits = options_.limits;
    const auto weak = weak_from_this();
    options.make_talk = [weak, number](Wire& wire, const std::string& protocol, const std::optional<Pin>&) {
      const auto listener = weak.lock();
      return listener ? listener->make_talk(number, wire, protocol) : nullptr;
    };
    options.on_known = [weak, number] {
      if (const auto listener = weak.lock()) listener->on_known(number);
    };
    options.on_end = [weak, number](const Ending& ending) {
      if (const auto listener = weak.lock()) listener->on_end(number, ending);
    };
    auto& visitor = visitors_[number];
    visitor.address = address;
    visitor.connection = accept_connection(std::move(options), {handle, is_v6}, tls_, protocols_);
  }

  std::shared_ptr<Talk> make_talk(std::uint64_t number, Wire& wire, const std::string& protocol) {
    auto& visitor = visitors_.at(number);
    if (protocol == enrol_protocol) {
      const auto& enrolment = *options_.enrolment;
      sync::HubEnrolment machine(enrolment.hub_id, *enrolment.book, draw<32>(*enrolment.random),
                                 crypto::SymmetricKey::draw(*enrolment.random));
      return std::make_shared<HubEnrolmentTalk>(number, std::move(machine), *enrolment.book, wire, options_.tap);
    }
    visitor.runner = std::make_shared<SessionRunner>(
        options_.make_session(), SessionInfo{number, visitor.address, {}, {}}, wire, host_, options_.tap);
    return visitor.runner;
  }

  void on_known(std::uint64_t number) {
    auto& visitor = visitors_.at(number);
    if (!std::exchange(visitor.is_known, true)) one_less_half_open(visitor.address);
  }

  void on_end(std::uint64_t number, const Ending& ending) {
    const auto visitor = std::move(visitors_.at(number));
    visitors_.erase(number);
    if (!visitor.is_known) one_less_half_open(visitor.address);
    if (!visitor.runner) host_.refused(SessionInfo{number, visitor.address, {}, {}}, ending);
  }

  void one_less_half_open(const std::string& address) {
    const auto found = half_open_.find(address);
    if (--found->second == 0) half_open_.erase(found);
  }

  Loop& loop_;
  ServerOptions options_;
  Host& host_;
  TlsContext tls_;
  tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::vector<std::string> protocols_;
  Loop::Timer pause_;
  std::uint64_t last_number_ = 0;
  std::map<std::uint64_t, Visitor> visitors_;
  std::map<std::string, std::size_t> half_open_;  // by address
};

Result<std::unique_ptr<Server>> Server::listen(Loop& loop, ServerOptions options, Host& host) {
  TRY(auto tls, TlsContext::server(options.identity));
  auto listener = std::make_shared<Listener>(loop, std::move(options), host, std::move(tls));
  CHECK(listener->listen());
  return std::unique_ptr<Server>(new Server(std::move(listener)));
}

Server::Server(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
Server::~Server() { listener_->abandon(); }

std::uint16_t Server::port() const { return listener_->port(); }
void Server::journal_grew(const journal::Head& head, bool is_new) { listener_->journal_grew(head, is_new); }
void Server::close_sessions(const std::function<bool(const SessionInfo&)>& which, const std::string& detail) {
  listener_->close_sessions(which, detail);
}
void Server::stop() { listener_->stop(); }
std::size_t Server::connections() const { return listener_->connections(); }
std::size_t Server::sessions() const { return listener_->sessions(); }

}  // namespace cunzheng::link
