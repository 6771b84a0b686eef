#pragma once
// The register books 登记簿: one row of each kind, made from a case, the facts and its findings. `table_name` is the
// table and the word of `register KIND`. Rows hold personal columns (sealed on disk); what a reader may see of them is
// the reader's question. An erased private part leaves its columns empty and says so.

#include "shared/registers/findings.hpp"

namespace cunzheng::registers {

#define CUNZHENG_FIELDS(...)         \
  template <class Archive>           \
  void serialize(Archive& archive) { \
    archive(__VA_ARGS__);            \
  }

// Accepted, and nothing has come of it yet.
struct ApplicationRow {
  static constexpr const char* table_name = "application";

  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  domain::ItemId item;
  std::string item_name;  // Chinese; of the list in force on that day, else the id
  domain::PurposeCode purpose;
  domain::RequesterKind requester_kind;
  std::string requesting_unit;
  CivilDate applied_on;
  std::optional<CivilDate> due_on;
  bool evidence_at_hand = true;
  domain::FallbackCause fallback_cause = domain::FallbackCause::none;
  PersonalPart personal = PersonalPart::missing;
  std::string applicant_name;
  std::string applicant_id_number;
  std::string requested_name;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(item),
                  CEREAL_NVP(item_name), CEREAL_NVP(purpose), CEREAL_NVP(requester_kind), CEREAL_NVP(requesting_unit),
                  CEREAL_NVP(applied_on), CEREAL_NVP(due_on), CEREAL_NVP(evidence_at_hand), CEREAL_NVP(fallback_cause),
                  CEREAL_NVP(personal), CEREAL_NVP(applicant_name), CEREAL_NVP(applicant_id_number),
                  CEREAL_NVP(requested_name))
};

// `revoked` and `to_be_reissued` follow from rulings on its findings.
enum class CertificateState : std::uint8_t { issued, spoiled, confirmed_as_fallback, to_be_reissued, revoked };

struct CertificateRow {
  static constexpr const char* table_name = "certificate";

  std::string number;          // as printed: "示范甲村证〔2026〕A017号"
  std::string machine_number;  // "1201991012012026A000017S"
  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  domain::ItemId item;
  std::string item_name;  // Chinese, of the revision applied; else the id
  std::uint32_t catalogue_revision = 0;
  CivilDate issued_on;
  std::optional<CivilDate> valid_until;
  std::uint32_t copies = 1;
  domain::PurposeCode purpose;
  domain::RequesterKind requester_kind;
  std::string requesting_unit;
  domain::OfficerId handler;
  domain::OfficerId head;
  std::optional<domain::OfficerId> seal_keeper;
  bool as_fallback = false;
  domain::FallbackCause fallback_cause = domain::FallbackCause::none;
  domain::DeliberationEvidence deliberation = domain::DeliberationEvidence::none;
  std::string deliberation_code;
  CertificateState state = CertificateState::issued;
  std::optional<journal::SpoilKind> spoil_kind;
  std::string reissue_of;    // machine number of the one it stands in the place of (R105); empty: none
  bool forked = false;       // stands on one of two branches of its journal
  bool quarantined = false;  // past the last trusted entry of a revoked device, and nobody has ruled that it stands
  std::uint32_t findings_open = 0;
  PersonalPart personal = PersonalPart::missing;  // of the application
  std::string applicant_name;
  std::string applicant_id_number;
  std::string requester_name;
  std::string purpose_text;
  CUNZHENG_FIELDS(CEREAL_NVP(number), CEREAL_NVP(machine_number), CEREAL_NVP(subject), CEREAL_NVP(body),
                  CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(item), CEREAL_NVP(item_name),
                  CEREAL_NVP(catalogue_revision), CEREAL_NVP(issued_on), CEREAL_NVP(valid_until), CEREAL_NVP(copies),
                  CEREAL_NVP(purpose), CEREAL_NVP(requester_kind), CEREAL_NVP(requesting_unit), CEREAL_NVP(handler),
                  CEREAL_NVP(head), CEREAL_NVP(seal_keeper), CEREAL_NVP(as_fallback), CEREAL_NVP(fallback_cause),
                  CEREAL_NVP(deliberation), CEREAL_NVP(deliberation_code), CEREAL_NVP(state), CEREAL_NVP(spoil_kind),
                  CEREAL_NVP(reissue_of), CEREAL_NVP(forked), CEREAL_NVP(quarantined), CEREAL_NVP(findings_open),
                  CEREAL_NVP(personal), CEREAL_NVP(applicant_name), CEREAL_NVP(applicant_id_number),
                  CEREAL_NVP(requester_name), CEREAL_NVP(purpose_text))
};

struct RefusalRow {
  static constexpr const char* table_name = "refusal";

  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  domain::ItemId item;
  std::string item_name;
  domain::RefusalReason reason = domain::RefusalReason::not_listed;
  std::string rule;
  std::uint32_t catalogue_revision = 0;
  CivilDate refused_on;
  domain::PurposeCode purpose;
  domain::RequesterKind requester_kind;
  std::string requesting_unit;
  domain::OfficerId handler;
  bool fallback_possible = false;
  std::uint32_t findings_open = 0;
  PersonalPart personal = PersonalPart::missing;  // of the application
  std::string applicant_name;
  std::string applicant_id_number;
  std::string requested_name;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(item),
                  CEREAL_NVP(item_name), CEREAL_NVP(reason), CEREAL_NVP(rule), CEREAL_NVP(catalogue_revision),
                  CEREAL_NVP(refused_on), CEREAL_NVP(purpose), CEREAL_NVP(requester_kind), CEREAL_NVP(requesting_unit),
                  CEREAL_NVP(handler), CEREAL_NVP(fallback_possible), CEREAL_NVP(findings_open), CEREAL_NVP(personal),
                  CEREAL_NVP(applicant_name), CEREAL_NVP(applicant_id_number), CEREAL_NVP(requested_name))
};

struct DeliberationRow {
  static constexpr const char* table_name = "deliberation";

  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  std::string code;  // check code of the minutes
  domain::MeetingKind kind;
  std::string matter;
  CivilDate held_on;
  std::optional<CivilDate> head_signed_on;
  domain::Answer valid = domain::Answer::unknown;  // by the quorum table in force on that day
  std::vector<domain::ItemId> items;
  std::uint32_t uses_max = 1;
  domain::OfficerId handler;
  domain::OfficerId head;
  std::uint32_t findings_open = 0;
  PersonalPart personal = PersonalPart::missing;
  std::string topic;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(code),
                  CEREAL_NVP(kind), CEREAL_NVP(matter), CEREAL_NVP(held_on), CEREAL_NVP(head_signed_on),
                  CEREAL_NVP(valid), CEREAL_NVP(items), CEREAL_NVP(uses_max), CEREAL_NVP(handler), CEREAL_NVP(head),
                  CEREAL_NVP(findings_open), CEREAL_NVP(personal), CEREAL_NVP(topic))
};

struct InquiryRow {
  static constexpr const char* table_name = "inquiry";

  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  domain::ItemId item;
  std::string item_name;
  std::uint32_t catalogue_revision = 0;
  CivilDate asked_on;
  journal::InquiryAnswer answer = journal::InquiryAnswer::guide_given;
  domain::OfficerId handler;
  std::uint32_t findings_open = 0;
  PersonalPart personal = PersonalPart::missing;
  std::string question;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(item),
                  CEREAL_NVP(item_name), CEREAL_NVP(catalogue_revision), CEREAL_NVP(asked_on), CEREAL_NVP(answer),
                  CEREAL_NVP(handler), CEREAL_NVP(findings_open), CEREAL_NVP(personal), CEREAL_NVP(question))
};

struct CommitmentRow {
  static constexpr const char* table_name = "commitment";

  domain::SubjectId subject;
  std::string body;
  journal::JournalId journal;
  journal::EntryId entry;
  std::string organ;
  std::string matter;
  domain::ItemId item;
  CivilDate made_on;
  std::uint32_t exclusion_list_revision = 0;
  // As the hub answered; until then provisional, or not accepted where an exclusion held on that day (O5, R76).
  domain::CommitmentState state = domain::CommitmentState::provisional;
  std::optional<CivilDate> answered_on;
  domain::OfficerId explained_by;
  std::uint32_t findings_open = 0;
  PersonalPart personal = PersonalPart::missing;
  std::string person_name;
  std::string person_id_number;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry), CEREAL_NVP(organ),
                  CEREAL_NVP(matter), CEREAL_NVP(item), CEREAL_NVP(made_on), CEREAL_NVP(exclusion_list_revision),
                  CEREAL_NVP(state), CEREAL_NVP(answered_on), CEREAL_NVP(explained_by), CEREAL_NVP(findings_open),
                  CEREAL_NVP(personal), CEREAL_NVP(person_name), CEREAL_NVP(person_id_number))
};

struct CreditRow {
  static constexpr const char* table_name = "credit";

  domain::SubjectId subject;
  std::string body;  // empty: the district's
  journal::JournalId journal;
  journal::EntryId entry;
  std::string decision_no;
  CivilDate decided_on;
  std::string deciding_organ;
  domain::CreditClass credit_class = domain::CreditClass::ordinary;
  std::vector<domain::CreditAct> acts;  // those that count, in the order of their entries
  bool counts = false;                  // signed by enough officers
  PersonalPart personal = PersonalPart::missing;
  std::string person_name;
  std::string person_id_number;
  CUNZHENG_FIELDS(CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(journal), CEREAL_NVP(entry),
                  CEREAL_NVP(decision_no), CEREAL_NVP(decided_on), CEREAL_NVP(deciding_organ), CEREAL_NVP(credit_class),
                  CEREAL_NVP(acts), CEREAL_NVP(counts), CEREAL_NVP(personal), CEREAL_NVP(person_name),
                  CEREAL_NVP(person_id_number))
};

#undef CUNZHENG_FIELDS

// A row before it is stored: its table, its place in the book of its committee, its bytes.
struct BookRow {
  std::string table;
  std::string body;
  CivilDate day;  // of the act: the line is found by it
  Bytes order;    // number, or day, then the entry's id
  Bytes row;
};
// The rows of a case, and what they rest on besides what judge() watched.
std::vector<BookRow> rows_of(const Case& subject, const std::vector<Finding>& findings, const FactBook& facts,
                             std::set<FactKey>& watched);

// The files of credit cases that count, for domain::excludes(): decision and acts with enough signatures.
domain::CreditCase counting(const CreditCase& credit_case, const FactBook& facts);

}  // namespace cunzheng::registers

template <>
struct cunzheng::codec::EnumNames<cunzheng::registers::CertificateState> {
  static constexpr std::array names{"issued", "spoiled", "confirmed_as_fallback", "to_be_reissued", "revoked"};
};
