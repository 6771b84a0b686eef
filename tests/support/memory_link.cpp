#include "tests/support/memory_link.hpp"

#include "shared/base/verify.hpp"
#include "sync/link/troubles.hpp"

#include <utility>

namespace cunzheng::test {
namespace {

using link::Ending;
using sync::CloseReason;

// One link: two ends, each the other's wire.
class Talk final : public std::enable_shared_from_this<Talk> {
 public:
  Talk(MemoryNetwork& network, const Clock& laptop_clock) : network_(network) {
    laptop_.clock = &laptop_clock;
    hub_.clock = network.hub_clock;
    for (auto* end : {&laptop_, &hub_}) end->talk = this;
    cut_after_ = std::exchange(network.cut_after, std::nullopt);
  }

  void begin(std::shared_ptr<link::SessionRunner> laptop, std::shared_ptr<link::SessionRunner> hub,
             std::function<void(const Ending&)> ended) {
    laptop_.runner = std::move(laptop);
    hub_.runner = hub;
    network_.hub_session = hub;
    ended_ = std::move(ended);
    Hash binding{};
    binding.front() = static_cast<std::uint8_t>(++network_.links);
    hub_.runner->link_up(binding);
    laptop_.runner->link_up(binding);
  }

  link::Wire& laptop_wire() { return laptop_; }
  link::Wire& hub_wire() { return hub_; }

 private:
  struct End final : link::Wire {
    Talk* talk = nullptr;
    const Clock* clock = nullptr;
    std::shared_ptr<link::SessionRunner> runner;

    Instant now() const override { return clock->now(); }
    void send(Bytes frame) override { talk->send(*this, std::move(frame)); }
    void wake_at(Instant) override {}
    void peer_is_known() override {}
    void close(sync::out::Close why) override { talk->close(*this, std::move(why)); }
  };

  End& other(const End& end) { return &end == &laptop_ ? hub_ : laptop_; }

  void send(const End& from, Bytes frame) {
    if (is_closing_) return;
    network_.under_way.push_back([self = shared_from_this(), &to = other(from), frame = std::move(frame)] {
      if (self->is_over_) return;
      if (self->cut_after_ && self->said_++ >= *self->cut_after_) {
        return self->end({Ending::Side::broken, CloseReason::done, failure_of(link::Trouble::lost), "cut"},
                         {Ending::Side::broken, CloseReason::done, failure_of(link::Trouble::lost), "cut"});
      }
      to.runner->frame(frame);
    });
  }

  void close(const End& by, sync::out::Close why) {
    if (std::exchange(is_closing_, true)) return;
    const auto ending = [&](bool is_ours) {
      const auto side = is_ours ? Ending::Side::ours : Ending::Side::peers;
      Ending made{side, why.reason, {}, why.detail};
      if (why.reason != CloseReason::done) made.trouble = failure_of(why.reason, side);
      return made;
    };
    const bool by_laptop = (&by == &laptop_) != why.said_by_peer;
    network_.under_way.push_back(
        [self = shared_from_this(), laptop = ending(by_laptop), hub = ending(!by_laptop)] { self->end(laptop, hub); });
  }

  void end(const Ending& laptop, const Ending& hub) {
    if (std::exchange(is_over_, true)) return;
    is_closing_ = true;
    hub_.runner->link_down(hub);
    laptop_.runner->link_down(laptop);
    hub_.runner.reset();
    laptop_.runner.reset();
    if (const auto ended = std::exchange(ended_, nullptr)) ended(laptop);
  }

  MemoryNetwork& network_;
  End laptop_;
  End hub_;
  std::function<void(const Ending&)> ended_;
  std::optional<std::size_t> cut_after_;
  std::size_t said_ = 0;
  bool is_closing_ = false;
  bool is_over_ = false;
};

// As Connector does: stands between the session and the program's host, and leaves when both are in step.
class MemoryLink final : public link::HubLink, public link::Host {
 public:
  MemoryLink(MemoryNetwork& network, const Clock& clock, link::ConnectorOptions options, link::Host& host)
      : network_(network), clock_(clock), options_(std::move(options)), host_(host) {}

  void run_once(std::function<void(Status)> done) override {
    VERIFY(network_.under_way.empty() && !runner_);
    if (network_.hub == nullptr) {
      state_.trouble = failure_of(link::Trouble::not_reachable);
      return done(tl::make_unexpected(*state_.trouble));
    }
    is_in_step_ = false;
    talk_ = std::make_shared<Talk>(network_, clock_);
    const link::SessionInfo info{network_.links + 1, "memory", options_.body, {}};
    runner_ = std::make_shared<link::SessionRunner>(options_.make_session(), info, talk_->laptop_wire(), *this,
                                                    link::FrameTap{});
    auto hub_session = std::make_shared<link::SessionRunner>(network_.hub->make_session(),
                                                             link::SessionInfo{info.number, "memory", {}, {}},
                                                             talk_->hub_wire(), network_.hub->gate, link::FrameTap{});
    talk_->begin(runner_, std::move(hub_session), [this, done = std::move(done)](const Ending& ending) {
      runner_.reset();
      talk_.reset();
      state_ = {};
      if (is_in_step_) return done({});
      const bool is_done = ending.side != Ending::Side::broken && ending.reason == CloseReason::done;
      state_.trouble = is_done ? failure_of(CloseReason::done, ending.side) : ending.trouble;
      done(tl::make_unexpected(*state_.trouble));
    });
  }

  // The script connects, nothing else does.
  void stay_connected() override { VERIFY(false); }
  void try_now() override {}
  void stop() override {}

  void journal_grew(const journal::Head& head, bool is_new) override {
    if (runner_) runner_->journal_grew(head, is_new);
  }
  const link::LinkState& state() const override { return state_; }

  // ---- Host
  void opened(const link::SessionInfo& session) override {
    state_.phase = link::LinkPhase::connected;
    host_.opened(session);
  }
  void store(const link::SessionInfo& session, std::vector<journal::Range> ranges, Stored done) override {
    host_.store(session, std::move(ranges), std::move(done));
  }
  void load(const link::SessionInfo& session, const sync::out::Load& wanted, Loaded done) override {
    host_.load(session, wanted, std::move(done));
  }
  void peer_holds(const link::SessionInfo& session, const sync::out::PeerHolds& place) override {
    host_.peer_holds(session, place);
  }
  void in_step(const link::SessionInfo& session) override {
    host_.in_step(session);
    if (!std::exchange(is_in_step_, true)) runner_->leave();
  }
  void alarm(const link::SessionInfo& session, const sync::out::Alarm& alarm) override { host_.alarm(session, alarm); }
  void closed(const link::SessionInfo& session, const Ending& ending) override { host_.closed(session, ending); }
  void refused(const link::SessionInfo& session, const Ending& ending) override { host_.refused(session, ending); }

 private:
  MemoryNetwork& network_;
  const Clock& clock_;
  link::ConnectorOptions options_;
  link::Host& host_;
  link::LinkState state_;
  std::shared_ptr<Talk> talk_;
  std::shared_ptr<link::SessionRunner> runner_;
  bool is_in_step_ = false;
};

}  // namespace

void MemoryNetwork::hub_grew(const cunzheng::hub::Growth& growth) {
  const auto session = hub_session.lock();
  if (!session || !session->is_open() || hub == nullptr) return;
  if (hub->directory.in_scope(session->info().body, growth.head.journal)) {
    session->journal_grew(growth.head, growth.is_new);
  }
}

std::unique_ptr<link::HubLink> make_memory_link(MemoryNetwork& network, const Clock& clock,
                                                link::ConnectorOptions options, link::Host& host) {
  return std::make_unique<MemoryLink>(network, clock, std::move(options), host);
}

}  // namespace cunzheng::test
