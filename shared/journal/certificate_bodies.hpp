#pragma once
// Written by a laptop: an application and what becomes of it.

#include "shared/domain/application.hpp"
#include "shared/domain/deliberation.hpp"
#include "shared/domain/identifiers.hpp"
#include "shared/domain/person.hpp"
#include "shared/journal/body_frame.hpp"

namespace cunzheng::journal {

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
struct CertificateSpoiled {
  CUNZHENG_BODY(13, 1, ReasonPrivate);
  static constexpr const char* name = "CertificateSpoiled";

  SpoilKind spoil_kind = SpoilKind::printed_badly;
  CivilDate spoiled_on;
  domain::OfficerId handler;
  CUNZHENG_FIELDS(CEREAL_NVP(spoil_kind), CEREAL_NVP(spoiled_on), CEREAL_NVP(handler))
};

// In the subject of the new certificate: it stands in the place of an earlier one (补发, R105).
struct CertificateReissued {
  CUNZHENG_BODY(18, 1, NothingPrivate);
  static constexpr const char* name = "CertificateReissued";

  domain::CertificateNumber replaces;
  domain::SubjectId replaced;  // the earlier certificate
  CUNZHENG_FIELDS(CEREAL_NVP(replaces), CEREAL_NVP(replaced))
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

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::SpoilKind> {
  static constexpr std::array names{"printed_badly", "not_printed", "filled_in_wrongly", "other"};
};
}  // namespace cunzheng::codec
