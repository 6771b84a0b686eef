#pragma once
// The hub program around its store folder: keys, store, hub, commands; for `serve` also the server and the control
// socket. The one place where all parts meet.

#include "hub/commands.hpp"
#include "sync/program/terminal.hpp"

namespace cunzheng::hub {

class App {
 public:
  struct Options {
    std::filesystem::path store;
    std::filesystem::path machine_key;  // empty: where init put it
  };

  // Takes the store for this process. unavailable: another process has it.
  static Result<std::unique_ptr<App>> open(const Options& options, program::Log log);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  link::Loop& loop();
  const program::Commands& commands() const;

  struct Service {
    std::string listen = "0.0.0.0:8466";  // ADDR:PORT; port 0: any free one
    bool restored = false;                // the folder comes from a backup: begin a new epoch first (D15)
  };
  // Serves until SIGTERM or SIGINT. Prints {"listening": "ADDR:PORT"} when it takes connections. A failure: it could
  // not begin, or the store failed and nothing more was acknowledged.
  Status serve(const Service& service);

 private:
  class Parts;
  explicit App(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace cunzheng::hub
