#pragma once
// What is handed to the desk as JSON. Strict: an unknown field is refused by name. What may be left out is optional.

#include "shared/codec/json.hpp"
#include "shared/domain/application.hpp"
#include "shared/domain/deliberation.hpp"
#include "shared/journal/bodies.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cunzheng::client {

#define CUNZHENG_FIELDS(...)         \
  template <class Archive>           \
  void serialize(Archive& archive) { \
    archive(__VA_ARGS__);            \
  }

struct PersonInput {
  std::string name;
  std::string id_number;
  std::optional<std::string> phone;
  std::optional<std::string> address;
  CUNZHENG_FIELDS(CEREAL_NVP(name), CEREAL_NVP(id_number), CEREAL_NVP(phone), CEREAL_NVP(address))
};

// An application, and what a certificate on it needs besides. `decide` and `refuse` read the first half only.
struct ApplicationInput {
  std::optional<std::string> ref;   // the caller's own; comes back with the answer
  std::optional<std::string> item;  // left out: in no list; then `requested_name`
  std::optional<std::string> requested_name;
  std::optional<std::string> purpose;
  std::optional<std::string> purpose_text;
  std::string requester_kind;
  std::string requesting_unit;
  std::optional<std::string> basis_cited;
  PersonInput applicant;
  std::map<std::string, std::string> facts;
  std::optional<bool> evidence_at_hand;  // left out: yes
  std::optional<domain::FallbackCause> fallback_cause;
  std::optional<bool> legal_risk;
  std::optional<CivilDate> applied_on;      // accepted on an earlier day (R56)
  std::optional<std::string> deliberation;  // check code of the minutes
  std::optional<bool> minutes_in_hand;      // the signed minutes lie on the table (O7)

  std::optional<std::string> statement;                          // the handler's words in place of the facts
  std::optional<std::vector<std::string>> verification_methods;  // "核对材料", "入户走访"
  std::optional<CivilDate> verified_on;
  std::optional<std::string> verification_text;   // of the visit or enquiry (R53)
  std::optional<std::string> risk_assessment;     // R50
  std::optional<std::string> committee_decision;  // R115
  std::optional<std::string> cannot_wait;         // why stale data are good enough (O12)
  std::optional<std::uint32_t> copies;
  std::optional<std::string> reissue_of;  // number of the certificate that this one stands in the place of (R105)
  CUNZHENG_FIELDS(CEREAL_NVP(ref), CEREAL_NVP(item), CEREAL_NVP(requested_name), CEREAL_NVP(purpose),
                  CEREAL_NVP(purpose_text), CEREAL_NVP(requester_kind), CEREAL_NVP(requesting_unit),
                  CEREAL_NVP(basis_cited), CEREAL_NVP(applicant), CEREAL_NVP(facts), CEREAL_NVP(evidence_at_hand),
                  CEREAL_NVP(fallback_cause), CEREAL_NVP(legal_risk), CEREAL_NVP(applied_on), CEREAL_NVP(deliberation),
                  CEREAL_NVP(minutes_in_hand), CEREAL_NVP(statement), CEREAL_NVP(verification_methods),
                  CEREAL_NVP(verified_on), CEREAL_NVP(verification_text), CEREAL_NVP(risk_assessment),
                  CEREAL_NVP(committee_decision), CEREAL_NVP(cannot_wait), CEREAL_NVP(copies), CEREAL_NVP(reissue_of))
};

struct DeliberationInput {
  domain::Minutes minutes;
  domain::MinutesPrivate record;
  CUNZHENG_FIELDS(CEREAL_NVP(minutes), CEREAL_NVP(record))
};

struct InquiryInput {
  std::optional<std::string> item;
  std::string question;
  std::string answer;
  std::optional<journal::InquiryAnswer> answer_kind;  // left out: the guide was given
  CUNZHENG_FIELDS(CEREAL_NVP(item), CEREAL_NVP(question), CEREAL_NVP(answer), CEREAL_NVP(answer_kind))
};

struct CommitmentInput {
  PersonInput person;
  std::string matter;                // of the district's forms; or any words with an organ's own form in `text`
  std::optional<std::string> organ;  // left out: the one the matter names
  std::optional<std::string> item;
  std::optional<std::string> facts;
  std::optional<std::string> text;              // the organ's own form as signed; left out: the district's form
  std::optional<bool> choice_explained;         // left out: yes (R72)
  std::optional<domain::Answer> full_capacity;  // R84; left out: yes
  std::optional<std::string> cannot_wait;
  CUNZHENG_FIELDS(CEREAL_NVP(person), CEREAL_NVP(matter), CEREAL_NVP(organ), CEREAL_NVP(item), CEREAL_NVP(facts),
                  CEREAL_NVP(text), CEREAL_NVP(choice_explained), CEREAL_NVP(full_capacity), CEREAL_NVP(cannot_wait))
};

#undef CUNZHENG_FIELDS

// With the number normalised where it is a citizen's.
Result<domain::Person> person_of(const PersonInput& input, const std::string& field);

}  // namespace cunzheng::client
