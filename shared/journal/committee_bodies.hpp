#pragma once
// Written by the hub, into `body/<id>`.

#include "shared/domain/commitment.hpp"
#include "shared/domain/office.hpp"
#include "shared/journal/body_frame.hpp"

namespace cunzheng::journal {

// The committee's attributes from a day on; its 12-digit code is one of them and may change.
struct BodyDescribed {
  CUNZHENG_BODY(50, 1, NothingPrivate);
  static constexpr const char* name = "BodyDescribed";

  std::string body;
  std::string full_name;   // "天津市示范区示范镇示范甲村村民委员会" (R3)
  std::string short_name;  // "示范甲村", before 证〔2026〕
  std::string code12;
  std::string credit_code;
  std::string phone;
  CivilDate from;
  CUNZHENG_FIELDS(CEREAL_NVP(body), CEREAL_NVP(full_name), CEREAL_NVP(short_name), CEREAL_NVP(code12),
                  CEREAL_NVP(credit_code), CEREAL_NVP(phone), CEREAL_NVP(from))
};

struct DeviceEnrolled {
  CUNZHENG_BODY(51, 1, NothingPrivate);
  static constexpr const char* name = "DeviceEnrolled";

  crypto::PublicKey key;
  std::string series;  // never given again in this body
  std::string label;   // "A": what people call the laptop
  Instant enrolled_at;
  CUNZHENG_FIELDS(CEREAL_NVP(key), CEREAL_NVP(series), CEREAL_NVP(label), CEREAL_NVP(enrolled_at))
};

enum class RevocationReason : std::uint8_t { replaced, stolen, lost, copied, other };
// What arrives from the journal above last_trusted is stored, quarantined and visible (O9).
struct DeviceRevoked {
  CUNZHENG_BODY(52, 1, NothingPrivate);
  static constexpr const char* name = "DeviceRevoked";

  crypto::PublicKey key;
  std::optional<Head> last_trusted;  // none: nothing of its journal
  RevocationReason reason = RevocationReason::other;
  Instant revoked_at;
  CUNZHENG_FIELDS(CEREAL_NVP(key), CEREAL_NVP(last_trusted), CEREAL_NVP(reason), CEREAL_NVP(revoked_at))
};

struct OfficerAppointed {
  CUNZHENG_BODY(53, 1, OfficerKeyPrivate);
  static constexpr const char* name = "OfficerAppointed";

  domain::Appointment appointment;
  crypto::PublicKey key;
  CUNZHENG_FIELDS(CEREAL_NVP(appointment), CEREAL_NVP(key))
};

// The hub holds everything of that journal up to seq, durably. No proof of storage for ever (O8).
struct Received {
  CUNZHENG_BODY(54, 1, NothingPrivate);
  static constexpr const char* name = "Received";

  Head head;
  CUNZHENG_FIELDS(CEREAL_NVP(head))
};

enum class RulingOutcome : std::uint8_t { stands, confirmed_as_fallback, to_be_reissued, revoked, no_objection };
// A person's decision on a finding, with reason (R100).
struct RulingMade {
  CUNZHENG_BODY(55, 1, ReasonPrivate);
  static constexpr const char* name = "RulingMade";

  domain::FindingId finding;
  RulingOutcome outcome = RulingOutcome::stands;
  domain::OfficerId officer;
  crypto::Signature signature;  // over "ruling" and canonical bytes of (finding, outcome)
  CivilDate decided_on;
  CUNZHENG_FIELDS(CEREAL_NVP(finding), CEREAL_NVP(outcome), CEREAL_NVP(officer), CEREAL_NVP(signature),
                  CEREAL_NVP(decided_on))

  Bytes signed_bytes() const {
    auto bytes = codec::encode(finding);
    append(bytes, codec::encode(outcome));
    return bytes;
  }
};

// The hub has looked at a commitment (O5, scenario of a record unknown to the laptop).
struct CommitmentAnswered {
  CUNZHENG_BODY(56, 1, NothingPrivate);
  static constexpr const char* name = "CommitmentAnswered";

  domain::CommitmentState state = domain::CommitmentState::provisional;
  CivilDate answered_on;
  CUNZHENG_FIELDS(CEREAL_NVP(state), CEREAL_NVP(answered_on))
};

enum class ErasureReason : std::uint8_t { retention_ended, ordered_by_authority, replaced_list };
// Makes every holder delete the private part of `entry`. Belongs to the subject of that entry, and stands in the hub's
// journal that reaches the holders: body/<id>, for a list `district`, for a credit case `office`.
struct PrivatePartErased {
  CUNZHENG_BODY(57, 1, ReasonPrivate);
  static constexpr const char* name = "PrivatePartErased";

  EntryId entry;
  JournalId journal;
  std::uint64_t seq = 0;
  ErasureReason reason = ErasureReason::retention_ended;
  std::string authority;  // office that decided, and its document number
  CUNZHENG_FIELDS(CEREAL_NVP(entry), CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(reason), CEREAL_NVP(authority))
};

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::RevocationReason> {
  static constexpr std::array names{"replaced", "stolen", "lost", "copied", "other"};
};
template <>
struct EnumNames<journal::RulingOutcome> {
  static constexpr std::array names{"stands", "confirmed_as_fallback", "to_be_reissued", "revoked", "no_objection"};
};
template <>
struct EnumNames<journal::ErasureReason> {
  static constexpr std::array names{"retention_ended", "ordered_by_authority", "replaced_list"};
};
}  // namespace cunzheng::codec
