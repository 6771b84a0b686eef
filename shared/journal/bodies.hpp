#pragma once
// What entries say: one struct per body kind, named in the past tense, and the struct of its private part.
// FORMAT.md section 4 lists kinds, versions and who writes them. A body never changes: a new shape is a new version.
// Which field is body and which is private follows one rule: what can name or describe a person, or take free text,
// is private; ids, codes of closed lists, dates of acts, numbers and names of units are body.

#include "shared/codec/archive.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/domain/application.hpp"
#include "shared/domain/commitment.hpp"
#include "shared/domain/credit.hpp"
#include "shared/domain/deliberation.hpp"
#include "shared/domain/identifiers.hpp"
#include "shared/domain/office.hpp"
#include "shared/journal/entry.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::journal {

// Nothing private: the private part is its salt alone.
struct NothingPrivate {
  template <class Archive>
  void serialize(Archive&) {}
};

// A person's own signature, by the key in that person's keyslot.
struct OfficerSignature {
  domain::OfficerId officer;
  crypto::Signature signature;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(officer), CEREAL_NVP(signature));
  }
};

#define CUNZHENG_BODY(kind_number, kind_version, private_type) \
  static constexpr std::uint16_t kind = kind_number;           \
  static constexpr std::uint16_t version = kind_version;       \
  using Private = private_type

#define CUNZHENG_FIELDS(...)         \
  template <class Archive>           \
  void serialize(Archive& archive) { \
    archive(__VA_ARGS__);            \
  }

// ---- every journal's first entry

enum class JournalKind : std::uint8_t { device, district, body, office };

struct JournalOpened {
  CUNZHENG_BODY(1, 1, NothingPrivate);
  static constexpr const char* name = "JournalOpened";

  JournalKind journal_kind = JournalKind::device;
  std::string body;         // device, body: the committee's id; else empty
  crypto::PublicKey key;    // signs this journal's heads
  std::string series;       // device: its letter, "A"
  std::uint32_t epoch = 0;  // hub journals: from 1
  ByteArray<16> nonce{};
  std::optional<Head> predecessor;  // the journal this one goes on from, and where that one ended
  CUNZHENG_FIELDS(CEREAL_NVP(journal_kind), CEREAL_NVP(body), CEREAL_NVP(key), CEREAL_NVP(series), CEREAL_NVP(epoch),
                  CEREAL_NVP(nonce), CEREAL_NVP(predecessor))
};

// ---- written by a laptop, into its device journal

struct OfficerKeyPrivate {
  std::string name;
  CUNZHENG_FIELDS(CEREAL_NVP(name))
};
struct OfficerKeyMade {
  CUNZHENG_BODY(10, 1, OfficerKeyPrivate);
  static constexpr const char* name = "OfficerKeyMade";

  domain::OfficerId officer;
  crypto::PublicKey key;
  crypto::Signature possession;  // by that key over "officer-key" and the device journal's id
  CUNZHENG_FIELDS(CEREAL_NVP(officer), CEREAL_NVP(key), CEREAL_NVP(possession))
};

struct ApplicationPrivate {
  domain::Person applicant;
  std::string requested_name;
  std::string requester_name;  // of an individual; a unit's name is in the body
  std::string basis_cited;
  std::string purpose_text;
  std::map<std::string, std::string> facts;
  bool legal_risk = false;  // says of what kind the matter is: property, a lawsuit, a minor (R51)
  CUNZHENG_FIELDS(CEREAL_NVP(applicant), CEREAL_NVP(requested_name), CEREAL_NVP(requester_name),
                  CEREAL_NVP(basis_cited), CEREAL_NVP(purpose_text), CEREAL_NVP(facts), CEREAL_NVP(legal_risk))
};
// Opens the subject of a certificate or of a refusal.
struct ApplicationOpened {
  CUNZHENG_BODY(11, 1, ApplicationPrivate);
  static constexpr const char* name = "ApplicationOpened";

  domain::ItemId item;  // empty: in no list
  domain::PurposeCode purpose;
  domain::RequesterKind requester_kind;
  std::string requesting_unit;  // empty: an individual asks, named in the private part
  CivilDate applied_on;
  bool evidence_at_hand = true;
  domain::FallbackCause fallback_cause = domain::FallbackCause::none;
  std::optional<CivilDate> due_on;
  CUNZHENG_FIELDS(CEREAL_NVP(item), CEREAL_NVP(purpose), CEREAL_NVP(requester_kind), CEREAL_NVP(requesting_unit),
                  CEREAL_NVP(applied_on), CEREAL_NVP(evidence_at_hand), CEREAL_NVP(fallback_cause), CEREAL_NVP(due_on))
};

struct CertificatePrivate {
  std::string text;  // as printed; what handler and head signed (domain/certificate_text.hpp)
  std::string verification_text;
  crypto::Signature handler_signature;  // over "certificate" and `text`
  crypto::Signature head_signature;
  CUNZHENG_FIELDS(CEREAL_NVP(text), CEREAL_NVP(verification_text), CEREAL_NVP(handler_signature),
                  CEREAL_NVP(head_signature))
};
// Takes the next number of the device's series: the number is taken by this entry, before printing (O3, R104).
struct CertificateIssued {
  CUNZHENG_BODY(12, 1, CertificatePrivate);
  static constexpr const char* name = "CertificateIssued";

  domain::CertificateNumber number;
  domain::ItemId item;
  std::uint32_t catalogue_revision = 0;
  CivilDate issued_on;
  std::optional<CivilDate> valid_until;
  std::uint32_t copies = 1;
  domain::OfficerId handler;
  domain::OfficerId head;
  std::optional<domain::OfficerId> seal_keeper;
  std::optional<CivilDate> verified_on;
  bool as_fallback = false;
  domain::DeliberationEvidence deliberation = domain::DeliberationEvidence::none;
  std::string deliberation_code;  // check code of the minutes (O7); empty: none
  CUNZHENG_FIELDS(CEREAL_NVP(number), CEREAL_NVP(item), CEREAL_NVP(catalogue_revision), CEREAL_NVP(issued_on),
                  CEREAL_NVP(valid_until), CEREAL_NVP(copies), CEREAL_NVP(handler), CEREAL_NVP(head),
                  CEREAL_NVP(seal_keeper), CEREAL_NVP(verified_on), CEREAL_NVP(as_fallback), CEREAL_NVP(deliberation),
                  CEREAL_NVP(deliberation_code))
};

enum class SpoilKind : std::uint8_t { printed_badly, not_printed, filled_in_wrongly, other };
struct ReasonPrivate {
  std::string reason;
  CUNZHENG_FIELDS(CEREAL_NVP(reason))
};
struct CertificateSpoiled {
  CUNZHENG_BODY(13, 1, ReasonPrivate);
  static constexpr const char* name = "CertificateSpoiled";

  SpoilKind spoil_kind = SpoilKind::printed_badly;
  CivilDate spoiled_on;
  domain::OfficerId handler;
  CUNZHENG_FIELDS(CEREAL_NVP(spoil_kind), CEREAL_NVP(spoiled_on), CEREAL_NVP(handler))
};

struct ApplicationRefused {
  CUNZHENG_BODY(14, 1, ReasonPrivate);
  static constexpr const char* name = "ApplicationRefused";

  domain::RefusalReason reason = domain::RefusalReason::not_listed;
  std::string rule;
  std::uint32_t catalogue_revision = 0;
  CivilDate refused_on;
  domain::OfficerId handler;
  bool fallback_possible = false;
  CUNZHENG_FIELDS(CEREAL_NVP(reason), CEREAL_NVP(rule), CEREAL_NVP(catalogue_revision), CEREAL_NVP(refused_on),
                  CEREAL_NVP(handler), CEREAL_NVP(fallback_possible))
};

struct DeliberationPrivate {
  domain::MinutesPrivate minutes;
  crypto::Signature head_signature;  // over "minutes" and the canonical bytes of the Minutes
  CUNZHENG_FIELDS(CEREAL_NVP(minutes), CEREAL_NVP(head_signature))
};
struct DeliberationRecorded {
  CUNZHENG_BODY(15, 1, DeliberationPrivate);
  static constexpr const char* name = "DeliberationRecorded";

  domain::Minutes minutes;
  domain::OfficerId handler;
  domain::OfficerId head;
  CUNZHENG_FIELDS(CEREAL_NVP(minutes), CEREAL_NVP(handler), CEREAL_NVP(head))
};

enum class InquiryAnswer : std::uint8_t { guide_given, right_way_given, question_passed_on };
struct InquiryPrivate {
  std::string question;
  std::string answer;
  CUNZHENG_FIELDS(CEREAL_NVP(question), CEREAL_NVP(answer))
};
struct InquiryRecorded {
  CUNZHENG_BODY(16, 1, InquiryPrivate);
  static constexpr const char* name = "InquiryRecorded";

  domain::ItemId item;  // empty: about nothing on the lists
  std::uint32_t catalogue_revision = 0;
  CivilDate asked_on;
  InquiryAnswer answer = InquiryAnswer::guide_given;
  domain::OfficerId handler;
  CUNZHENG_FIELDS(CEREAL_NVP(item), CEREAL_NVP(catalogue_revision), CEREAL_NVP(asked_on), CEREAL_NVP(answer),
                  CEREAL_NVP(handler))
};

struct CommitmentPrivate {
  domain::Person person;
  std::string text;                                                      // the seven parts as signed
  std::string facts;                                                     // what is promised to be true
  domain::ExclusionAnswer exclusion = domain::ExclusionAnswer::no_list;  // a credit matter of a person: private
  CUNZHENG_FIELDS(CEREAL_NVP(person), CEREAL_NVP(text), CEREAL_NVP(facts), CEREAL_NVP(exclusion))
};
// Always provisional until the hub has looked (O5). The counter-party is the deciding organ (R70).
struct CommitmentMade {
  CUNZHENG_BODY(17, 1, CommitmentPrivate);
  static constexpr const char* name = "CommitmentMade";

  std::string organ;
  std::string matter;
  domain::ItemId item;  // what need not be proved now; may be empty
  CivilDate made_on;
  std::uint32_t exclusion_list_revision = 0;  // 0: none held
  bool choice_explained = true;               // R72
  domain::OfficerId explained_by;
  CUNZHENG_FIELDS(CEREAL_NVP(organ), CEREAL_NVP(matter), CEREAL_NVP(item), CEREAL_NVP(made_on),
                  CEREAL_NVP(exclusion_list_revision), CEREAL_NVP(choice_explained), CEREAL_NVP(explained_by))
};

// ---- written by the hub, into `district`

struct CertifiedOfficer {
  domain::OfficerId officer;
  crypto::PublicKey key;
  std::string name;  // a public servant of the district, named in office
  CUNZHENG_FIELDS(CEREAL_NVP(officer), CEREAL_NVP(key), CEREAL_NVP(name))
};
// What the root key certifies. A later statement (higher `number`) replaces an earlier one.
struct HubStatement {
  std::uint32_t number = 1;
  std::string district_name;
  crypto::PublicKey hub_key;            // signs the hub's journals
  std::vector<ByteArray<32>> tls_pins;  // SHA-256 of the public key info: the one in use and a spare
  Instant from;
  Instant to;
  std::vector<CertifiedOfficer> officers;
  std::uint32_t signatures_needed = 2;  // for catalogue, exclusions, credit
  CUNZHENG_FIELDS(CEREAL_NVP(number), CEREAL_NVP(district_name), CEREAL_NVP(hub_key), CEREAL_NVP(tls_pins),
                  CEREAL_NVP(from), CEREAL_NVP(to), CEREAL_NVP(officers), CEREAL_NVP(signatures_needed))
};
struct HubCertified {
  CUNZHENG_BODY(40, 1, NothingPrivate);
  static constexpr const char* name = "HubCertified";

  Bytes statement;            // canonical bytes of HubStatement
  crypto::Signature by_root;  // over "hub-statement" and those bytes
  CUNZHENG_FIELDS(CEREAL_NVP(statement), CEREAL_NVP(by_root))
};

enum class DataKind : std::uint8_t { catalogue, calendar, quorums, commitment_forms };
// Signed data of the district: catalogue revisions and what goes with them (R103).
struct DataPublished {
  CUNZHENG_BODY(41, 1, NothingPrivate);
  static constexpr const char* name = "DataPublished";

  DataKind data_kind = DataKind::catalogue;
  std::uint32_t revision = 0;  // strictly increasing per kind (R102)
  CivilDate effective_from;
  Instant published_at;
  Bytes content;                             // canonical bytes of Catalogue, CalendarData, QuorumTable, CommitmentForms
  std::vector<OfficerSignature> signatures;  // over "published" and signed_bytes()
  CUNZHENG_FIELDS(CEREAL_NVP(data_kind), CEREAL_NVP(revision), CEREAL_NVP(effective_from), CEREAL_NVP(published_at),
                  CEREAL_NVP(content), CEREAL_NVP(signatures))

  // Everything but the signatures.
  Bytes signed_bytes() const {
    auto unsigned_copy = *this;
    unsigned_copy.signatures.clear();
    return codec::encode(unsigned_copy);
  }
};

struct ExclusionPrivate {
  domain::ExclusionList list;
  CUNZHENG_FIELDS(CEREAL_NVP(list))
};
// The list itself is the private part: a newer list makes holders delete the older (R91).
struct ExclusionListPublished {
  CUNZHENG_BODY(42, 1, ExclusionPrivate);
  static constexpr const char* name = "ExclusionListPublished";

  std::uint32_t revision = 0;
  Instant published_at;
  Hash list_digest{};                        // tagged_hash("exclusion-list", canonical bytes of the list)
  std::vector<OfficerSignature> signatures;  // over "exclusions" and signed_bytes()
  CUNZHENG_FIELDS(CEREAL_NVP(revision), CEREAL_NVP(published_at), CEREAL_NVP(list_digest), CEREAL_NVP(signatures))

  Bytes signed_bytes() const {
    auto unsigned_copy = *this;
    unsigned_copy.signatures.clear();
    return codec::encode(unsigned_copy);
  }
};

// Once a day: one hash over the ends of all journals, for auditors.
struct Checkpoint {
  CUNZHENG_BODY(43, 1, NothingPrivate);
  static constexpr const char* name = "Checkpoint";

  CivilDate day;
  std::uint64_t journals = 0;
  Hash root{};  // tagged_hash("checkpoint", canonical bytes of all heads by journal id)
  CUNZHENG_FIELDS(CEREAL_NVP(day), CEREAL_NVP(journals), CEREAL_NVP(root))
};

// ---- written by the hub, into `body/<id>`

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

// ---- written by the hub, into `office`

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

#undef CUNZHENG_BODY
#undef CUNZHENG_FIELDS

template <class... Bodies>
struct BodyList {};
using AllBodies = BodyList<JournalOpened, OfficerKeyMade, ApplicationOpened, CertificateIssued, CertificateSpoiled,
                           ApplicationRefused, DeliberationRecorded, InquiryRecorded, CommitmentMade, HubCertified,
                           DataPublished, ExclusionListPublished, Checkpoint, BodyDescribed, DeviceEnrolled,
                           DeviceRevoked, OfficerAppointed, Received, RulingMade, CommitmentAnswered, PrivatePartErased,
                           EnrolmentSlipMade, EnrolmentTried, CreditDecided, CreditStepTaken>;

// Where a kind may stand: kinds are numbered by their writer. A laptop that writes a ruling says nothing.
constexpr bool may_stand_in(BodyKind kind, JournalKind journal) {
  const auto number = kind.value();
  if (number == JournalOpened::kind) return true;
  if (number == PrivatePartErased::kind) return journal != JournalKind::device;
  if (number < 40) return journal == JournalKind::device;
  if (number < 50) return journal == JournalKind::district;
  if (number < 60) return journal == JournalKind::body;
  if (number < 70) return journal == JournalKind::office;
  return true;  // newer than this program
}

// Calls visit(TypeTag<Body>) for the body of that kind; false: newer than this program.
template <class Body>
struct BodyTag {
  using Type = Body;
};
template <class Visit, class... Bodies>
bool visit_kind(BodyList<Bodies...>, BodyKind kind, Visit&& visit) {
  return ((kind.value() == Bodies::kind ? (visit(BodyTag<Bodies>{}), true) : false) || ...);
}

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::JournalKind> {
  static constexpr std::array names{"device", "district", "body", "office"};
};
template <>
struct EnumNames<journal::SpoilKind> {
  static constexpr std::array names{"printed_badly", "not_printed", "filled_in_wrongly", "other"};
};
template <>
struct EnumNames<journal::InquiryAnswer> {
  static constexpr std::array names{"guide_given", "right_way_given", "question_passed_on"};
};
template <>
struct EnumNames<journal::DataKind> {
  static constexpr std::array names{"catalogue", "calendar", "quorums", "commitment_forms"};
};
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
