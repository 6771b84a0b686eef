#pragma once
// Written by the hub, into `office`.

#include "shared/domain/credit.hpp"
#include "shared/domain/person.hpp"
#include "shared/journal/body_frame.hpp"

namespace cunzheng::journal {

struct SlipPrivate {
  ByteArray<32> key{};  // crypto::derive_from_code() of the secret half; the code itself is kept nowhere
  CUNZHENG_FIELDS(CEREAL_NVP(key))
};
struct EnrolmentSlipMade {
  CUNZHENG_BODY(60, 1, SlipPrivate);
  static constexpr const char* name = "EnrolmentSlipMade";

  std::string locator;
  std::string body;
  std::string label;
  Instant expires_at;
  CUNZHENG_FIELDS(CEREAL_NVP(locator), CEREAL_NVP(body), CEREAL_NVP(label), CEREAL_NVP(expires_at))
};
struct EnrolmentTried {
  CUNZHENG_BODY(61, 1, NothingPrivate);
  static constexpr const char* name = "EnrolmentTried";

  bool used = false;      // this try went through: the slip is spent
  crypto::PublicKey key;  // of the device, when used
  CUNZHENG_FIELDS(CEREAL_NVP(used), CEREAL_NVP(key))
};

struct CreditPrivate {
  domain::Person person;
  std::string reason;
  CUNZHENG_FIELDS(CEREAL_NVP(person), CEREAL_NVP(reason))
};
// The organ's dated finding on a commitment, entered by two officers (R79, R80).
struct CreditDecided {
  CUNZHENG_BODY(62, 1, CreditPrivate);
  static constexpr const char* name = "CreditDecided";

  domain::CreditDecision decision;
  std::vector<OfficerSignature> signatures;  // over "credit" and canonical bytes of `decision`
  CUNZHENG_FIELDS(CEREAL_NVP(decision), CEREAL_NVP(signatures))
};

// What became of the case afterwards: recorded, shared, published, repaired, corrected... each an act of its own with
// its authority (R81, R87-R94). Belongs to the subject of the decision.
struct CreditStepTaken {
  CUNZHENG_BODY(63, 1, NothingPrivate);
  static constexpr const char* name = "CreditStepTaken";

  domain::CreditAct act;
  std::vector<OfficerSignature> signatures;  // over "credit-step" and signed_bytes() for the subject
  CUNZHENG_FIELDS(CEREAL_NVP(act), CEREAL_NVP(signatures))

  Bytes signed_bytes(const domain::SubjectId& credit_case) const {
    auto bytes = codec::encode(credit_case);
    append(bytes, codec::encode(act));
    return bytes;
  }
};

}  // namespace cunzheng::journal
