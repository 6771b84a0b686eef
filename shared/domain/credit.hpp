#pragma once
// Credit cases of false commitments (R76, R78-R95). A finding of falsehood is a dated document of the deciding organ
// after hearing the person; a village's suspicion is only a report (R79). Recording, sharing and publishing are three
// acts with their own authority and day, never one flag (R81). Only the hub keeps cases; laptops hold ExclusionList.

#include "shared/base/bytes.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/certainty.hpp"
#include "shared/domain/ids.hpp"
#include "shared/domain/text_archive.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::domain {

// ---- periods by the day of the determination: data

enum class CreditClass : std::uint8_t { minor, ordinary, serious };

enum class RepairFrom : std::uint8_t {
  duties_done,                      // as soon as duties are done
  shortest_period_and_duties_done,  // R89
  unknown,                          // a person decides
};

struct CreditPeriod {
  Text label;
  std::optional<std::uint32_t> shortest_months;
  std::optional<std::uint32_t> longest_months;
  RepairFrom repair_from = RepairFrom::unknown;
  Certainty certainty = Certainty::unknown;
  std::optional<std::string> note;

  bool operator==(const CreditPeriod&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(label), CEREAL_NVP(shortest_months), CEREAL_NVP(longest_months), CEREAL_NVP(repair_from),
            CEREAL_NVP(certainty), CEREAL_NVP(note));
  }
};

// The rules in force from a day to a day, both inclusive. A class left out: nothing is known of it.
struct CreditRegime {
  std::string id;
  Text label;
  CivilDate from;
  std::optional<CivilDate> to;
  Certainty certainty = Certainty::unknown;
  std::map<CreditClass, CreditPeriod> classes;
  std::optional<std::string> note;

  bool operator==(const CreditRegime&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(label), CEREAL_NVP(from), CEREAL_NVP(to), CEREAL_NVP(certainty),
            CEREAL_NVP(classes), CEREAL_NVP(note));
  }
};

// R92: how the exclusion of R76 ends. The wording says "repaired"; that "expired" is not enough is our reading.
enum class ExclusionEnd : std::uint8_t { repaired, period_over };

struct CreditRules {
  ExclusionEnd exclusion_ends_with = ExclusionEnd::repaired;
  std::uint32_t adult_years = 0;             // R84: younger people are no credit subjects, their guardian is
  std::map<std::string, Text> consequences;  // closed list: what the organ may do about a false commitment (R78)
  std::vector<CreditRegime> regimes;

  bool operator==(const CreditRules&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(exclusion_ends_with), CEREAL_NVP(adult_years), CEREAL_NVP(consequences), CEREAL_NVP(regimes));
  }
};

// Bad input whose field is the place ("regimes[1].from"): two regimes on one day, a shortest period above the longest.
Status check(const CreditRules& rules, const std::string& field);

// What the regime of the day of determination says (R88). A day not known stays empty and a person decides.
struct CreditDates {
  std::string regime;  // empty: none on that day
  Certainty certainty = Certainty::unknown;
  std::optional<CivilDate> repair_earliest;         // earliest thinkable: duties must be done as well (R89)
  std::optional<CivilDate> publication_latest_end;  // last day of the longest period (R90)
};
CreditDates dates_of(const CreditRules& rules, CreditClass credit_class, CivilDate determined_on);

// ---- the case

// What makes a suspicion a finding. Everything is needed (R79, R95).
struct CreditDecision {
  std::string decision_no;  // "示民信决〔2026〕8号"
  CivilDate decided_on;
  std::string deciding_organ;
  CreditClass credit_class = CreditClass::ordinary;
  std::optional<CivilDate> heard_on;   // the person was heard, not after the decision
  std::optional<CivilDate> served_on;  // the person was told of decision, publication and repair together
  std::optional<OfficerId> first_officer;
  std::optional<OfficerId> second_officer;  // another person
  Hash evidence{};                          // of the signed document on file
  std::vector<std::string> consequences;    // of CreditRules::consequences

  bool operator==(const CreditDecision&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(decision_no), CEREAL_NVP(decided_on), CEREAL_NVP(deciding_organ), CEREAL_NVP(credit_class),
            CEREAL_NVP(heard_on), CEREAL_NVP(served_on), CEREAL_NVP(first_officer), CEREAL_NVP(second_officer),
            CEREAL_NVP(evidence), CEREAL_NVP(consequences));
  }
};

// Before a decision is recorded: bad input that names the part that is missing.
Status check(const CreditDecision& decision, const CreditRules& rules);

// Bad input if the person was no credit subject on the day of the commitment (R84). `citizen_id` is normalised.
Status check_subject(const CreditRules& rules, std::string_view citizen_id, CivilDate committed_on);

enum class CreditStep : std::uint8_t {
  reported,  // somebody suspects: no consequence of any kind
  heard,
  recorded,   // entered in the credit record
  shared,     // handed to the municipal platform
  published,  // R83: only on a publication decision of its own
  repair_applied,
  repaired,
  repair_revoked,          // R93: it was got by false papers
  corrected_on_objection,  // R87: the determination falls, from its beginning
};

// An act of somebody with the right to it, on a day, in a document.
struct CreditAct {
  CreditStep step = CreditStep::reported;
  CivilDate on;
  std::string authority;
  std::string document_no;

  bool operator==(const CreditAct&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(step), CEREAL_NVP(on), CEREAL_NVP(authority), CEREAL_NVP(document_no));
  }
};

// All that is on file for one commitment. Acts stand in the order of their entries; of two on one day the later
// entry counts. A decision that check() would not let pass determines nothing.
struct CreditCase {
  std::optional<CreditDecision> decision;
  std::vector<CreditAct> acts;
};

enum class CreditState : std::uint8_t {
  reported,
  heard,
  determined,
  recorded,
  shared,
  published,
  expired,  // the longest period is over; not repaired (R90)
  repair_applied,
  repaired,
  repair_revoked,
  corrected_on_objection,
};
// How the case stands at the end of that day, for people to read.
CreditState state_on(const CreditCase& file, const CreditRules& rules, CivilDate day);

// Whether the person may make no commitment on that day (R76): a determination that is neither repaired nor corrected.
// Neither publication nor its end makes a difference, unless the district has set ExclusionEnd::period_over.
bool excludes(const CreditCase& file, const CreditRules& rules, CivilDate day);

// Whether the case may stand on the public site on that day: a sound decision, served, a publication decision with
// authority and number (R83), inside the longest period, neither repaired nor corrected. False where the longest
// period is not known.
bool published_on(const CreditCase& file, const CreditRules& rules, CivilDate day);

struct RepairRequest {
  CivilDate applied_on;
  CivilDate decided_on;
  std::string organ;
  std::string document_no;
  bool duties_done_shown = false;
  bool credit_commitment_given = false;

  bool operator==(const RepairRequest&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(applied_on), CEREAL_NVP(decided_on), CEREAL_NVP(organ), CEREAL_NVP(document_no),
            CEREAL_NVP(duties_done_shown), CEREAL_NVP(credit_commitment_given));
  }
};

// Before a repair is recorded: the organ that determined it repairs it (R94), after the shortest period, on proof that
// duties are done and a credit commitment (R89). Where the period is not known the day is left to the organ.
Status check_repair(const RepairRequest& request, const CreditDecision& decision, const CreditRules& rules);

// ---- what a laptop may know

// Short keyed prefixes instead of names. A new list has a new key and replaces the older one, which is deleted.
struct ExclusionList {
  std::uint32_t revision = 0;
  CivilDate as_of;
  ByteArray<16> key{};
  std::vector<std::uint32_t> prefixes;  // ascending, each once, below 2^20

  bool operator==(const ExclusionList&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(revision), CEREAL_NVP(as_of), CEREAL_NVP(key), CEREAL_NVP(prefixes));
  }
};

// `citizen_ids` are normalised; `key` is drawn anew for each list.
ExclusionList make_exclusion_list(std::uint32_t revision, CivilDate as_of, const ByteArray<16>& key,
                                  std::span<const std::string> citizen_ids);
Status check(const ExclusionList& list);

// Neither hit nor miss is proof: two people may share a prefix, and the list is of yesterday (O5).
enum class ExclusionAnswer : std::uint8_t { possible_match, no_hit, no_list };
ExclusionAnswer ask(const std::optional<ExclusionList>& list, std::string_view citizen_id);

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CreditClass> {
  static constexpr std::array names{"minor", "ordinary", "serious"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::RepairFrom> {
  static constexpr std::array names{"duties_done", "shortest_period_and_duties_done", "unknown"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::ExclusionEnd> {
  static constexpr std::array names{"repaired", "period_over"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CreditStep> {
  static constexpr std::array names{"reported", "heard",          "recorded",
                                    "shared",   "published",      "repair_applied",
                                    "repaired", "repair_revoked", "corrected_on_objection"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CreditState> {
  static constexpr std::array names{"reported",
                                    "heard",
                                    "determined",
                                    "recorded",
                                    "shared",
                                    "published",
                                    "expired",
                                    "repair_applied",
                                    "repaired",
                                    "repair_revoked",
                                    "corrected_on_objection"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::ExclusionAnswer> {
  static constexpr std::array names{"possible_match", "no_hit", "no_list"};
};
