#include "sync/link/hub_enrolment_talk.hpp"

#include "shared/base/overloaded.hpp"

#include <utility>

namespace cunzheng::link {
HubEnrolmentTalk::HubEnrolmentTalk(std::uint64_t number, sync::HubEnrolment machine, sync::SlipBook& book, Wire& wire,
                                   FrameTap tap)
    : number_(number), machine_(std::move(machine)), book_(book), wire_(wire), tap_(std::move(tap)) {}

void HubEnrolmentTalk::link_up(const Hash& binding) { feed(sync::in::LinkUp{binding}); }

void HubEnrolmentTalk::frame(Bytes frame) {
  if (tap_) tap_({number_, false, frame});
  feed(sync::in::FrameArrived{std::move(frame)});
}

void HubEnrolmentTalk::timer() { feed(sync::in::TimerFired{}); }

void HubEnrolmentTalk::leave() { wire_.close({sync::CloseReason::done, "the hub leaves"}); }

void HubEnrolmentTalk::link_down(const Ending&) {
  feed(sync::in::LinkDown{});
  is_over_ = true;
  inputs_.clear();
}

void HubEnrolmentTalk::feed(sync::HubEnrolment::Input input) {
  if (is_over_) return;
  inputs_.push_back(std::move(input));
  if (is_stepping_) return;
  is_stepping_ = true;
  while (!inputs_.empty()) {
    auto next = std::move(inputs_.front());
    inputs_.pop_front();
    for (auto& output : machine_.step(std::move(next), wire_.now())) carry_out(std::move(output));
  }
  is_stepping_ = false;
}

void HubEnrolmentTalk::carry_out(sync::HubEnrolment::Output output) {
  const auto self = weak_from_this();
  std::visit(Overloaded{
                 [&](sync::out::Send& send) {
                   if (tap_) tap_({number_, true, send.frame});
                   wire_.send(std::move(send.frame));
                 },
                 [&](sync::out::WakeAt& wake) { wire_.wake_at(wake.at); },
                 [&](sync::out::CountTry& count) {
                   book_.count_try(count.locator, [self](Result<sync::CountedTry> counted) {
                     if (const auto talk = self.lock()) talk->feed(sync::in::TryCounted{std::move(counted)});
                   });
                 },
                 [&](sync::out::MakeGrant& make) {
                   book_.grant(std::move(make.request), [self](Result<Bytes> grant) {
                     if (const auto talk = self.lock()) talk->feed(sync::in::GrantMade{std::move(grant)});
                   });
                 },
                 [&](sync::out::Close& close) { wire_.close(std::move(close)); },
             },
             output);
}

}  // namespace cunzheng::link
