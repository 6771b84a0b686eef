#pragma once
// The one loop thread of a program. Everything in this room, and every call into Host, SlipBook and Talk, runs on it.

#include "shared/base/time.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace cunzheng::link {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs `job` on the loop thread, after what was posted before. Any thread.
  void post(std::function<void()> job);

  // The calling thread becomes the loop thread until stop(). May be called again afterwards.
  void run();
  // Runs what comes until `done` says so (true is returned) or `deadline` has passed. For commands without a service,
  // and for tests. `done` is asked after each job.
  bool run_until(const std::function<bool()>& done, Instant deadline);
  // Runs what is ready and waits for nothing; how many jobs that were. For tests that must know when all is quiet.
  std::size_t run_ready();
  // Any thread. What was posted and not run stays for the next run().
  void stop();

  // The wall clock of the moment the loop was made, carried on by the steady clock: for deadlines, which must not
  // jump when somebody sets the clock. Not for anything a person reads. Any thread.
  Instant now() const;

  // Calls once unless it is destroyed before. Must not outlive the loop.
  class Timer {
   public:
    Timer();
    ~Timer();
    Timer(Timer&&) noexcept;
    Timer& operator=(Timer&&) noexcept;

   private:
    friend class Loop;
    struct State;
    explicit Timer(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
  };
  [[nodiscard]] Timer run_at(Instant at, std::function<void()> job);

  // Runs `job` on the first SIGINT or SIGTERM instead of ending the process; a second one ends it as usual.
  void on_terminate(std::function<void()> job);

  // For the few files that hold sockets of their own.
  boost::asio::io_context& context();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cunzheng::link
