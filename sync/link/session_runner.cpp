#include "sync/link/session_runner.hpp"

#include "shared/base/overloaded.hpp"

#include <utility>

namespace cunzheng::link {
SessionRunner::SessionRunner(sync::Session session, SessionInfo info, Wire& wire, Host& host, FrameTap tap)
    : session_(std::move(session)), info_(std::move(info)), wire_(wire), host_(host), tap_(std::move(tap)) {}

void SessionRunner::link_up(const Hash& binding) { feed(sync::in::LinkUp{binding}); }

void SessionRunner::frame(Bytes frame) {
  if (tap_) tap_({info_.number, false, frame});
  feed(sync::in::FrameArrived{std::move(frame)});
}

void SessionRunner::alive() { feed(sync::in::LinkAlive{}); }
void SessionRunner::timer() { feed(sync::in::TimerFired{}); }
void SessionRunner::leave() { feed(sync::in::Leave{}); }

void SessionRunner::journal_grew(const journal::Head& head, bool is_new) { feed(sync::in::JournalGrew{head, is_new}); }

void SessionRunner::link_down(const Ending& ending) {
  feed(sync::in::LinkDown{});
  is_over_ = true;
  inputs_.clear();
  if (info_.peer) {
    host_.closed(info_, ending);
  } else {
    host_.refused(info_, ending);
  }
}

// Host may answer during the call: what it answers waits until the outputs before it are done.
void SessionRunner::feed(sync::Input input) {
  if (is_over_) return;
  inputs_.push_back(std::move(input));
  if (is_stepping_) return;
  is_stepping_ = true;
  while (!inputs_.empty()) {
    auto next = std::move(inputs_.front());
    inputs_.pop_front();
    auto outputs = session_.step(std::move(next), wire_.now());
    note_peer();
    for (auto& output : outputs) carry_out(std::move(output));
  }
  is_stepping_ = false;
}

void SessionRunner::note_peer() {
  if (info_.peer || !session_.peer()) return;
  info_.peer = session_.peer();
  info_.body = session_.body();
  wire_.peer_is_known();
  host_.opened(info_);
}

void SessionRunner::carry_out(sync::Output output) {
  const auto self = weak_from_this();
  std::visit(Overloaded{
                 [&](sync::out::Send& send) {
                   if (tap_) tap_({info_.number, true, send.frame});
                   wire_.send(std::move(send.frame));
                 },
                 [&](sync::out::Store& store) {
                   host_.store(info_, std::move(store.ranges), [self, ticket = store.ticket](Status result) {
                     if (const auto runner = self.lock()) runner->feed(sync::in::StoreDone{ticket, std::move(result)});
                   });
                 },
                 [&](sync::out::Load& load) {
                   host_.load(info_, load, [self, ticket = load.ticket](Result<std::vector<journal::Range>> ranges) {
                     if (const auto runner = self.lock()) runner->feed(sync::in::LoadDone{ticket, std::move(ranges)});
                   });
                 },
                 [&](sync::out::WakeAt& wake) { wire_.wake_at(wake.at); },
                 [&](sync::out::PeerHolds& place) { host_.peer_holds(info_, place); },
                 [&](sync::out::InStep&) { host_.in_step(info_); },
                 [&](sync::out::Close& close) { wire_.close(std::move(close)); },
                 [&](sync::out::Alarm& alarm) { host_.alarm(info_, alarm); },
             },
             output);
}

}  // namespace cunzheng::link
