#pragma once
// How many must be there and agree, by kind of meeting and day (R29-R35): signed data of the district, no number of it
// in code. Conditions are small expressions over what the minutes recorded, with three answers.

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/answer.hpp"
#include "shared/domain/certainty.hpp"
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

enum class ConditionOp : std::uint8_t {
  at_least,   // share: count * den >= num * of
  more_than,  // share: count * den >  num * of
  at_most,    // share: count * den <= num * of
  all_of,     // args: no if one is no, else unknown if one is unknown
  any_of,     // args: yes if one is yes, else unknown if one is unknown
  opposite,   // args: exactly one
  flag,       // flag: recorded as true
  unknown,    // the text of the law was not seen
};

// A recorded count compared with a fraction of another. Of nothing (0) no share can be told: unknown.
struct Share {
  std::string count;
  std::uint32_t num = 0;
  std::uint32_t den = 1;
  std::string of;

  bool operator==(const Share&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(count), CEREAL_NVP(num), CEREAL_NVP(den), CEREAL_NVP(of));
  }
};

// Conditions inside conditions go three levels deep at most, so that a table always fits the archive's depth bound.
struct Condition {
  ConditionOp op = ConditionOp::unknown;
  std::optional<Share> share;
  std::optional<std::string> flag;
  std::vector<Condition> args;

  bool operator==(const Condition&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(op), CEREAL_NVP(share), CEREAL_NVP(flag), CEREAL_NVP(args));
  }
};

using Counts = std::map<std::string, std::uint32_t>;  // a count left out is unknown, never 0
using Flags = std::map<std::string, bool>;            // a flag left out is unknown, never no

// A condition of the wrong shape is unknown; check() lets none into a table.
Answer evaluate(const Condition& condition, const Counts& counts, const Flags& flags);

struct Requirement {
  std::string id;  // "women-one-third"
  Text label;      // what is asked for, in one line
  Condition condition;
  Certainty certainty = Certainty::unknown;
  bool blocking = true;                // false: shown and counted, but the decision is valid without it
  std::optional<CivilDate> from;       // narrower than its rule
  bool reserved_matters_only = false;  // asked for only where the matter belongs to the villagers' meeting (R29)
  std::optional<std::string> note;

  bool operator==(const Requirement&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(label), CEREAL_NVP(condition), CEREAL_NVP(certainty), CEREAL_NVP(blocking),
            CEREAL_NVP(from), CEREAL_NVP(reserved_matters_only), CEREAL_NVP(note));
  }
};

// Who takes part. "entitled" and "present" are counted in the mode's unit.
struct MeetingMode {
  std::string id;  // "household_representatives"
  Text label;
  Text unit;
  Requirement presence;
  Requirement passing;
  std::optional<std::string> note;

  bool operator==(const MeetingMode&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(label), CEREAL_NVP(unit), CEREAL_NVP(presence), CEREAL_NVP(passing),
            CEREAL_NVP(note));
  }
};

// The law for one kind of meeting, from a day to a day (both inclusive).
struct MeetingRule {
  MeetingKind kind;
  std::string id;  // "representatives-meeting-2018"
  CivilDate from;
  std::optional<CivilDate> to;
  Certainty days_certainty = Certainty::unknown;  // of from and to
  std::vector<std::string> basis;                 // laws and articles, printed with the minutes
  std::vector<MeetingMode> modes;
  std::vector<Requirement> conditions;       // composition of the body, approvals
  std::optional<std::uint32_t> notice_days;  // calendar days from telling residents to the meeting; none: not known
  Certainty notice_certainty = Certainty::unknown;
  std::optional<std::string> note;

  bool operator==(const MeetingRule&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(kind), CEREAL_NVP(id), CEREAL_NVP(from), CEREAL_NVP(to), CEREAL_NVP(days_certainty),
            CEREAL_NVP(basis), CEREAL_NVP(modes), CEREAL_NVP(conditions), CEREAL_NVP(notice_days),
            CEREAL_NVP(notice_certainty), CEREAL_NVP(note));
  }
};

struct MeetingKindInfo {
  MeetingKind id;
  Text label;
  bool usable = true;  // false: may be recorded, but its numbers are not known and a person decides
  // R34: items that only this kind of meeting can decide; such a kind decides no other.
  std::vector<ItemId> decides_alone;
  std::optional<std::string> note;

  bool operator==(const MeetingKindInfo&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(label), CEREAL_NVP(usable), CEREAL_NVP(decides_alone), CEREAL_NVP(note));
  }
};

struct MatterKind {
  Text label;
  bool reserved = false;  // R29: belongs to the villagers' meeting, which may empower the representatives' meeting

  bool operator==(const MatterKind&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(label), CEREAL_NVP(reserved));
  }
};

struct QuorumTable {
  std::uint32_t revision = 0;
  Text assumed_note;  // printed beside a result that rests on assumed numbers
  // Closed list of what is counted: "present" -> 实到. Always in it, for every meeting has them: entitled, present,
  // votes_for, votes_against, votes_abstain.
  std::map<std::string, Text> counts;
  std::map<std::string, Text> flags;          // closed list of what is noted with yes or no
  std::map<std::string, MatterKind> matters;  // closed list of kinds of matter
  std::vector<MeetingKindInfo> kinds;
  std::vector<MeetingRule> rules;

  // The rule of that kind on that day, or null. Lives as long as the table.
  const MeetingRule* rule_on(const MeetingKind& kind, CivilDate day) const;
  const MeetingKindInfo* find(const MeetingKind& kind) const;
  // R34: a special threshold wins. False if another kind decides the item alone, or this kind decides only others.
  bool may_decide(const MeetingKind& kind, const ItemId& item) const;

  bool operator==(const QuorumTable&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(revision), CEREAL_NVP(assumed_note), CEREAL_NVP(counts), CEREAL_NVP(flags), CEREAL_NVP(matters),
            CEREAL_NVP(kinds), CEREAL_NVP(rules));
  }
};

// Bad input whose field is the place ("rules[2].modes[0].presence.condition.share.of"): a count, flag or kind outside
// its list, a list without the counts of every meeting, a condition of the wrong shape or too deep, a denominator of
// 0, two rules of one kind on one day.
Status check(const QuorumTable& table);

// Reads and checks a data file.
Result<QuorumTable> quorum_table_from_json(std::string_view json);

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::ConditionOp> {
  static constexpr std::array names{"at_least", "more_than", "at_most", "all_of",
                                    "any_of",   "opposite",  "flag",    "unknown"};
};
