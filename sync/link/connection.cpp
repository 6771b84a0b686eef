#include "sync/link/connection.hpp"

#include "sync/link/compression.hpp"
#include "sync/link/troubles.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <deque>

namespace cunzheng::link {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = net::ip::tcp;
using Error = beast::error_code;
// Each layer and each erased type multiplies what one operation on the stream is compiled into: beast::tcp_stream and
// any_io_executor, which give nothing that is used here, made this file take three times as long.
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<tcp, Executor>;
using Resolver = net::ip::basic_resolver<tcp, Executor>;
using Stream = websocket::stream<net::ssl::stream<Socket>>;
using Request = http::request<http::empty_body>;
using Refusal = http::response<http::string_body>;
using std::chrono::milliseconds;
using sync::CloseReason;

constexpr std::size_t read_at_once = 16U << 10;
constexpr std::size_t write_at_once = 16U << 10;
// So much the kernel may take and not yet have sent: what was written is on its way, on a slow link too.
constexpr int unsent_bytes_max = 32 << 10;
constexpr std::int64_t alive_every_ms = 1'000;
constexpr std::size_t websocket_key_size = 24;  // 16 bytes in base 64

net::ssl::context shared_context(const TlsContext& tls) {
  SSL_CTX_up_ref(tls.native());
  return net::ssl::context(tls.native());
}

// ---- what a server thinks of a request

Refusal refusal(http::status status, std::string_view why) {
  Refusal response(status, 11);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.body() = std::string(why) + "\n";
  response.keep_alive(false);
  response.prepare_payload();
  return response;
}

// The first of ours that the peer offers, or none.
std::optional<std::string> chosen_protocol(const Request& request, const std::vector<std::string>& ours) {
  std::vector<std::string> offered;
  const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
  for (auto field = first; field != last; ++field) {
    for (const auto token : http::token_list(field->value())) offered.emplace_back(token);
  }
  const auto found = std::find_if(ours.begin(), ours.end(), [&](const std::string& protocol) {
    return std::find(offered.begin(), offered.end(), protocol) != offered.end();
  });
  return found == ours.end() ? std::nullopt : std::optional(*found);
}

// A plain no to whatever is not exactly one upgrade of ours; nothing if the handshake may go on.
std::optional<Refusal> refuse(const Request& request) {
  if (request.count(http::field::content_length) != 0 || request.count(http::field::transfer_encoding) != 0) {
    return refusal(http::status::bad_request, "no body is taken here");
  }
  if (request.target() != sync_path) return refusal(http::status::not_found, "没有这个地址 / nothing here");
  if (request.method() != http::verb::get) {
    auto response = refusal(http::status::method_not_allowed, "GET only");
    response.set(http::field::allow, "GET");
    return response;
  }
  if (!websocket::is_upgrade(request) || request[http::field::sec_websocket_version] != "13") {
    auto response =
        refusal(http::status::upgrade_required, "本端口只供村证程序同步 / this port is for Cunzheng programs");
    response.set(http::field::upgrade, "websocket");
    response.set(http::field::sec_websocket_version, "13");
    return response;
  }
  for (const auto field : {http::field::host, http::field::sec_websocket_key, http::field::sec_websocket_version}) {
    if (request.count(field) != 1) return refusal(http::status::bad_request, "a header is missing or doubled");
  }
  if (request[http::field::sec_websocket_key].size() != websocket_key_size) {
    return refusal(http::status::bad_request, "not a WebSocket key");
  }
  return std::nullopt;
}

// ---- the connection

class WebSocketConnection final : public Connection,
                                  public Wire,
                                  public std::enable_shared_from_this<WebSocketConnection> {
 public:
  WebSocketConnection(ConnectionOptions options, Socket socket, const TlsContext& tls)
      : options_(std::move(options)),
        tls_(shared_context(tls)),
        resolver_(options_.loop->context()),
        ws_(std::move(socket), tls_) {}

  void serve(std::vector<std::string> protocols) {
    protocols_ = std::move(protocols);
    begin();
    tune_socket();
    ws_.next_layer().async_handshake(net::ssl::stream_base::server,
                                     [self = shared_from_this()](Error error) { self->on_server_tls(error); });
  }

  void connect(std::string host, std::uint16_t port, std::string protocol) {
    protocols_ = {std::move(protocol)};
    host_ = std::move(host);
    begin();
    // Addresses are no matter for a resolver, whose thread can hang for long.
    Error not_an_address;
    const auto address = net::ip::make_address(host_, not_an_address);
    if (!not_an_address) {
      host_is_name_ = false;
      beast::get_lowest_layer(ws_).async_connect(
          tcp::endpoint(address, port), [self = shared_from_this()](Error error) { self->on_connected(error); });
      return;
    }
    resolver_.async_resolve(host_, std::to_string(port),
                            [self = shared_from_this()](Error error, const Resolver::results_type& found) {
                              self->on_resolved(error, found);
                            });
  }

  // ---- Connection

  void leave() override {
    if (state_ == State::opening) {
      end(ours(CloseReason::done, "given up"));
    } else if (state_ == State::open) {
      talk_->leave();
    }
  }

  void close_now(CloseReason reason, std::string detail) override {
    if (state_ == State::opening) {
      end(ours(reason, std::move(detail)));
    } else if (state_ == State::open) {
      queue_.erase(queue_.begin() + (is_writing_ ? 1 : 0), queue_.end());
      close({reason, std::move(detail)});
    }
  }

  void abandon() override {
    talk_.reset();
    options_.make_talk = nullptr;
    options_.on_known = nullptr;
    options_.on_end = nullptr;
    end({});
  }

  // ---- Wire

  Instant now() const override { return options_.clock != nullptr ? options_.clock->now() : options_.loop->now(); }

  void send(Bytes frame) override {
    if (state_ != State::open) return;
    last_sent_ = options_.loop->now();
    push(packer_.pack(frame, is_known_));
    if (packer_.has_stream() && !stream_watch_is_on_) watch_stream();
  }

  void wake_at(Instant at) override {
    if (state_ != State::open) return;
    const auto delay = at.ms - now().ms;  // the Talk's clock may be set, the loop's may not
    wake_ = options_.loop->run_at(options_.loop->now() + delay, [this] {
      const auto self = shared_from_this();
      if (state_ == State::open) talk_->timer();
    });
  }

  void peer_is_known() override {
    if (is_known_) return;
    is_known_ = true;
    if (options_.on_known) options_.on_known();
  }

  void close(sync::out::Close why) override {
    if (state_ != State::open) return;
    state_ = State::closing;
    ending_ = said(why.said_by_peer ? Ending::Side::peers : Ending::Side::ours, why.reason, std::move(why.detail));
    wake_ = {};
    set_deadline(options_.limits.closing_ms);
    if (!is_writing_) say_goodbye();
  }

 private:
  enum class State { opening, open, closing, over };

  static Ending said(Ending::Side side, CloseReason reason, std::string detail) {
    Ending ending{side, reason, {}, std::move(detail)};
    if (reason != CloseReason::done) ending.trouble = failure_of(reason, side);
    return ending;
  }
  static Ending ours(CloseReason reason, std::string detail) {
    return said(Ending::Side::ours, reason, std::move(detail));
  }
  static Ending broken(Trouble trouble, std::string detail) {
    return {Ending::Side::broken, CloseReason::done, failure_of(trouble), std::move(detail)};
  }

  // ---- opening

  void begin() {
    websocket::stream_base::timeout limits{};
    limits.handshake_timeout = milliseconds(options_.limits.handshake_ms);  // also for closing
    limits.idle_timeout = websocket::stream_base::none();                   // see watch_life()
    ws_.set_option(limits);
    ws_.control_callback([this](websocket::frame_type, beast::string_view) { last_life_ = options_.loop->now(); });
    ws_.binary(true);
    ws_.auto_fragment(false);
    ws_.write_buffer_bytes(write_at_once);
    limit_reads();
    set_deadline(options_.limits.handshake_ms);
  }

  void tune_socket() {
    Error ignored;  // a socket that is gone says so at the next read
    auto& socket = beast::get_lowest_layer(ws_);
    socket.set_option(tcp::no_delay(true), ignored);
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
  }

  // Ends what has not come to its end by then: the handshakes as too slow, closing as closed.
  void set_deadline(std::int64_t ms) {
    deadline_ = options_.loop->run_at(options_.loop->now() + ms, [this] {
      const auto self = shared_from_this();
      end(state_ == State::closing ? std::move(ending_) : broken(Trouble::too_slow, "handshake timed out"));
    });
  }

  void on_resolved(Error error, const Resolver::results_type& found) {
    if (state_ == State::over) return;
    if (error) return end(broken(Trouble::no_such_host, error.message()));
    net::async_connect(
        beast::get_lowest_layer(ws_), found,
        [self = shared_from_this()](Error failed, const tcp::endpoint&) { self->on_connected(failed); });
  }

  void on_connected(Error error) {
    if (state_ == State::over) return;
    if (error) return end(broken(Trouble::not_reachable, error.message()));
    tune_socket();
    if (host_is_name_) SSL_set_tlsext_host_name(ws_.next_layer().native_handle(), host_.c_str());
    ws_.next_layer().async_handshake(net::ssl::stream_base::client,
                                     [self = shared_from_this()](Error failed) { self->on_client_tls(failed); });
  }

  void on_client_tls(Error error) {
    if (state_ == State::over) return;
    if (error) {
      const auto verdict = SSL_get_verify_result(ws_.next_layer().native_handle());
      const auto trouble = verdict == X509_V_ERR_APPLICATION_VERIFICATION ? Trouble::wrong_key : Trouble::no_tls;
      return end(broken(trouble, error.message()));
    }
    ws_.set_option(websocket::stream_base::decorator([protocol = protocols_.front()](websocket::request_type& request) {
      request.set(http::field::sec_websocket_protocol, protocol);
      request.set(http::field::user_agent, "cunzheng");
    }));
    ws_.async_handshake(answer_, host_, sync_path,
                        [self = shared_from_this()](Error failed) { self->on_answer(failed); });
  }

  void on_answer(Error error) {
    if (state_ == State::over) return;
    if (error) {
      const auto status = std::to_string(answer_.result_int());
      return end(broken(Trouble::not_our_endpoint, error.message() + ", http " + status));
    }
    if (answer_[http::field::sec_websocket_protocol] != protocols_.front()) {
      return end(broken(Trouble::not_our_endpoint, "another subprotocol"));
    }
    answer_ = {};
    open(protocols_.front());
  }

  void on_server_tls(Error error) {
    if (state_ == State::over) return;
    if (error) return end(broken(Trouble::no_tls, error.message()));
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options_.limits.http_header_bytes_max));
    http::async_read_header(ws_.next_layer(), buffer_, *parser_,
                            [self = shared_from_this()](Error failed, std::size_t) { self->on_request(failed); });
  }

  void on_request(Error error) {
    if (state_ == State::over) return;
    if (error == http::error::header_limit) {
      return answer_and_end(refusal(http::status::request_header_fields_too_large, "header too large"));
    }
    if (error == http::error::end_of_stream || error == net::ssl::error::stream_truncated) {
      return end(broken(Trouble::lost, "no request"));
    }
    if (error) return answer_and_end(refusal(http::status::bad_request, "bad request"));
    const auto& request = parser_->get();
    if (auto response = refuse(request)) return answer_and_end(*std::move(response));
    auto protocol = chosen_protocol(request, protocols_);
    if (!protocol || buffer_.size() != 0) {
      return answer_and_end(refusal(http::status::bad_request, "unknown subprotocol, or words before the handshake"));
    }
    ws_.set_option(websocket::stream_base::decorator([chosen = *protocol](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol, chosen);
      response.set(http::field::server, "cunzheng-hub");
    }));
    ws_.async_accept(request, [self = shared_from_this(), chosen = *protocol](Error failed) {
      if (self->state_ == State::over) return;
      if (failed) return self->end(broken(Trouble::lost, failed.message()));
      self->parser_.reset();
      self->open(chosen);
    });
  }

  void answer_and_end(Refusal response) {
    refusal_ = std::move(response);
    http::async_write(ws_.next_layer(), *refusal_, [self = shared_from_this()](Error error, std::size_t) {
      if (self->state_ == State::over) return;
      auto ending = broken(Trouble::not_our_endpoint, "refused: http " + std::to_string(self->refusal_->result_int()));
      if (error) return self->end(std::move(ending));
      self->ws_.next_layer().async_shutdown([self, ending](Error) { self->end(ending); });
    });
  }

  void open(const std::string& protocol) {
    auto* tls = ws_.next_layer().native_handle();
    const auto binding = channel_binding(tls);
    if (!binding) return end(broken(Trouble::no_tls, binding.error().what.en));
    const auto peer = peer_pin(tls);
    deadline_ = {};
    talk_ = options_.make_talk(*this, protocol, peer ? std::optional(*peer) : std::nullopt);
    state_ = State::open;
    last_life_ = options_.loop->now();
    watch_life();
    talk_->link_up(*binding);
    read_next();
  }

  // ---- reading

  std::size_t frame_bytes_max() const {
    const auto& frames = options_.limits.frames;
    return is_known_ || options_.trusts_peer ? frames.frame_bytes_max : frames.hello_bytes_max;
  }
  void limit_reads() { ws_.read_message_max(packed_bytes_max(frame_bytes_max())); }

  void read_next() {
    if (state_ == State::over) return;
    limit_reads();
    ws_.async_read_some(buffer_, read_at_once,
                        [self = shared_from_this()](Error error, std::size_t bytes) { self->on_read(error, bytes); });
  }

  void on_read(Error error, std::size_t bytes) {
    if (state_ == State::over) return;
    if (error) return end(state_ == State::closing ? std::move(ending_) : ending_of(error));
    last_life_ = options_.loop->now();
    if (!ws_.is_message_done()) {
      if (bytes > 0) tell_alive();
      return read_next();
    }
    const auto self = shared_from_this();
    const auto data = buffer_.cdata();
    if (state_ == State::open) on_message({static_cast<const std::uint8_t*>(data.data()), data.size()});
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > read_at_once) buffer_.shrink_to_fit();
    read_next();
  }

  void tell_alive() {
    const auto at = options_.loop->now();
    if (state_ != State::open || at < last_alive_ + alive_every_ms) return;
    last_alive_ = at;
    talk_->alive();
  }

  void on_message(ByteView packed) {
    if (!ws_.got_binary()) return close({CloseReason::bad_frame, "a text message"});
    auto frame = unpacker_.unpack(packed, frame_bytes_max(), is_known_ || options_.trusts_peer);
    if (!frame) return close({CloseReason::bad_frame, frame.error().what.en});
    if (*frame) talk_->frame(**std::move(frame));
  }

  Ending ending_of(Error error) const {
    if (error == websocket::error::closed) {
      const auto code = static_cast<std::uint16_t>(ws_.reason().code);
      const auto detail = "closed by the peer with code " + std::to_string(code);
      const bool is_plain = code == websocket::close_code::normal || code == websocket::close_code::going_away;
      const auto reason = is_plain ? std::optional(CloseReason::done) : close_reason(code);
      return reason ? said(Ending::Side::peers, *reason, detail) : broken(Trouble::lost, detail);
    }
    if (error == websocket::condition::protocol_violation || error == websocket::error::message_too_big ||
        error == websocket::error::buffer_overflow) {
      return ours(CloseReason::bad_frame, error.message());
    }
    return broken(Trouble::lost, error.message());
  }

  // ---- writing

  void push(Bytes message) {
    queued_bytes_ += message.size();
    queue_.push_back(std::move(message));
    if (queued_bytes_ > options_.limits.queue_bytes_max) {
      end(broken(Trouble::reads_too_slowly, std::to_string(queued_bytes_) + " bytes wait"));
    } else if (!is_writing_) {
      write_next();
    }
  }

  // In pieces, so that pings get through between them and progress shows.
  void write_next() {
    is_writing_ = true;
    const auto& message = queue_.front();
    const auto size = std::min(write_at_once, message.size() - written_bytes_);
    const bool is_last = written_bytes_ + size == message.size();
    ws_.async_write_some(is_last, net::buffer(message.data() + written_bytes_, size),
                         [self = shared_from_this()](Error error, std::size_t written) {
                           self->on_written(error, written);
                         });
  }

  void on_written(Error error, std::size_t written) {
    is_writing_ = false;
    if (state_ == State::over) return;
    if (error) return end(state_ == State::closing ? std::move(ending_) : ending_of(error));
    last_life_ = options_.loop->now();
    if (state_ == State::closing) set_deadline(options_.limits.closing_ms);
    written_bytes_ += written;
    if (written_bytes_ < queue_.front().size()) {
      write_next();
      return tell_alive();
    }
    queued_bytes_ -= queue_.front().size();
    queue_.pop_front();
    written_bytes_ = 0;
    if (!queue_.empty()) {
      write_next();
    } else if (state_ == State::closing) {
      say_goodbye();
    }
  }

  void say_goodbye() {
    const auto code =
        ending_.reason == CloseReason::done ? std::uint16_t(websocket::close_code::normal) : close_code(ending_.reason);
    const websocket::close_reason reason(code);
    ws_.async_close(reason, [self = shared_from_this()](Error) { self->end(std::move(self->ending_)); });
  }

  // Any byte in, any piece out is life. Half the time without it: a ping. All of it: the end.
  void watch_life() {
    const auto half_ms = options_.limits.idle_ms / 2;
    const auto now = options_.loop->now();
    if (now >= last_life_ + 2 * half_ms) return end(ours(CloseReason::timeout, "idle"));
    const bool is_quiet = now >= last_life_ + half_ms;
    if (is_quiet && !is_pinging_) {
      is_pinging_ = true;
      ws_.async_ping({}, [self = shared_from_this()](Error) { self->is_pinging_ = false; });
    }
    life_watch_ = options_.loop->run_at(last_life_ + (is_quiet ? 2 * half_ms : half_ms), [this] {
      const auto self = shared_from_this();
      if (state_ == State::open) watch_life();
    });
  }

  // Gives the compressor's memory back once nothing was sent for a while.
  void watch_stream() {
    stream_watch_is_on_ = true;
    stream_watch_ = options_.loop->run_at(last_sent_ + options_.limits.stream_idle_ms, [this] {
      const auto self = shared_from_this();
      stream_watch_is_on_ = false;
      if (state_ != State::open) return;
      if (options_.loop->now() < last_sent_ + options_.limits.stream_idle_ms) return watch_stream();
      push(packer_.end_stream());
    });
  }

  // ---- the end

  void end(Ending ending) {
    if (state_ == State::over) return;
    state_ = State::over;
    deadline_ = {};
    wake_ = {};
    life_watch_ = {};
    stream_watch_ = {};
    resolver_.cancel();
    Error ignored;
    beast::get_lowest_layer(ws_).close(ignored);
    // Posted, so that neither Talk nor owner hears of it in the middle of a call of its own.
    options_.loop->post([self = shared_from_this(), ending = std::move(ending)] { self->tell(ending); });
  }

  void tell(const Ending& ending) {
    if (const auto talk = std::exchange(talk_, nullptr)) talk->link_down(ending);
    if (const auto on_end = std::exchange(options_.on_end, nullptr)) on_end(ending);
    options_.make_talk = nullptr;
    options_.on_known = nullptr;
  }

  ConnectionOptions options_;
  net::ssl::context tls_;
  Resolver resolver_;
  Stream ws_;
  std::vector<std::string> protocols_;
  std::string host_;
  bool host_is_name_ = true;
  websocket::response_type answer_;                               // client
  std::optional<http::request_parser<http::empty_body>> parser_;  // server
  std::optional<Refusal> refusal_;                                // server

  State state_ = State::opening;
  bool is_known_ = false;
  std::shared_ptr<Talk> talk_;  // while open or closing
  Ending ending_;               // while closing: what it will have been

  beast::flat_buffer buffer_;
  Unpacker unpacker_;
  Instant last_alive_;

  Packer packer_;
  std::deque<Bytes> queue_;  // the first is being written while is_writing_
  std::size_t queued_bytes_ = 0;
  std::size_t written_bytes_ = 0;  // of the first
  bool is_writing_ = false;
  Instant last_sent_;
  Instant last_life_;
  bool is_pinging_ = false;
  bool stream_watch_is_on_ = false;

  Loop::Timer deadline_;
  Loop::Timer wake_;
  Loop::Timer life_watch_;
  Loop::Timer stream_watch_;
};

}  // namespace

std::shared_ptr<Connection> accept_connection(ConnectionOptions options, Accepted accepted, const TlsContext& tls,
                                              std::vector<std::string> protocols) {
  auto& context = options.loop->context();
  Socket socket(context, accepted.is_v6 ? tcp::v6() : tcp::v4(), accepted.socket);
  auto connection = std::make_shared<WebSocketConnection>(std::move(options), std::move(socket), tls);
  connection->serve(std::move(protocols));
  return connection;
}

std::shared_ptr<Connection> open_connection(ConnectionOptions options, std::string host, std::uint16_t port,
                                            const TlsContext& tls, std::string protocol) {
  auto& context = options.loop->context();
  auto connection = std::make_shared<WebSocketConnection>(std::move(options), Socket(context), tls);
  connection->connect(std::move(host), port, std::move(protocol));
  return connection;
}

}  // namespace cunzheng::link
