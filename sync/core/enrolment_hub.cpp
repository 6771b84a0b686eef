#include "shared/base/verify.hpp"
#include "shared/crypto/wipe.hpp"
#include "sync/core/enrolment_messages.hpp"

namespace cunzheng::sync {
namespace {

bool is_alive(const Slip& slip, Instant at) {
  return !slip.is_used && slip.tries <= enrolment_tries_max && at < slip.expires;
}

bool is_well_formed(const Enrolee& enrolee) {
  const auto length = code_points(enrolee.label);  // the archive lets only UTF-8 through
  return length <= enrolee_label_max && !has_control_characters(enrolee.label) &&
         enrolee.details.size() <= enrolee_details_max;
}

EnrolmentRefusal refusal_of(const Failure& failure) {
  switch (failure.code) {
    case FailureCode::refused:
      return EnrolmentRefusal::slip_used;
    case FailureCode::conflict:
      return EnrolmentRefusal::known_key;
    default:
      return EnrolmentRefusal::unavailable;
  }
}

}  // namespace

class HubEnrolment::Machine {
 public:
  Machine(const HubId& hub_id, const SlipBook& book, const ByteArray<32>& nonce, crypto::SymmetricKey decoy)
      : book_(book), key_(std::move(decoy)) {
    transcript_.hub_id = hub_id;
    transcript_.hub_nonce = nonce;
  }

  std::vector<Output> on(in::LinkUp up, Instant now) {
    if (state_ != State::no_link) return {};
    transcript_.binding = up.binding;
    state_ = State::challenged;
    return {out::WakeAt{now + enrolment_ms_max},
            out::Send{enrolling::to_frame(enrolling::Challenge{transcript_.hub_id, transcript_.hub_nonce})}};
  }

  std::vector<Output> on(in::FrameArrived arrived, Instant) {
    switch (state_) {
      case State::challenged:
        return on_locate(arrived.frame);
      case State::proved:
        return on_laptop_proof(arrived.frame);
      case State::over:
        return {};
      case State::no_link:
      case State::counting:
      case State::granting:
        break;
    }
    return close(CloseReason::bad_frame, "a frame nobody asked for");
  }

  // The proof costs a try whether it is made with K or with the decoy, and is sent only after the try is durable.
  std::vector<Output> on(in::TryCounted counted, Instant) {
    if (state_ != State::counting) return {};
    if (!counted.result) return close(CloseReason::store_failed, "the try could not be counted");
    auto& found = counted.result->slip;
    if (found && is_alive(*found, counted.result->at)) {
      body_ = std::move(found->body);
      key_ = std::move(found->key);
      has_slip_ = true;
    }
    state_ = State::proved;
    return {out::Send{
        enrolling::to_frame(enrolling::HubProof{enrolling::prove(key_, enrolling::as_hub, transcript_.digest())})}};
  }

  std::vector<Output> on(in::GrantMade made, Instant) {
    if (state_ != State::granting) return {};
    if (!made.grant) return reject(refusal_of(made.grant.error()));
    VERIFY(made.grant->size() <= grant_bytes_max);
    const auto proof = enrolling::prove(key_, enrolling::as_grant, agreed_, *made.grant);
    auto frame = enrolling::to_frame(enrolling::Grant{proof, *std::move(made.grant)});
    state_ = State::over;
    return {out::Send{std::move(frame)}, out::Close{CloseReason::done, "enrolled"}};
  }

  std::vector<Output> on(in::TimerFired, Instant) {
    return state_ == State::over ? std::vector<Output>{} : close(CloseReason::timeout, "enrolment took too long");
  }

  std::vector<Output> on(in::LinkDown, Instant) {
    state_ = State::over;  // a grant that is being made stays made: the slip is used, the laptop needs another
    return {};
  }

 private:
  enum class State { no_link, challenged, counting, proved, granting, over };

  std::vector<Output> on_locate(ByteView frame) {
    auto locate = enrolling::from_frame<enrolling::Locate>(frame);
    if (!locate || locate->locator.size() != 2) return close(CloseReason::bad_frame, "not a Locate");
    transcript_.locator = std::move(locate->locator);
    transcript_.laptop_nonce = locate->nonce;
    state_ = State::counting;
    return {out::CountTry{transcript_.locator}};
  }

  std::vector<Output> on_laptop_proof(ByteView frame) {
    auto message = enrolling::from_frame<enrolling::LaptopProof>(frame);
    if (!message) return close(CloseReason::bad_frame, "not a LaptopProof");
    agreed_ = enrolling::with_enrolee(transcript_, message->enrolee);
    const bool knows_code =
        crypto::equal_in_constant_time(enrolling::prove(key_, enrolling::as_laptop, agreed_), message->proof);
    // A laptop that goes on after a wrong proof of ours is none of ours: it gets no reason.
    if (!knows_code || !has_slip_) return close(CloseReason::not_admitted, "the laptop's proof is wrong");
    if (const auto refusal = judge(*message)) return reject(*refusal);
    state_ = State::granting;
    return {out::MakeGrant{{transcript_.locator, body_, std::move(message->enrolee)}}};
  }

  std::optional<EnrolmentRefusal> judge(const enrolling::LaptopProof& message) const {
    const auto& enrolee = message.enrolee;
    if (!crypto::check_public_key(enrolee.device_key, "device_key")) return EnrolmentRefusal::weak_key;
    if (!crypto::verify(enrolee.device_key, possession_name, agreed_, message.possession)) {
      return EnrolmentRefusal::weak_key;
    }
    if (!is_well_formed(enrolee)) return EnrolmentRefusal::bad_enrolee;
    if (book_.knows_device(enrolee.device_key)) return EnrolmentRefusal::known_key;
    if (!enrolee.expected_body.empty() && enrolee.expected_body != body_) return EnrolmentRefusal::other_body;
    return std::nullopt;
  }

  std::vector<Output> reject(EnrolmentRefusal reason) {
    const auto proof = enrolling::prove(key_, enrolling::as_rejection, agreed_, enrolling::bytes_of_reason(reason));
    state_ = State::over;
    return {out::Send{enrolling::to_frame(enrolling::Rejected{proof, reason})},
            out::Close{CloseReason::not_admitted, "enrolment refused: " + std::string(codec::name_of(reason))}};
  }

  std::vector<Output> close(CloseReason reason, std::string detail) {
    state_ = State::over;
    return {out::Close{reason, std::move(detail)}};
  }

  const SlipBook& book_;
  State state_ = State::no_link;
  enrolling::Transcript transcript_;
  crypto::SymmetricKey key_;  // the decoy until a good slip is found
  bool has_slip_ = false;
  std::string body_;
  Hash agreed_{};
};

HubEnrolment::HubEnrolment(const HubId& hub_id, const SlipBook& book, const ByteArray<32>& nonce,
                           crypto::SymmetricKey decoy)
    : machine_(std::make_unique<Machine>(hub_id, book, nonce, std::move(decoy))) {}
HubEnrolment::~HubEnrolment() = default;
HubEnrolment::HubEnrolment(HubEnrolment&&) noexcept = default;
HubEnrolment& HubEnrolment::operator=(HubEnrolment&&) noexcept = default;

std::vector<HubEnrolment::Output> HubEnrolment::step(Input input, Instant now) {
  return std::visit([&](auto& each) { return machine_->on(std::move(each), now); }, input);
}

}  // namespace cunzheng::sync
