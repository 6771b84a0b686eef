#include "sync/link/enroller.hpp"

#include "shared/base/overloaded.hpp"
#include "sync/link/connection.hpp"
#include "sync/link/troubles.hpp"

#include <thread>
#include <utility>

namespace cunzheng::link {
namespace {

using StretchedKey = Result<crypto::SymmetricKey>;

}  // namespace

class Enroller::Driver final : public Talk, public std::enable_shared_from_this<Driver> {
 public:
  Driver(Loop& loop, EnrollerOptions options, std::function<void(Result<Enrolled>)> done)
      : loop_(loop),
        options_(std::move(options)),
        done_(std::move(done)),
        machine_(options_.code, options_.enrolee, options_.sign, draw<32>(*options_.random)) {}
  ~Driver() override {
    if (stretching_.joinable()) stretching_.join();
  }

  void connect() {
    const auto weak = weak_from_this();
    ConnectionOptions options;
    options.loop = &loop_;
    options.limits = options_.limits;
    options.make_talk = [weak](Wire& wire, const std::string&, const std::optional<Pin>& peer) {
      const auto driver = weak.lock();
      if (driver) {
        driver->wire_ = &wire;
        driver->hub_pin_ = peer.value_or(Pin{});
      }
      return driver;
    };
    options.on_end = [weak](const Ending& ending) {
      if (const auto driver = weak.lock()) driver->ended(ending);
    };
    connection_ = open_connection(std::move(options), options_.hub.host, options_.hub.port, TlsContext::unpinned(),
                                  enrol_protocol);
  }

  void abandon() {
    done_ = nullptr;
    if (const auto connection = std::exchange(connection_, nullptr)) connection->abandon();
  }

  // ---- Talk

  void link_up(const Hash& binding) override { feed(sync::in::LinkUp{binding}); }
  void frame(Bytes frame) override {
    if (options_.tap) options_.tap({1, false, frame});
    feed(sync::in::FrameArrived{std::move(frame)});
  }
  void alive() override {}
  void timer() override { feed(sync::in::TimerFired{}); }
  void leave() override { wire_->close({sync::CloseReason::done, "given up"}); }
  void link_down(const Ending& ending) override {
    // A hub that says what is wrong with it is believed; that it admits nobody is what the machine's sentence is for.
    const bool hub_said_why = ending.side == Ending::Side::peers && ending.reason == sync::CloseReason::store_failed;
    if (!outcome_ && hub_said_why) outcome_ = tl::make_unexpected(ending.trouble);
    feed(sync::in::LinkDown{});
    wire_ = nullptr;
  }

 private:
  void feed(sync::LaptopEnrolment::Input input) {
    if (wire_ == nullptr) return;
    for (auto& output : machine_.step(std::move(input), wire_->now())) carry_out(std::move(output));
    if (machine_.has_proof_of_hub()) wire_->peer_is_known();
  }

  void carry_out(sync::LaptopEnrolment::Output output) {
    std::visit(Overloaded{
                   [&](sync::out::Send& send) {
                     if (options_.tap) options_.tap({1, true, send.frame});
                     wire_->send(std::move(send.frame));
                   },
                   [&](sync::out::WakeAt& wake) { wire_->wake_at(wake.at); },
                   [&](sync::out::StretchCode& stretch) { start_stretching(stretch.hub_id); },
                   [&](sync::out::Enrolled& enrolled) {
                     outcome_ = Enrolled{std::move(enrolled.grant), enrolled.hub_id, hub_pin_};
                   },
                   [&](sync::out::EnrolmentFailed& failed) {
                     if (!outcome_) outcome_ = tl::make_unexpected(std::move(failed.failure));
                   },
                   [&](sync::out::Close& close) { wire_->close(std::move(close)); },
               },
               output);
  }

  // Once in an enrolment; the answer comes back over the loop, unless nobody waits for it any more.
  void start_stretching(const sync::HubId& hub_id) {
    stretching_ = std::thread([&loop = loop_, weak = weak_from_this(), code = options_.code, hub_id] {
      auto key = std::make_shared<StretchedKey>(code.stretch(hub_id));
      loop.post([weak, key = std::move(key)] {
        if (const auto driver = weak.lock()) driver->feed(sync::in::CodeStretched{std::move(*key)});
      });
    });
  }

  void ended(const Ending& ending) {
    connection_.reset();
    if (!outcome_) outcome_ = tl::make_unexpected(ending.trouble);
    if (const auto done = std::exchange(done_, nullptr)) done(*std::move(outcome_));
  }

  Loop& loop_;
  EnrollerOptions options_;
  std::function<void(Result<Enrolled>)> done_;
  sync::LaptopEnrolment machine_;
  std::shared_ptr<Connection> connection_;
  Wire* wire_ = nullptr;  // while the link is up
  Pin hub_pin_{};
  std::optional<Result<Enrolled>> outcome_;
  std::thread stretching_;
};

Enroller::Enroller(Loop& loop, EnrollerOptions options, std::function<void(Result<Enrolled>)> done)
    : driver_(std::make_shared<Driver>(loop, std::move(options), std::move(done))) {
  driver_->connect();
}
Enroller::~Enroller() { driver_->abandon(); }

}  // namespace cunzheng::link
