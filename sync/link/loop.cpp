#include "sync/link/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>

namespace cunzheng::link {
namespace {

namespace net = boost::asio;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::int64_t delay_ms_max = 366LL * 24 * 3600 * 1000;  // later is never, and does not overflow

std::int64_t wall_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

struct Loop::State {
  net::io_context context{1};
  net::executor_work_guard<net::io_context::executor_type> work{context.get_executor()};
  net::signal_set signals{context};
  Steady::time_point made_at = Steady::now();
  Instant made_at_wall{wall_ms()};

  Steady::time_point steady(Instant at) const {
    const auto now = Steady::now();
    const auto passed = std::chrono::duration_cast<milliseconds>(now - made_at).count();
    const auto delay = std::clamp<std::int64_t>(at.ms - made_at_wall.ms - passed, 0, delay_ms_max);
    return now + milliseconds(delay);
  }
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

void Loop::post(std::function<void()> job) { net::post(state_->context, std::move(job)); }

void Loop::run() {
  state_->context.run();
  state_->context.restart();
}

bool Loop::run_until(const std::function<bool()>& done, Instant deadline) {
  const auto last = state_->steady(deadline);
  while (!done()) {
    if (Steady::now() >= last) return false;
    state_->context.run_one_until(last);
    if (state_->context.stopped()) {
      state_->context.restart();
      return done();
    }
  }
  return true;
}

std::size_t Loop::run_ready() { return state_->context.poll(); }

void Loop::stop() { state_->context.stop(); }

Instant Loop::now() const {
  return state_->made_at_wall + std::chrono::duration_cast<milliseconds>(Steady::now() - state_->made_at).count();
}

struct Loop::Timer::State {
  explicit State(net::io_context& context) : timer(context) {}
  net::steady_timer timer;
  std::function<void()> job;  // empty: has run, or must not
};

Loop::Timer::Timer() = default;
Loop::Timer::Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}
Loop::Timer::Timer(Timer&&) noexcept = default;

Loop::Timer& Loop::Timer::operator=(Timer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

Loop::Timer::~Timer() {
  if (!state_) return;
  state_->job = nullptr;
  state_->timer.cancel();
}

Loop::Timer Loop::run_at(Instant at, std::function<void()> job) {
  auto state = std::make_shared<Timer::State>(state_->context);
  state->job = std::move(job);
  state->timer.expires_at(state_->steady(at));
  state->timer.async_wait([state](const boost::system::error_code&) {
    if (const auto due = std::exchange(state->job, nullptr)) due();
  });
  return Timer(std::move(state));
}

void Loop::on_terminate(std::function<void()> job) {
  state_->signals.add(SIGINT);
  state_->signals.add(SIGTERM);
  state_->signals.async_wait([this, job = std::move(job)](const boost::system::error_code& error, int) {
    if (error) return;
    state_->signals.clear();  // a second signal ends the process
    job();
  });
}

net::io_context& Loop::context() { return state_->context; }

}  // namespace cunzheng::link
