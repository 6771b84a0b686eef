#include "shared/domain/quorums.hpp"

#include "shared/codec/json.hpp"
#include "tests/support/quorum_tables.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::minutes_of;
using testing::other_table;
using testing::shipped_table;
using testing::words;
struct MeetingRow {
  const char* rule;
  const char* note;
  const char* meeting;
  const char* figures;
  const char* rule_of_day;
  Answer quorate;
  Answer passes;
  Answer valid;
};

void expect_rows(const std::vector<MeetingRow>& rows, const QuorumTable& table) {
  for (const auto& row : rows) {
    const auto result = judge_meeting(minutes_of(row.meeting, row.figures), table);
    const auto what = std::string(row.rule) + " " + row.meeting + ": " + row.note;
    EXPECT_EQ(result.rule, row.rule_of_day) << what;
    EXPECT_EQ(result.quorate, row.quorate) << what;
    EXPECT_EQ(result.passes, row.passes) << what;
    EXPECT_EQ(result.valid, row.valid) << what;
    const auto open = result.not_met();
    const bool none_blocks =
        std::none_of(open.begin(), open.end(), [](const ResultLine& line) { return line.blocking; });
    EXPECT_EQ(result.valid == Answer::yes, none_blocks) << what;
  }
}

constexpr auto yes = Answer::yes;
constexpr auto no = Answer::no;
constexpr auto unknown = Answer::unknown;

// Meetings of each kind at and around the limits of the law of their day.
TEST(Meetings, AreJudgedByTheRuleOfTheirDay) {
  const std::vector<MeetingRow> rows{
      {"R31", "quorate, passed: the good meeting", "2026-04-02 representatives_meeting members",
       "entitled=32 present=24 votes_for=19 body_representatives=27 body_women_representatives=11 "
       "+party_organisation_discussed",
       "representatives-meeting-2026", yes, yes, yes},
      {"R31", "quorum missed whatever the votes", "2026-04-02 representatives_meeting members",
       "entitled=32 present=20 votes_for=20 body_representatives=27 body_women_representatives=11 "
       "+party_organisation_discussed",
       "representatives-meeting-2026", no, yes, no},
      {"R31", "22 of 32 is quorate; 11 of 22 is not over half", "2026-04-02 representatives_meeting members",
       "entitled=32 present=22 votes_for=11 body_representatives=27 body_women_representatives=11 "
       "+party_organisation_discussed",
       "representatives-meeting-2026", yes, no, no},
      {"R35", "party discussion not recorded: unknown", "2026-04-02 representatives_meeting members",
       "entitled=32 present=24 votes_for=19 body_representatives=27 body_women_representatives=11",
       "representatives-meeting-2026", yes, yes, unknown},
      {"R35", "before 2026 no such condition", "2025-11-20 representatives_meeting members",
       "entitled=32 present=24 votes_for=19 body_representatives=27 body_women_representatives=11",
       "representatives-meeting-2018", yes, yes, yes},
      {"R31", "25 of 32 is below four fifths", "2025-11-20 representatives_meeting members",
       "entitled=32 present=24 votes_for=19 body_representatives=25 body_women_representatives=11",
       "representatives-meeting-2018", yes, yes, no},
      {"R30", "exactly half is not over half", "2025-06-10 villagers_meeting adults",
       "entitled=1000 present=500 votes_for=400", "villagers-meeting-2018", no, yes, no},
      {"R30", "501 present, 251 for: passes", "2025-06-10 villagers_meeting adults",
       "entitled=1000 present=501 votes_for=251", "villagers-meeting-2018", yes, yes, yes},
      {"R30", "exactly two thirds of households is enough", "2025-06-10 villagers_meeting household_representatives",
       "entitled=300 present=200 votes_for=101", "villagers-meeting-2018", yes, yes, yes},
      {"R32", "26 of 40 is below two thirds", "2025-06-10 group_meeting household_representatives",
       "entitled=40 present=26 votes_for=26", "group-meeting-2018", no, yes, no},
      {"R33", "over half of delegates", "2025-06-10 residents_meeting group_delegates",
       "entitled=60 present=31 votes_for=16", "residents-meeting-1989", yes, yes, yes},
      {"R33", "exactly half", "2025-06-10 residents_meeting group_delegates", "entitled=60 present=30 votes_for=30",
       "residents-meeting-1989", no, yes, no},
      {"R34", "19 of 30 is below two thirds of all though over half of those present",
       "2025-06-10 outsiders_land villager_representatives", "entitled=30 present=28 votes_for=19",
       "outsiders-land-2019", yes, no, no},
      {"R34", "exactly two thirds of all", "2025-06-10 outsiders_land villager_representatives",
       "entitled=30 present=28 votes_for=20", "outsiders-land-2019", yes, yes, yes},
      {"R33", "numbers not seen: a person decides", "2026-05-10 residents_representatives_meeting members",
       "entitled=50 present=50 votes_for=50 +party_organisation_discussed", "residents-representatives-2026", unknown,
       unknown, unknown},
      {"R36", "votes not recorded", "2026-04-02 representatives_meeting members",
       "entitled=32 present=24 body_representatives=27 body_women_representatives=11 +party_organisation_discussed",
       "representatives-meeting-2026", yes, unknown, unknown},
      {"R37", "default numbers, assumed", "2026-05-10 flexible_consultation listed_persons",
       "entitled=12 present=9 votes_for=8 +affected_list_kept", "flexible-2020", yes, yes, yes},
      {"R36", "more present than entitled", "2026-04-02 representatives_meeting members",
       "entitled=32 present=33 votes_for=30 body_representatives=27 body_women_representatives=11 "
       "+party_organisation_discussed",
       "representatives-meeting-2026", yes, yes, no},
      {"R103", "no rule in this file for that day", "2017-05-05 villagers_meeting adults",
       "entitled=100 present=90 votes_for=80", "", unknown, unknown, unknown},
      {"R35", "two thirds of all, but the party discussion was recorded as not held",
       "2026-05-10 outsiders_land adults", "entitled=900 present=700 votes_for=600 -party_organisation_discussed",
       "outsiders-land-2019", yes, yes, no},
  };
  expect_rows(rows, shipped_table());
}

// The same judge on a table that shares nothing with the shipped one.
TEST(Meetings, AreJudgedByAnotherTableToo) {
  const std::vector<MeetingRow> rows{
      {"R103", "exactly three quarters, three fifths of all", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 +bell_rung -rained", "courtyard-1", yes, yes, yes},
      {"R103", "one short of three quarters", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=14 votes_for=14 +bell_rung -rained", "courtyard-1", no, yes, no},
      {"R103", "of all, not of those present", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=11 +bell_rung -rained", "courtyard-1", yes, no, no},
      {"R103", "it rained", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 +bell_rung +rained", "courtyard-1", yes, yes, no},
      {"R103", "nobody wrote down the weather", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 +bell_rung", "courtyard-1", yes, yes, unknown},
      {"R103", "no bell, but enough elders", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 elders=3 -bell_rung -rained", "courtyard-1", yes, yes, yes},
      {"R103", "no bell, too few elders", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 elders=2 -bell_rung -rained", "courtyard-1", yes, yes, no},
      {"R103", "no bell, elders not counted", "2026-05-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 -bell_rung -rained", "courtyard-1", yes, yes, unknown},
      {"R103", "a condition of 2027 asks for the bell", "2027-01-01 courtyard_council everyone",
       "entitled=20 present=15 votes_for=12 elders=3 -bell_rung -rained", "courtyard-1", yes, yes, no},
      {"R103", "all of all", "2026-05-01 well_council owners", "entitled=7 present=7 votes_for=7", "well-1", yes, yes,
       yes},
      {"R103", "of nobody no share can be told", "2026-05-01 well_council owners", "entitled=0 present=0 votes_for=0",
       "well-1", unknown, unknown, unknown},
      {"R103", "its last day", "2026-12-31 well_council owners", "entitled=7 present=7 votes_for=7", "well-1", yes, yes,
       yes},
      {"R103", "the day after", "2027-01-01 well_council owners", "entitled=7 present=7 votes_for=7", "", unknown,
       unknown, unknown},
      {"R103", "a mode the rule does not have", "2026-05-01 well_council members", "entitled=7 present=7 votes_for=7",
       "well-1", unknown, unknown, unknown},
      {"R103", "the kinds of the shipped table mean nothing here", "2026-04-02 representatives_meeting members",
       "entitled=32 present=24 votes_for=19", "", unknown, unknown, unknown},
  };
  expect_rows(rows, other_table());
}

struct BadTableRow {
  const char* place;
  std::function<void(QuorumTable&)> spoil;
};

// Each row spoils the other table in one place; check() names it.
TEST(QuorumTables, CheckNamesThePlace) {
  const auto presence = [](QuorumTable& t) -> Condition& { return t.rules[0].modes[0].presence.condition; };
  const auto nested = [](int levels) {
    Condition condition;
    for (int k = 1; k < levels; ++k) condition = {ConditionOp::all_of, std::nullopt, std::nullopt, {condition}};
    return condition;
  };
  const std::vector<BadTableRow> rows{
      {"counts.votes_for", [](QuorumTable& t) { t.counts.erase("votes_for"); }},
      {"kinds[1].id", [](QuorumTable& t) { t.kinds[1].id = t.kinds[0].id; }},
      {"rules[0].kind", [](QuorumTable& t) { t.rules[0].kind = MeetingKind("tea_party"); }},
      {"rules[1].to", [](QuorumTable& t) { t.rules[1].to = day("2025-12-31"); }},
      {"rules[1].from", [](QuorumTable& t) { t.rules[1].kind = t.rules[0].kind; }},
      {"rules[0].modes", [](QuorumTable& t) { t.rules[0].modes.clear(); }},
      {"rules[0].modes[0].presence.condition.share.count",
       [&](QuorumTable& t) { presence(t).share->count = "ghosts"; }},
      {"rules[0].modes[0].presence.condition.share.of", [&](QuorumTable& t) { presence(t).share->of = "ghosts"; }},
      {"rules[0].modes[0].presence.condition.share.den", [&](QuorumTable& t) { presence(t).share->den = 0; }},
      {"rules[0].modes[0].presence.condition", [&](QuorumTable& t) { presence(t).share.reset(); }},
      {"rules[0].modes[0].presence.condition", [&](QuorumTable& t) { presence(t).flag = "rained"; }},
      {"rules[0].conditions[0].condition.args[0].flag",
       [](QuorumTable& t) { t.rules[0].conditions[0].condition.args[0].flag = "ghosts"; }},
      {"rules[0].conditions[0].condition",
       [](QuorumTable& t) {
         t.rules[0].conditions[0].condition.args.push_back(t.rules[0].conditions[0].condition.args[0]);
       }},
      {"rules[0].conditions[1].condition", [](QuorumTable& t) { t.rules[0].conditions[1].condition.args.clear(); }},
      {"rules[0].conditions[1].condition.args[0].args[0].args[0]",
       [&](QuorumTable& t) { t.rules[0].conditions[1].condition = nested(4); }},
  };
  for (const auto& row : rows) {
    auto table = other_table();
    row.spoil(table);
    const auto result = check(table);
    ASSERT_FALSE(result) << row.place;
    EXPECT_EQ(result.error().field, row.place);
  }
}

// One table, one form in bytes and JSON; the deepest condition that check() lets pass still fits the archive.
TEST(QuorumTables, HaveOneForm) {
  auto deep = other_table();
  auto& condition = deep.rules[0].conditions[1].condition;
  condition = {ConditionOp::all_of, std::nullopt, std::nullopt, {condition}};
  ASSERT_TRUE(check(deep));
  for (const auto& table : {shipped_table(), other_table(), deep}) {
    const auto decoded = codec::decode<QuorumTable>(codec::encode(table));
    ASSERT_TRUE(decoded) << words(decoded.error());
    EXPECT_EQ(*decoded, table);
    const auto again = codec::from_json<QuorumTable>(codec::to_json(table));
    ASSERT_TRUE(again) << words(again.error());
    EXPECT_EQ(*again, table);
  }
}

// Conditions of a wrong shape come only from damaged data: unknown, never yes.
TEST(QuorumTables, WrongShapeIsUnknown) {
  for (const auto op : {ConditionOp::at_least, ConditionOp::opposite, ConditionOp::flag, ConditionOp::unknown}) {
    EXPECT_EQ(evaluate(Condition{op, std::nullopt, std::nullopt, {}}, {}, {}), Answer::unknown);
  }
}

// Large counts do not overflow: 4,294,967,295 of as many is all of them.
TEST(QuorumTables, LargeCountsDoNotOverflow) {
  const Condition all{ConditionOp::at_least, Share{"present", UINT32_MAX, UINT32_MAX, "entitled"}, std::nullopt, {}};
  EXPECT_EQ(evaluate(all, {{"present", UINT32_MAX}, {"entitled", UINT32_MAX}}, {}), Answer::yes);
  EXPECT_EQ(evaluate(all, {{"present", UINT32_MAX - 1}, {"entitled", UINT32_MAX}}, {}), Answer::no);
}

}  // namespace
}  // namespace cunzheng::domain
