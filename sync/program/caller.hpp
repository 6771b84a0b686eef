#pragma once
// Where a command line's commands go: to the program of this process, or through the control socket to the one that
// runs already. Either way many may be on their way at once.

#include "sync/program/control.hpp"

namespace cunzheng::program {

class Caller {
 public:
  virtual ~Caller() = default;
  virtual Status start(std::uint64_t id, const std::string& command, json::object arguments) = 0;
  // Blocks until one is answered.
  virtual Result<ControlClient::Answer> next() = 0;

  Result<Reply> call(const std::string& command, json::object arguments);
};

// `loop` is run while next() waits. Both outlive the caller.
std::unique_ptr<Caller> local_caller(link::Loop& loop, const Commands& commands);
std::unique_ptr<Caller> remote_caller(ControlClient client, Language language);

}  // namespace cunzheng::program
