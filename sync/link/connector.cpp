#include "sync/link/connector.hpp"

#include "shared/base/verify.hpp"
#include "sync/core/backoff.hpp"
#include "sync/link/connection.hpp"
#include "sync/link/session_runner.hpp"
#include "sync/link/troubles.hpp"

#include <utility>

namespace cunzheng::link {

// Stands between the sessions and the program's Host: it hears what it needs and passes everything on.
class Connector::Driver final : public Host, public std::enable_shared_from_this<Driver> {
 public:
  Driver(Loop& loop, ConnectorOptions options, Host& host)
      : loop_(loop), options_(std::move(options)), host_(host), tls_(TlsContext::pinned(options_.pins)) {
    VERIFY(options_.random != nullptr);
  }

  void run_once(std::function<void(Status)> done) {
    VERIFY(mode_ == Mode::off);
    mode_ = Mode::once;
    done_ = std::move(done);
    is_in_step_ = false;
    connect();
  }

  void stay_connected() {
    if (mode_ == Mode::stay) return;
    VERIFY(mode_ == Mode::off);
    mode_ = Mode::stay;
    connect();
  }

  void try_now() {
    if (state_.phase == LinkPhase::waiting) connect();
  }

  void stop() {
    if (mode_ == Mode::off) return;
    mode_ = Mode::stopping;
    retry_ = {};
    if (connection_) {
      connection_->leave();
    } else {
      finish();
    }
  }

  void abandon() {
    mode_ = Mode::off;
    retry_ = {};
    runner_.reset();
    if (const auto connection = std::exchange(connection_, nullptr)) connection->abandon();
  }

  void journal_grew(const journal::Head& head, bool is_new) {
    if (runner_) runner_->journal_grew(head, is_new);
  }

  const LinkState& state() const { return state_; }

  // ---- Host

  void opened(const SessionInfo& session) override {
    backoff_.reached();
    enter(LinkPhase::connected, std::nullopt);
    host_.opened(session);
  }
  void store(const SessionInfo& session, std::vector<journal::Range> ranges, Stored done) override {
    host_.store(session, std::move(ranges), std::move(done));
  }
  void load(const SessionInfo& session, const sync::out::Load& wanted, Loaded done) override {
    host_.load(session, wanted, std::move(done));
  }
  void peer_holds(const SessionInfo& session, const sync::out::PeerHolds& place) override {
    host_.peer_holds(session, place);
  }
  void in_step(const SessionInfo& session) override {
    host_.in_step(session);
    if (mode_ != Mode::once || is_in_step_) return;
    is_in_step_ = true;
    connection_->leave();
  }
  void alarm(const SessionInfo& session, const sync::out::Alarm& alarm) override { host_.alarm(session, alarm); }
  void closed(const SessionInfo& session, const Ending& ending) override { host_.closed(session, ending); }
  void refused(const SessionInfo& session, const Ending& ending) override { host_.refused(session, ending); }

 private:
  enum class Mode { off, once, stay, stopping };

  void connect() {
    retry_ = {};
    const auto number = ++last_number_;
    const auto weak = weak_from_this();
    ConnectionOptions options;
    options.loop = &loop_;
    options.limits = options_.limits;
    options.trusts_peer = true;  // its key is pinned
    options.make_talk = [weak, number](Wire& wire, const std::string&, const std::optional<Pin>&) {
      const auto driver = weak.lock();
      return driver ? driver->make_talk(number, wire) : nullptr;
    };
    options.on_end = [weak, number](const Ending& ending) {
      if (const auto driver = weak.lock()) driver->ended(number, ending);
    };
    connection_ = open_connection(std::move(options), options_.hub.host, options_.hub.port, tls_, sync_protocol);
    enter(LinkPhase::connecting, state_.trouble);
  }

  std::shared_ptr<Talk> make_talk(std::uint64_t number, Wire& wire) {
    const SessionInfo info{number, to_text(options_.hub), options_.body, {}};
    runner_ = std::make_shared<SessionRunner>(options_.make_session(), info, wire, *this, options_.tap);
    return runner_;
  }

  void ended(std::uint64_t number, const Ending& ending) {
    if (number != last_number_) return;
    const bool was_session = std::exchange(runner_, nullptr) != nullptr;
    connection_.reset();
    if (!was_session) host_.refused(SessionInfo{number, to_text(options_.hub), options_.body, {}}, ending);
    const bool is_done = ending.side != Ending::Side::broken && ending.reason == sync::CloseReason::done;
    auto trouble = is_done ? failure_of(sync::CloseReason::done, ending.side) : ending.trouble;
    if (mode_ == Mode::stay) {
      const auto next_try = loop_.now() + backoff_.next_ms(*options_.random);
      retry_ = loop_.run_at(next_try, [this] { connect(); });
      state_.next_try = next_try;
      enter(LinkPhase::waiting, std::move(trouble));
    } else {
      state_.trouble = is_in_step_ || mode_ == Mode::stopping ? std::nullopt : std::optional(std::move(trouble));
      finish();
    }
  }

  void finish() {
    const bool was_stopped = mode_ == Mode::stopping;
    mode_ = Mode::off;
    enter(LinkPhase::off, state_.trouble);
    const auto done = std::exchange(done_, nullptr);
    if (!done) return;
    if (is_in_step_) {
      done({});
    } else if (was_stopped) {
      done(fail(FailureCode::unavailable, {"同步已停止", "the exchange was stopped"}));
    } else {
      done(tl::make_unexpected(*state_.trouble));
    }
  }

  void enter(LinkPhase phase, std::optional<Failure> trouble) {
    state_.phase = phase;
    state_.trouble = std::move(trouble);
    if (options_.on_change) options_.on_change(state_);
  }

  Loop& loop_;
  ConnectorOptions options_;
  Host& host_;
  TlsContext tls_;
  Mode mode_ = Mode::off;
  LinkState state_;
  sync::Backoff backoff_;
  Loop::Timer retry_;
  std::uint64_t last_number_ = 0;
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<SessionRunner> runner_;
  std::function<void(Status)> done_;  // of run_once
  bool is_in_step_ = false;           // run_once has reached its aim
};

Connector::Connector(Loop& loop, ConnectorOptions options, Host& host)
    : driver_(std::make_shared<Driver>(loop, std::move(options), host)) {}
Connector::~Connector() { driver_->abandon(); }

void Connector::run_once(std::function<void(Status)> done) { driver_->run_once(std::move(done)); }
void Connector::stay_connected() { driver_->stay_connected(); }
void Connector::try_now() { driver_->try_now(); }
void Connector::stop() { driver_->stop(); }
void Connector::journal_grew(const journal::Head& head, bool is_new) { driver_->journal_grew(head, is_new); }
const LinkState& Connector::state() const { return driver_->state(); }

}  // namespace cunzheng::link
