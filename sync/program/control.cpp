#include "sync/program/control.hpp"

#include "sync/program/terminal.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <set>

namespace cunzheng::program {
namespace {

namespace net = boost::asio;
using Local = net::local::stream_protocol;
using Error = boost::system::error_code;

constexpr std::size_t written_at_once_max = 1U << 20;

// The name of a Unix socket has room for 107 bytes, a path may be longer: a short way through the open folder.
class SocketPath {
 public:
  explicit SocketPath(const std::filesystem::path& folder)
      : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        text_("/proc/self/fd/" + std::to_string(folder_) + "/" + control_socket_name) {}
  ~SocketPath() {
    if (folder_ >= 0) ::close(folder_);
  }
  SocketPath(const SocketPath&) = delete;
  SocketPath& operator=(const SocketPath&) = delete;

  const std::string& text() const { return text_; }

 private:
  int folder_;
  std::string text_;
};

std::string answer_line(const json::value& id, const Result<Reply>& outcome, Language language) {
  json::object answer{{"id", id}};
  if (outcome) {
    answer["ok"] = true;
    answer["data"] = outcome->data;
    answer["text"] = outcome->human.in(language);
  } else {
    answer["error"] = failure_json(outcome.error(), language);
  }
  return json::serialize(answer) + "\n";
}

struct Request {
  json::value id;
  std::string command;
  json::object arguments;
  Language language = Language::zh;
};

Result<Request> read_request(std::string_view line, json::value& id) {
  TRY(const auto value, codec::parse_json(line, control_line_bytes_max));
  if (!value.is_object()) return fail(FailureCode::bad_input, {"应为对象", "expected an object"});
  const auto& object = value.get_object();
  if (const auto* given = argument(object, "id")) id = *given;
  Request request{id, {}, {}, Language::zh};
  TRY(request.command, text_argument(object, "command"));
  TRY(const auto language, text_or(object, "language", "zh"));
  if (language == "en") request.language = Language::en;
  if (const auto* arguments = argument(object, "arguments")) {
    if (!arguments->is_object()) return fail(FailureCode::bad_input, {"应为对象", "expected an object"}, "arguments");
    request.arguments = arguments->get_object();
  }
  return request;
}

}  // namespace

// ---------------------------------------------------------------- server

class ControlServer::Listener : public std::enable_shared_from_this<ControlServer::Listener> {
 public:
  Listener(link::Loop& loop, std::filesystem::path folder, const Commands& commands)
      : folder_(std::move(folder)), commands_(commands), acceptor_(loop.context()) {}

  Status open() {
    if (ControlClient::connect(folder_)) {
      return fail(FailureCode::conflict, {"已有一个程序在使用这个数据夹", "a program already serves this store"});
    }
    const SocketPath path(folder_);
    ::unlink(path.text().c_str());
    Error error;
    const Local::endpoint endpoint(path.text());
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.bind(endpoint, error);
    // The folder is its owner's alone (0700), so nobody else can connect before the mode is set.
    if (!error && ::chmod(path.text().c_str(), 0600) != 0) error = Error(errno, boost::system::system_category());
    if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
    if (error) {
      return fail(FailureCode::unavailable,
                  {"开不了控制套接字：" + error.message(), "cannot open the control socket: " + error.message()});
    }
    accept();
    return {};
  }

  void close() {
    Error ignored;
    acceptor_.close(ignored);
    for (const auto& connection : std::set(connections_)) connection->close();
    connections_.clear();
    const SocketPath path(folder_);
    ::unlink(path.text().c_str());
  }

 private:
  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    Connection(Local::socket socket, std::weak_ptr<Listener> owner, const Commands& commands)
        : socket_(std::move(socket)), owner_(std::move(owner)), commands_(commands) {}

    void read() {
      if (is_reading_ || is_closed_ || waiting_ >= control_waiting_max) return;
      is_reading_ = true;
      net::async_read_until(socket_, net::dynamic_buffer(incoming_, control_line_bytes_max), '\n',
                            [self = shared_from_this()](const Error& error, std::size_t size) {
                              self->is_reading_ = false;
                              if (error) return self->input_ended();
                              auto line = self->incoming_.substr(0, size);
                              self->incoming_.erase(0, size);
                              self->handle(line);
                              self->read();
                            });
    }

    void close() {
      if (is_closed_) return;
      is_closed_ = true;
      Error ignored;
      socket_.close(ignored);
      if (const auto owner = owner_.lock()) owner->connections_.erase(shared_from_this());
    }

   private:
    void handle(std::string_view line) {
      json::value id = nullptr;
      auto request = read_request(line, id);
      if (!request) return say(answer_line(id, tl::make_unexpected(request.error()), Language::zh));
      ++waiting_;
      commands_.run(request->command, std::move(request->arguments),
                    [weak = weak_from_this(), id, language = request->language](Result<Reply> outcome) {
                      const auto self = weak.lock();
                      if (!self || self->is_closed_) return;
                      --self->waiting_;
                      self->say(answer_line(id, outcome, language));
                      self->read();
                    });
    }

    void say(std::string line) {
      outgoing_.push_back(std::move(line));
      write();
    }

    void write() {
      if (is_writing_ || is_closed_) return;
      if (outgoing_.empty()) {
        if (has_input_ended_ && waiting_ == 0) close();
        return;
      }
      writing_.clear();
      while (!outgoing_.empty() && writing_.size() < written_at_once_max) {
        writing_ += outgoing_.front();
        outgoing_.pop_front();
      }
      is_writing_ = true;
      net::async_write(socket_, net::buffer(writing_), [self = shared_from_this()](const Error& error, std::size_t) {
        self->is_writing_ = false;
        if (error) return self->close();
        self->write();
      });
    }

    // Who only shut down its sending side still gets its answers.
    void input_ended() {
      has_input_ended_ = true;
      write();
    }

    Local::socket socket_;
    std::weak_ptr<Listener> owner_;
    const Commands& commands_;
    std::string incoming_;
    std::deque<std::string> outgoing_;
    std::string writing_;
    std::size_t waiting_ = 0;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool has_input_ended_ = false;
    bool is_closed_ = false;
  };

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const Error& error, Local::socket socket) {
      if (error == net::error::operation_aborted || !self->acceptor_.is_open()) return;
      if (!error) {
        auto connection = std::make_shared<Connection>(std::move(socket), self, self->commands_);
        self->connections_.insert(connection);
        connection->read();
      }
      self->accept();
    });
  }

  std::filesystem::path folder_;
  const Commands& commands_;
  Local::acceptor acceptor_;
  std::set<std::shared_ptr<Connection>> connections_;
};

ControlServer::ControlServer(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
ControlServer::~ControlServer() { listener_->close(); }

Result<std::unique_ptr<ControlServer>> ControlServer::listen(link::Loop& loop, const std::filesystem::path& folder,
                                                             const Commands& commands) {
  auto listener = std::make_shared<Listener>(loop, folder, commands);
  CHECK(listener->open());
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(listener)));
}

// ---------------------------------------------------------------- client

struct ControlClient::State {
  net::io_context context;
  Local::socket socket{context};
  std::string incoming;
};

ControlClient::ControlClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
ControlClient::~ControlClient() = default;
ControlClient::ControlClient(ControlClient&&) noexcept = default;
ControlClient& ControlClient::operator=(ControlClient&&) noexcept = default;

namespace {

tl::unexpected<Failure> went_away(const Error& error) {
  return fail(FailureCode::unavailable,
              {"程序已退出：" + error.message(), "the program went away: " + error.message()});
}

}  // namespace

Result<ControlClient> ControlClient::connect(const std::filesystem::path& folder) {
  auto state = std::make_unique<State>();
  const SocketPath path(folder);
  Error error;
  state->socket.connect(Local::endpoint(path.text()), error);
  if (error) {
    return fail(FailureCode::not_found, {"这个数据夹没有正在运行的程序", "no program runs on this store"});
  }
  return ControlClient(std::move(state));
}

Result<Reply> ControlClient::call(const std::string& command, json::object arguments, Language language) {
  CHECK(send(0, command, std::move(arguments), language));
  TRY(auto answer, receive());
  return std::move(answer.result);
}

Status ControlClient::send(std::uint64_t id, const std::string& command, json::object arguments, Language language) {
  const json::object request{{"id", id},
                             {"command", command},
                             {"arguments", std::move(arguments)},
                             {"language", language == Language::zh ? "zh" : "en"}};
  const auto line = json::serialize(request) + "\n";
  if (line.size() > control_line_bytes_max) {
    return fail(FailureCode::bad_input, {"输入太大", "the input is too large"}, "arguments");
  }
  Error error;
  net::write(state_->socket, net::buffer(line), error);
  if (error) return went_away(error);
  return {};
}

Result<ControlClient::Answer> ControlClient::receive() {
  Error error;
  const auto size = net::read_until(state_->socket, net::dynamic_buffer(state_->incoming), '\n', error);
  if (error) return went_away(error);
  const auto line = state_->incoming.substr(0, size);
  state_->incoming.erase(0, size);
  TRY(auto value, codec::parse_json(line, line.size()));
  const auto bad = [] {
    return fail(FailureCode::unreadable, {"程序的回答看不懂", "the program's answer makes no sense"});
  };
  if (!value.is_object()) return bad();
  auto& object = value.get_object();
  Error not_a_number;
  const auto* id = object.if_contains("id");
  const auto number = id != nullptr ? id->to_number<std::uint64_t>(not_a_number) : 0;
  if (id == nullptr || not_a_number) return bad();
  if (const auto* failed = object.if_contains("error")) {
    if (!failed->is_object()) return bad();
    return Answer{number, tl::make_unexpected(failure_from_json(failed->get_object()))};
  }
  auto* data = object.if_contains("data");
  TRY(const auto text, text_or(object, "text", {}));
  if (data == nullptr || !data->is_object()) return bad();
  return Answer{number, Reply{std::move(data->get_object()), {text, text}}};
}

}  // namespace cunzheng::program
