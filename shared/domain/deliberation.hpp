#pragma once
// Deliberation 议事协商 (R27-R39): what the minutes of a meeting say, and whether its decision can carry a certificate.
// Every answer has three values: what was not recorded is unknown, and a person decides.

#include "shared/base/bytes.hpp"
#include "shared/domain/quorums.hpp"

namespace cunzheng::domain {

struct PublicNotice {
  CivilDate from;
  CivilDate to;                       // last day, inclusive
  std::uint32_t objections = 0;       // all that came in
  std::uint32_t objections_open = 0;  // not yet settled

  bool operator==(const PublicNotice&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(from), CEREAL_NVP(to), CEREAL_NVP(objections), CEREAL_NVP(objections_open));
  }
};

// R39: a decision covers what was put to the meeting, in a stated scope and time, and nothing else.
struct DecisionScope {
  std::vector<ItemId> items;       // what may be certified on this decision; an empty id: a matter in no list
  std::uint32_t uses_max = 1;      // how many certificates: one, or one for each plot
  std::optional<CivilDate> until;  // last day on which one may be issued

  bool operator==(const DecisionScope&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(items), CEREAL_NVP(uses_max), CEREAL_NVP(until));
  }
};

// The part of the minutes that names nobody (R36). What comes later than the meeting is absent until it has happened.
struct Minutes {
  MeetingKind kind;
  std::string mode;
  std::string matter;  // of QuorumTable::matters
  DecisionScope scope;
  std::optional<CivilDate> told_on;  // residents were told of the meeting
  CivilDate held_on;
  Counts counts;
  Flags flags;
  std::optional<std::uint32_t> households_affected;
  std::optional<OfficerId> convener;
  std::optional<OfficerId> chair;
  std::optional<PublicNotice> public_notice;
  std::optional<CivilDate> head_signed_on;

  bool operator==(const Minutes&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(kind), CEREAL_NVP(mode), CEREAL_NVP(matter), CEREAL_NVP(scope), CEREAL_NVP(told_on),
            CEREAL_NVP(held_on), CEREAL_NVP(counts), CEREAL_NVP(flags), CEREAL_NVP(households_affected),
            CEREAL_NVP(convener), CEREAL_NVP(chair), CEREAL_NVP(public_notice), CEREAL_NVP(head_signed_on));
  }
};

// The rest: free text and names, erasable.
struct MinutesPrivate {
  std::string topic;
  std::string place;
  std::string views;
  std::vector<std::string> attendance;  // names or households, as signed
  std::string minutes_taker;
  std::string objections_text;  // what was objected, and how it was settled
  std::vector<Hash> photos;     // attachments by their content

  bool operator==(const MinutesPrivate&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(topic), CEREAL_NVP(place), CEREAL_NVP(views), CEREAL_NVP(attendance), CEREAL_NVP(minutes_taker),
            CEREAL_NVP(objections_text), CEREAL_NVP(photos));
  }
};

// Before minutes are recorded: bad input for what cannot have been (more present than entitled, more votes than
// present, a notice that ends before it begins) and for names outside the table's lists. A bad decision is no bad
// input: it happened, is recorded, and judged.
Status check(const Minutes& minutes, const QuorumTable& table);

// ---- what follows

struct ResultLine {
  std::string id;
  Text label;
  Certainty certainty = Certainty::derived;
  Answer answer = Answer::unknown;
  bool blocking = true;
};

struct MeetingResult {
  std::string rule;  // id of the rule of that day; empty: there is none, all is unknown
  Answer quorate = Answer::unknown;
  Answer passes = Answer::unknown;  // the votes alone; a meeting that is not quorate decides nothing all the same (S19)
  Answer valid = Answer::unknown;   // quorate, passed, and every blocking line holds
  bool assumed = false;             // rests on a number nobody has confirmed: print QuorumTable::assumed_note
  std::vector<ResultLine> lines;    // everything that was looked at, in the order of the table

  std::vector<ResultLine> not_met() const;  // lines that are no or unknown
};

// Judges by the rule in force on the day of the meeting. Never fails: minutes that are in are judged as they are.
MeetingResult judge_meeting(const Minutes& minutes, const QuorumTable& table);

struct Standing {
  Answer stands = Answer::unknown;
  std::vector<ResultLine> lines;  // valid, order, public notice, objections, signature
};

// Whether a certificate may go out on this decision on `day` (R27, R38): it is valid, the public notice that the item
// asks for (`public_notice_days`, 0: none) is over and undisputed, and the head signed after it. Any other order is a
// defect even if all parts exist. An objection that was settled leaves the answer unknown: a person decides whether
// another meeting is needed.
Standing standing_on(const Minutes& minutes, const MeetingResult& result, std::uint32_t public_notice_days,
                     CivilDate day);

// R39: the item is in the scope, its time has not run out, and fewer than uses_max certificates were issued on it.
bool covers(const DecisionScope& scope, const ItemId& item, std::uint32_t used, CivilDate day);

// ---- reference by paper (O7)

// Ten characters of Crockford's base 32 (50 bits) of the minutes' hash, printed on them.
std::string check_code(const Hash& minutes);
// The code as typed from paper, made comparable: full-width, small letters, hyphens, O I L. Bad input names `field`.
Result<std::string> read_check_code(std::string_view typed, std::string field);

}  // namespace cunzheng::domain
