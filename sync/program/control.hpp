#pragma once
// The control socket: commands to a program that runs, from the same user of the same machine. A Unix socket
// `control.sock` (0600) in the store folder; one JSON object a line:
//
//   -> {"id": 7, "command": "status", "arguments": {...}, "language": "zh"}
//   <- {"id": 7, "ok": true, "data": {...}, "text": "..."}
//   <- {"id": 7, "error": {"code": "bad_input", "what": "...", "field": "...", "rule": "..."}}
//
// Requests may be sent before earlier ones are answered; answers come as they are ready. `text` and `what` are in the
// language asked for. A line that is no request is answered with id null; one that is too long ends the connection.

#include "sync/link/loop.hpp"
#include "sync/program/command.hpp"

#include <filesystem>
#include <memory>

namespace cunzheng::program {

inline constexpr const char* control_socket_name = "control.sock";
inline constexpr std::size_t control_line_bytes_max = 16U << 20;
inline constexpr std::size_t control_waiting_max = 1024;  // unanswered requests of one connection; then it is not read

class ControlServer {
 public:
  // Listens in `folder`. The caller holds the store's lock, so a socket that nobody answers is a dead program's and is
  // replaced. conflict: somebody does answer. `loop` and `commands` outlive the server.
  static Result<std::unique_ptr<ControlServer>> listen(link::Loop& loop, const std::filesystem::path& folder,
                                                       const Commands& commands);
  // Cuts connections, takes the socket away.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  class Listener;
  explicit ControlServer(std::shared_ptr<Listener> listener);
  std::shared_ptr<Listener> listener_;
};

// The other end, for commands: blocking, no loop.
class ControlClient {
 public:
  // not_found: no program runs on that store.
  static Result<ControlClient> connect(const std::filesystem::path& folder);
  ~ControlClient();
  ControlClient(ControlClient&&) noexcept;
  ControlClient& operator=(ControlClient&&) noexcept;

  struct Answer {
    std::uint64_t id = 0;
    Result<Reply> result;  // its text is the same in both languages: the one asked for
  };
  // One request, its answer. Not while others are on their way.
  Result<Reply> call(const std::string& command, json::object arguments, Language language);
  // Many on their way at once: the caller keeps fewer than control_waiting_max of them unanswered.
  Status send(std::uint64_t id, const std::string& command, json::object arguments, Language language);
  // Blocks until one comes. unavailable: the program went away.
  Result<Answer> receive();

 private:
  struct State;
  explicit ControlClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cunzheng::program
