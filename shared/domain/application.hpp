#pragma once
// What a resident asks for, before anything is decided, and the answer of the rules.

#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/ids.hpp"
#include "shared/domain/person.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cunzheng::domain {

// Why the fallback of the negative list may apply (R42). `none`: it is not claimed.
enum class FallbackCause : std::uint8_t { none, policy_not_joined_up, civil_party_demand };

// How a deliberation is shown to the desk: its record is in a journal at hand, or only the signed minutes
// with their check code are (O7).
enum class DeliberationEvidence : std::uint8_t { none, on_file, paper_reference };

struct Application {
  ItemId item;                 // empty: what is asked for is in no list
  std::string requested_name;  // the resident's own words, when `item` is empty; free text, private
  PurposeCode purpose;
  RequesterKind requester_kind;
  std::string requesting_unit;  // name of the unit that asks; for an individual it is private
  std::string basis_cited;      // the basis the requester gave (R10); free text, private
  Person applicant;
  std::map<std::string, std::string> facts;  // the item's own fields by key (FORMAT.md); private
  bool evidence_at_hand = true;              // what is stated can be checked now, without a visit or an enquiry
  FallbackCause fallback_cause = FallbackCause::none;
  DeliberationEvidence deliberation = DeliberationEvidence::none;
  // Set by the desk from the record on file: the meeting passed, its notice ran out undisputed and the head signed,
  // in that order, and its scope covers this matter (R27, R38, R39).
  bool deliberation_stands = false;
  std::string
      purpose_text;  // what it is for in the resident's words; needed where no purpose code fits (R109); private
  // The desk sees a trigger of R51: property, inheritance, guardianship, a lawsuit, benefits, a minor, others' rights.
  bool legal_risk = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(item), CEREAL_NVP(requested_name), CEREAL_NVP(purpose), CEREAL_NVP(requester_kind),
            CEREAL_NVP(requesting_unit), CEREAL_NVP(basis_cited), CEREAL_NVP(applicant), CEREAL_NVP(facts),
            CEREAL_NVP(evidence_at_hand), CEREAL_NVP(fallback_cause), CEREAL_NVP(deliberation),
            CEREAL_NVP(deliberation_stands), CEREAL_NVP(purpose_text), CEREAL_NVP(legal_risk));
  }
};

// What is still open before the sheet may be sealed.
enum class Obligation : std::uint8_t {
  handler_and_head_sign,  // R27, R120
  investigate_first,      // R53: visit or enquiry, with its record
  two_people_for_seal,    // R113: approver and keeper differ
  match_deliberation,     // O7: paper reference to be matched after sync
  state_fallback,         // R46: the paper says that it is a fallback, and why
  refresh_data,           // O12: the data at hand are older than the limit; a person overrides, recorded
  committee_decides,      // R115: the committee decides together first, recorded
  assess_legal_risk,      // R49, R50: assessment with precautions on file before anything is issued
};

struct Permit {
  std::vector<Obligation> obligations;
  std::optional<CivilDate> due;  // last working day of the limit; none: on the spot
  bool as_fallback = false;
};

enum class RefusalReason : std::uint8_t {
  not_issuable,             // R40: on the list of what may not be certified
  not_listed,               // R19, R20: in neither list
  withdrawn,                // the item was issuable once and is not on this day
  commitment_instead,       // replaced by a commitment to the deciding organ (R69, R70)
  requester_not_entitled,   // R9, R17: the item exists, but not for this requester
  purpose_not_covered,      // R17: nor for this purpose
  party_matter,             // R24: goes to the party organisation
  deliberation_missing,     // R27: no record in hand
  deliberation_not_passed,  // R30-R33: record in hand, but no valid decision
  nobody_in_post,           // R4: no head or handler on this day
  calendar_missing,         // R56: the working days of that time are not known
  specific_item_applies,    // R17: another item covers this purpose and requester; `instead` names it
};

struct Refusal {
  RefusalReason reason = RefusalReason::not_listed;
  std::string rule;                // "R40"
  Text explanation;                // what and why, for the person asking
  Text right_way;                  // who holds the fact and how to get it (R21, R22): never empty
  bool fallback_possible = false;  // R42-R45: the conditional path is open for this item and requester
  std::vector<ItemId> instead{};   // items to look at in its place (R17)
};

using Decision = std::variant<Permit, Refusal>;

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::FallbackCause> {
  static constexpr std::array names{"none", "policy_not_joined_up", "civil_party_demand"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::DeliberationEvidence> {
  static constexpr std::array names{"none", "on_file", "paper_reference"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Obligation> {
  static constexpr std::array names{"handler_and_head_sign", "investigate_first", "two_people_for_seal",
                                    "match_deliberation",    "state_fallback",    "refresh_data",
                                    "committee_decides",     "assess_legal_risk"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::RefusalReason> {
  static constexpr std::array names{"not_issuable",
                                    "not_listed",
                                    "withdrawn",
                                    "commitment_instead",
                                    "requester_not_entitled",
                                    "purpose_not_covered",
                                    "party_matter",
                                    "deliberation_missing",
                                    "deliberation_not_passed",
                                    "nobody_in_post",
                                    "calendar_missing",
                                    "specific_item_applies"};
};
