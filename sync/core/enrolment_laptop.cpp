#include "shared/crypto/wipe.hpp"
#include "sync/core/enrolment_messages.hpp"

namespace cunzheng::sync {
namespace {

Failure failure(FailureCode code, Text what, std::string field = {}) {
  return {code, std::move(what), std::move(field), {}};
}

// One sentence for a wrong code, a dead slip and a relay in the middle: from here they look alike.
Failure not_accepted() {
  return failure(
      FailureCode::refused,
      {"登记码未被接受：可能输错、已用过、已过期或试过太多次，也可能连到的不是区中心。请核对登记码和中心地址；"
       "仍不行，请向区中心领取新的登记单",
       "code not accepted: wrong, used, expired or tried too often, or this is not the district's hub. "
       "Check the code and the hub's address; if that does not help, ask the district for a new slip"},
      "code");
}

Failure not_our_protocol() {
  return failure(
      FailureCode::unreadable,
      {"对方的答复不符合登记协议，可能不是区中心，请核对中心地址",
       "the answer does not follow the enrolment protocol: this may not be the district's hub, check its address"},
      "hub");
}

Failure answer_not_authentic() {
  return failure(FailureCode::refused,
                 {"区中心的答复未通过核验，登记没有完成，请向区中心领取新的登记单",
                  "the hub's answer failed its check and enrolment is not done: ask the district for a new slip"},
                 "hub");
}

Failure rejected(EnrolmentRefusal reason) {
  switch (reason) {
    case EnrolmentRefusal::weak_key:
      return failure(
          FailureCode::refused,
          {"区中心认为本机新生成的密钥不可靠，请重新登记；反复出现请报修",
           "the hub holds this laptop's new key to be unsafe: enrol again; if it comes back, have it repaired"},
          "device_key");
    case EnrolmentRefusal::known_key:
      return failure(
          FailureCode::conflict,
          {"这把设备密钥已经登记过（可能是复制的电脑或重复登记），请用新密钥重新登记",
           "this device key is enrolled already (a copied laptop, or a second try): enrol again with a new key"},
          "device_key");
    case EnrolmentRefusal::other_body:
      return failure(FailureCode::refused,
                     {"这张登记单是发给另一个村（居）委会的，请核对所选单位",
                      "this slip was issued for another committee: check which one was chosen"},
                     "expected_body");
    case EnrolmentRefusal::bad_enrolee:
      return failure(
          FailureCode::bad_input,
          {"设备名称最多64个字符且不含控制字符，请修改后重新登记",
           "the device's name may have 64 characters and no control characters: change it and enrol again"},
          "label");
    case EnrolmentRefusal::slip_used:
      return failure(FailureCode::refused,
                     {"这张登记单刚刚被另一台电脑用掉。若不是本单位的电脑，请立即告知区中心",
                      "another laptop has just used this slip. If it was not one of yours, tell the district at once"},
                     "code");
    case EnrolmentRefusal::unavailable:
      break;
  }
  return failure(FailureCode::unavailable,
                 {"区中心暂时无法登记，登记单仍然有效，请稍后再试",
                  "the hub cannot enrol anybody just now; the slip stays valid, try again later"});
}

}  // namespace

class LaptopEnrolment::Machine {
 public:
  Machine(EnrolmentCode code, Enrolee enrolee, SignPossession sign, const ByteArray<32>& nonce)
      : code_(std::move(code)), enrolee_(std::move(enrolee)), sign_(std::move(sign)) {
    transcript_.locator = code_.locator();
    transcript_.laptop_nonce = nonce;
  }

  std::vector<Output> on(in::LinkUp up, Instant now) {
    if (state_ != State::no_link) return {};
    transcript_.binding = up.binding;
    state_ = State::unchallenged;
    return {out::WakeAt{now + enrolment_ms_max}};
  }

  std::vector<Output> on(in::FrameArrived arrived, Instant) {
    switch (state_) {
      case State::unchallenged:
        return on_challenge(arrived.frame);
      case State::asking:
        // The proof may come before the stretching is done: it waits.
        if (hub_proof_) break;
        if (const auto proof = enrolling::from_frame<enrolling::HubProof>(arrived.frame)) {
          hub_proof_ = proof->proof;
          return answer_if_proved();
        }
        break;
      case State::answered:
        return on_answer(arrived.frame);
      case State::no_link:
      case State::over:
        break;
    }
    return state_ == State::over ? std::vector<Output>{} : stop(not_our_protocol());
  }

  std::vector<Output> on(in::CodeStretched stretched, Instant) {
    if (state_ != State::asking || key_) return {};
    if (!stretched.key) return stop(std::move(stretched.key).error());
    key_ = *std::move(stretched.key);
    return answer_if_proved();
  }

  std::vector<Output> on(in::TimerFired, Instant) {
    if (state_ == State::over) return {};
    return stop(failure(FailureCode::unavailable, {"区中心没有及时答复，请检查网络后再试",
                                                   "the hub did not answer in time: check the network and try again"}));
  }

  std::vector<Output> on(in::LinkDown, Instant) {
    if (state_ == State::over) return {};
    if (state_ == State::answered) {
      return stop(failure(FailureCode::unavailable,
                          {"等待区中心登记时连接断开。请先用同一登记码再试一次；若不被接受，请向区中心领取新的登记单",
                           "the connection broke while the hub was enrolling this laptop. Try the same code once more; "
                           "if it is not accepted, ask the district for a new slip"}));
    }
    return stop(failure(
        FailureCode::unavailable,
        {"与区中心的连接断开，请检查网络后再试", "the connection to the hub broke: check the network and try again"}));
  }

  bool has_proof_of_hub() const { return proved_; }

 private:
  enum class State { no_link, unchallenged, asking, answered, over };

  std::vector<Output> on_challenge(ByteView frame) {
    const auto challenge = enrolling::from_frame<enrolling::Challenge>(frame);
    if (!challenge) return stop(not_our_protocol());
    transcript_.hub_id = challenge->hub_id;
    transcript_.hub_nonce = challenge->nonce;
    state_ = State::asking;
    return {out::Send{enrolling::to_frame(enrolling::Locate{transcript_.locator, transcript_.laptop_nonce})},
            out::StretchCode{challenge->hub_id}};
  }

  // Nothing of value leaves before the hub has shown that it knows the code on this very connection.
  std::vector<Output> answer_if_proved() {
    if (!key_ || !hub_proof_) return {};
    const auto expected = enrolling::prove(*key_, enrolling::as_hub, transcript_.digest());
    if (!crypto::equal_in_constant_time(expected, *hub_proof_)) return stop(not_accepted());
    proved_ = true;
    agreed_ = enrolling::with_enrolee(transcript_, enrolee_);
    state_ = State::answered;
    return {out::Send{enrolling::to_frame(
        enrolling::LaptopProof{enrolling::prove(*key_, enrolling::as_laptop, agreed_), enrolee_, sign_(agreed_)})}};
  }

  std::vector<Output> on_answer(ByteView frame) {
    const auto is_proof = [&](std::string_view role, ByteView bytes, const Hash& proof) {
      return crypto::equal_in_constant_time(enrolling::prove(*key_, role, agreed_, bytes), proof);
    };
    if (enrolling::is_frame_of<enrolling::Rejected>(frame)) {
      const auto message = enrolling::from_frame<enrolling::Rejected>(frame);
      if (!message) return stop(not_our_protocol());
      const auto reason = enrolling::bytes_of_reason(message->reason);
      if (!is_proof(enrolling::as_rejection, reason, message->proof)) return stop(answer_not_authentic());
      return stop(rejected(message->reason));
    }
    auto message = enrolling::from_frame<enrolling::Grant>(frame);
    if (!message) return stop(not_our_protocol());
    if (message->grant.size() > grant_bytes_max) return stop(not_our_protocol());
    if (!is_proof(enrolling::as_grant, message->grant, message->proof)) return stop(answer_not_authentic());
    state_ = State::over;
    return {out::Enrolled{std::move(message->grant), transcript_.hub_id}, out::Close{CloseReason::done, {}}};
  }

  std::vector<Output> stop(Failure why) {
    state_ = State::over;
    return {out::EnrolmentFailed{std::move(why)}, out::Close{CloseReason::done, "enrolment failed"}};
  }

  EnrolmentCode code_;
  Enrolee enrolee_;
  SignPossession sign_;
  State state_ = State::no_link;
  enrolling::Transcript transcript_;
  std::optional<crypto::SymmetricKey> key_;
  std::optional<Hash> hub_proof_;
  bool proved_ = false;
  Hash agreed_{};
};

LaptopEnrolment::LaptopEnrolment(EnrolmentCode code, Enrolee enrolee, SignPossession sign, const ByteArray<32>& nonce)
    : machine_(std::make_unique<Machine>(std::move(code), std::move(enrolee), std::move(sign), nonce)) {}
LaptopEnrolment::~LaptopEnrolment() = default;
LaptopEnrolment::LaptopEnrolment(LaptopEnrolment&&) noexcept = default;
LaptopEnrolment& LaptopEnrolment::operator=(LaptopEnrolment&&) noexcept = default;

std::vector<LaptopEnrolment::Output> LaptopEnrolment::step(Input input, Instant now) {
  return std::visit([&](auto& each) { return machine_->on(std::move(each), now); }, input);
}

bool LaptopEnrolment::has_proof_of_hub() const { return machine_->has_proof_of_hub(); }

}  // namespace cunzheng::sync
