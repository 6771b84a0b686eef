#pragma once
// Notification and commitment 告知承诺 (R69-R80): instead of a certificate a person may commit in writing that a fact
// is true. The other side is the organ that decides, never the committee, which explains, helps to fill in and passes
// on (R70). Wording, manners and exclusions are the district's data; the organ's own form wins wherever it has one.

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/answer.hpp"
#include "shared/domain/certainty.hpp"
#include "shared/domain/credit.hpp"
#include "shared/domain/ids.hpp"
#include "shared/domain/text_archive.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::domain {

// ---- the form: data

// What a commitment must tell before it is signed (R74). All seven, in this order.
enum class CommitmentPart : std::uint8_t { name, basis, content, manner, liability, checking, publicity };

struct CommitmentPartText {
  CommitmentPart part = CommitmentPart::name;
  Text label;
  Text text;  // holds placeholders {like_this}
  Certainty certainty = Certainty::unknown;

  bool operator==(const CommitmentPartText&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(part), CEREAL_NVP(label), CEREAL_NVP(text), CEREAL_NVP(certainty));
  }
};

struct CommitmentTemplate {
  Text title;
  Text opening;  // the choice is free (R72)
  std::vector<CommitmentPartText> parts;
  Text promise;
  Text withdrawal;  // R75
  Text privacy;
  Text provisional;  // printed on what was filled in without a network (O5)

  bool operator==(const CommitmentTemplate&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(title), CEREAL_NVP(opening), CEREAL_NVP(parts), CEREAL_NVP(promise), CEREAL_NVP(withdrawal),
            CEREAL_NVP(privacy), CEREAL_NVP(provisional));
  }
};

// One matter of one organ, as the district publishes it.
struct CommitmentMatter {
  std::string id;                             // "temporary-relief-income"
  std::string organ_name;                     // the deciding organ: the other side
  std::string organ_code;                     // its unified social credit code
  std::string check_manner;                   // of CommitmentForms::check_manners
  Answer excluded = Answer::unknown;          // R73, answered by the organ and never by the village
  std::optional<std::string> excluded_as;     // of CommitmentForms::excluded_matters, where the answer is yes
  std::map<std::string, std::string> values;  // what stands in the placeholders, organ_name aside

  bool operator==(const CommitmentMatter&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(organ_name), CEREAL_NVP(organ_code), CEREAL_NVP(check_manner),
            CEREAL_NVP(excluded), CEREAL_NVP(excluded_as), CEREAL_NVP(values));
  }
};

struct CommitmentForms {
  std::uint32_t revision = 0;
  std::vector<std::string> placeholders;  // closed list of what a matter fills in; organ_name and matter_name too
  CommitmentTemplate form;
  std::map<std::string, Text> check_manners;     // R77
  std::map<std::string, Text> excluded_matters;  // R73: for which no commitment is taken
  std::vector<std::string> no_counterparty;      // endings of names that are no organ: 村民委员会, 居民委员会
  std::map<std::string, Text> outcomes;          // names of CheckOutcome for people
  Text possible_match;                           // shown on a hit in the exclusion list
  CreditRules credit;
  std::vector<CommitmentMatter> matters;

  // Null if there is none of that id. Lives as long as the forms.
  const CommitmentMatter* find(std::string_view matter) const;

  bool operator==(const CommitmentForms&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(revision), CEREAL_NVP(placeholders), CEREAL_NVP(form), CEREAL_NVP(check_manners),
            CEREAL_NVP(excluded_matters), CEREAL_NVP(no_counterparty), CEREAL_NVP(outcomes), CEREAL_NVP(possible_match),
            CEREAL_NVP(credit), CEREAL_NVP(matters));
  }
};

// Bad input whose field is the place ("form.parts[3].text"): not the seven parts in order, a placeholder outside the
// list, one that no text uses, an outcome without a name, periods that contradict one another, a matter whose text
// cannot be composed, or that is excluded without saying as what.
Status check(const CommitmentForms& forms);

// Reads and checks a data file.
Result<CommitmentForms> commitment_forms_from_json(std::string_view json);

// ---- the text of one matter

struct CommitmentText {
  Text title;
  Text opening;
  struct Part {
    CommitmentPart part = CommitmentPart::name;
    Text label;
    Text text;
  };
  std::vector<Part> parts;
  Text promise;
  Text withdrawal;
  Text privacy;
  Text provisional;
};

// The text to be read and signed. Bad input in field "values.<key>" if a placeholder stays empty: the part would be
// missing (R74); in "organ_name" or "organ_code" if the other side is a committee or no body at all (R70); in
// "check_manner" if it is none of the list.
Result<CommitmentText> compose_commitment(const CommitmentForms& forms, const CommitmentMatter& matter);

// ---- whether a commitment may be taken now

enum class CommitmentWay : std::uint8_t {
  commit,           // with a provisional mark: the organ has not looked yet (O5)
  ordinary_proof,   // bring the certificate as before (R72)
  ask_or_prove,     // a possible match: bring the ordinary proof, or the district is asked first
  guardian_commits  // R84: the guardian commits, in the guardian's own name
};

struct CommitmentAdvice {
  CommitmentWay way = CommitmentWay::ordinary_proof;
  std::string rule;
  Text text;  // for the person at the desk
};

// `full_capacity`: of the person who wants to commit. An answer that is not known does not block: offline the
// commitment is provisional and the organ decides.
CommitmentAdvice advise(const CommitmentForms& forms, const CommitmentMatter& matter, ExclusionAnswer by_person,
                        Answer full_capacity);

// ---- its life

enum class CommitmentState : std::uint8_t {
  draft,
  provisional,            // signed; neither hub nor organ has looked
  not_accepted_excluded,  // R76: the person was excluded on the day of signing. No misconduct (S42)
  accepted,
  withdrawn,  // R75
  concluded,
};

enum class CommitmentEvent : std::uint8_t { was_signed, exclusion_found, organ_accepted, was_withdrawn, was_concluded };

// The state after the event; nothing where the event cannot happen: a finding, the state stays.
std::optional<CommitmentState> state_after(CommitmentState state, CommitmentEvent event);

enum class CheckOutcome : std::uint8_t {
  is_true,
  untrue_not_culpable,  // R80: a mistake, put right at once. No record (S51)
  is_false,             // R79: only with a CreditDecision
  not_checked,          // R77: exempt from checking
  could_not_be_checked,
};

// R80, R81: a falsehood alone enters the credit record.
constexpr bool enters_credit_record(CheckOutcome outcome) { return outcome == CheckOutcome::is_false; }

// Bad input if the outcome and the decision do not fit: a falsehood without a sound decision, or a decision without
// one.
Status check_outcome(CheckOutcome outcome, const std::optional<CreditDecision>& decision, const CreditRules& rules);

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CommitmentPart> {
  static constexpr std::array names{"name", "basis", "content", "manner", "liability", "checking", "publicity"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CommitmentWay> {
  static constexpr std::array names{"commit", "ordinary_proof", "ask_or_prove", "guardian_commits"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CommitmentState> {
  static constexpr std::array names{"draft",    "provisional", "not_accepted_excluded",
                                    "accepted", "withdrawn",   "concluded"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CommitmentEvent> {
  static constexpr std::array names{"was_signed", "exclusion_found", "organ_accepted", "was_withdrawn",
                                    "was_concluded"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CheckOutcome> {
  static constexpr std::array names{"true", "untrue_not_culpable", "false", "not_checked", "could_not_be_checked"};
};
