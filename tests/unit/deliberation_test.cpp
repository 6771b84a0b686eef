#include "shared/domain/deliberation.hpp"

#include "shared/codec/archive.hpp"
#include "tests/support/quorum_tables.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::find_line;
using testing::homestead_minutes;
using testing::minutes_of;
using testing::other_table;
using testing::shipped_table;
// Each failing line says what was asked for and how sure we are of it; assumed numbers are marked as such.
TEST(Meetings, FailingLinesSayWhatWasAsked) {
  const std::string figures =
      "entitled=32 present=20 votes_for=20 body_representatives=25 body_women_representatives=11 "
      "+party_organisation_discussed";
  const auto result = judge_meeting(minutes_of("2026-04-02 representatives_meeting members", figures), shipped_table());
  EXPECT_TRUE(result.assumed);
  std::vector<std::string> failing;
  for (const auto& line : result.not_met()) {
    if (!line.blocking) continue;
    failing.push_back(line.id);
    EXPECT_FALSE(line.label.zh.empty());
    EXPECT_FALSE(line.label.en.empty());
    EXPECT_EQ(line.certainty, Certainty::assumed) << line.id;
  }
  EXPECT_EQ(failing, (std::vector<std::string>{"presence", "representatives-four-fifths"}));

  const auto before = judge_meeting(minutes_of("2025-11-20 representatives_meeting members", figures), shipped_table());
  EXPECT_FALSE(before.assumed);
}

Answer line(const MeetingResult& result, const std::string& id) {
  const auto* found = find_line(result, id);
  if (!found) ADD_FAILURE() << "no line " << id;
  return found ? found->answer : Answer::unknown;
}

// The complete meeting leaves no line open, not even one that would only be shown.
TEST(Meetings, CompleteMinutesLeaveNothingOpen) {
  const auto result = judge_meeting(homestead_minutes(), shipped_table());
  EXPECT_EQ(result.valid, Answer::yes);
  for (const auto& open : result.not_met()) ADD_FAILURE() << open.id;
}

struct ShownRow {
  const char* rule;
  const char* line;
  Answer answer;
  std::function<void(Minutes&)> change;
};

// What is only shown does not take the decision away: notice of the meeting, votes that do not add up, R29's
// empowerment, an unusual number of households.
TEST(Meetings, SomeLinesAreShownAndDoNotBlock) {
  const std::vector<ShownRow> rows{
      {"R36", "votes-add-up", Answer::no, [](Minutes& m) { m.counts["votes_abstain"] = 1; }},
      {"R36", "votes-add-up", Answer::unknown, [](Minutes& m) { m.counts.erase("votes_abstain"); }},
      {"R29", "empowered", Answer::no, [](Minutes& m) { m.flags["empowered_by_villagers_meeting"] = false; }},
      {"R29", "empowered", Answer::unknown, [](Minutes& m) { m.flags.erase("empowered_by_villagers_meeting"); }},
      {"R31", "households-per-representative", Answer::no, [](Minutes& m) { m.counts["households"] = 27 * 15 + 1; }},
      {"R31", "households-per-representative", Answer::yes, [](Minutes& m) { m.counts["households"] = 27 * 15; }},
      {"R31", "households-per-representative", Answer::no, [](Minutes& m) { m.counts["households"] = 27 * 5 - 1; }},
  };
  for (const auto& row : rows) {
    auto minutes = homestead_minutes();
    row.change(minutes);
    const auto result = judge_meeting(minutes, shipped_table());
    EXPECT_EQ(line(result, row.line), row.answer) << row.rule;
    EXPECT_EQ(result.valid, Answer::yes) << row.rule;
  }
  auto own_matter = homestead_minutes();
  own_matter.matter = "title_origin";  // not reserved for the villagers' meeting
  EXPECT_EQ(find_line(judge_meeting(own_matter, shipped_table()), "empowered"), nullptr);
}

// R30: ten days between telling residents and the meeting, the first not counted; nine or not recorded are shown.
TEST(Meetings, NoticeOfTheMeetingIsCounted) {
  auto minutes = homestead_minutes();
  minutes.kind = MeetingKind("villagers_meeting");
  minutes.mode = "adults";
  minutes.told_on = day("2026-03-23");
  EXPECT_EQ(line(judge_meeting(minutes, shipped_table()), "meeting-notice"), Answer::yes);
  minutes.told_on = day("2026-03-24");
  EXPECT_EQ(line(judge_meeting(minutes, shipped_table()), "meeting-notice"), Answer::no);
  minutes.told_on.reset();
  EXPECT_EQ(line(judge_meeting(minutes, shipped_table()), "meeting-notice"), Answer::unknown);
  EXPECT_EQ(judge_meeting(minutes, shipped_table()).valid, Answer::yes);
}

// R34: the item with a threshold of its own is decided by its own kind of meeting only, and that kind decides nothing
// else.
TEST(Meetings, SpecialThresholdWins) {
  auto minutes = homestead_minutes();
  minutes.scope.items = {ItemId("land-contract-outsider")};
  const auto ordinary = judge_meeting(minutes, shipped_table());
  EXPECT_EQ(line(ordinary, "special-threshold"), Answer::no);
  EXPECT_EQ(ordinary.valid, Answer::no);
  minutes.kind = MeetingKind("outsiders_land");
  minutes.mode = "villager_representatives";
  minutes.counts["votes_for"] = 22;
  minutes.counts["votes_against"] = 0;
  EXPECT_EQ(judge_meeting(minutes, shipped_table()).valid, Answer::yes);
  minutes.scope.items = {ItemId("homestead-opinion")};
  EXPECT_EQ(judge_meeting(minutes, shipped_table()).valid, Answer::no);
  EXPECT_FALSE(other_table().may_decide(MeetingKind("courtyard_council"), ItemId("well-share")));
  EXPECT_TRUE(other_table().may_decide(MeetingKind("well_council"), ItemId("well-share")));
}

// A kind of meeting marked as not usable is recorded and left to a person, even with numbers in the table.
TEST(Meetings, KindThatIsNotUsableIsLeftToAPerson) {
  auto table = shipped_table();
  for (auto& kind : table.kinds) kind.usable = false;
  EXPECT_EQ(judge_meeting(homestead_minutes(), table).valid, Answer::unknown);
}

struct StandingRow {
  const char* rule;
  const char* note;
  Answer stands;
  std::function<void(Minutes&)> change;
  std::uint32_t notice_days = 7;
  const char* on = "2026-04-11";
};

// R27, R38: the parts must all exist and have come in order before a certificate may go out.
TEST(Standing, NeedsAllPartsInTheirOrder) {
  const auto none = [](Minutes&) {};
  const std::vector<StandingRow> rows{
      {"R27", "the good meeting", Answer::yes, none},
      {"R27", "on the day the head signed", Answer::yes, none, 7, "2026-04-10"},
      {"R38", "the last day of the notice", Answer::no, none, 7, "2026-04-09"},
      {"R27", "before the head signed", Answer::no, [](Minutes& m) { m.head_signed_on = day("2026-04-20"); }, 7,
       "2026-04-19"},
      {"R27", "nobody signed", Answer::no, [](Minutes& m) { m.head_signed_on.reset(); }},
      {"R27", "signed on the last day of the notice", Answer::no,
       [](Minutes& m) { m.head_signed_on = day("2026-04-09"); }},
      {"R27", "signed before the meeting", Answer::no,
       [](Minutes& m) {
         m.public_notice.reset();
         m.head_signed_on = day("2026-04-01");
       },
       0},
      {"R27", "told after the meeting", Answer::no, [](Minutes& m) { m.told_on = day("2026-04-03"); }},
      {"R27", "notice before the meeting", Answer::no,
       [](Minutes& m) {
         m.public_notice = PublicNotice{day("2026-04-01"), day("2026-04-09"), 0, 0};
       }},
      {"R38", "a day too short", Answer::no, none, 8},
      {"R38", "no notice where one is asked for", Answer::no, [](Minutes& m) { m.public_notice.reset(); }},
      {"R38", "no notice where none is asked for", Answer::yes, [](Minutes& m) { m.public_notice.reset(); }, 0},
      {"R38", "a notice of its own will must run out too", Answer::no,
       [](Minutes& m) { m.public_notice->to = day("2026-04-30"); }, 0},
      {"R38", "an open objection", Answer::no,
       [](Minutes& m) { m.public_notice->objections = m.public_notice->objections_open = 1; }},
      {"R38", "a settled objection: a person decides", Answer::unknown,
       [](Minutes& m) { m.public_notice->objections = 1; }},
      {"R31", "not quorate", Answer::no, [](Minutes& m) { m.counts["present"] = 20; }},
      {"R31", "votes not recorded", Answer::unknown, [](Minutes& m) { m.counts.erase("votes_for"); }},
      {"R34", "another kind of meeting decides this", Answer::no,
       [](Minutes& m) { m.scope.items.push_back(ItemId("land-contract-outsider")); }},
  };
  for (const auto& row : rows) {
    auto minutes = homestead_minutes();
    row.change(minutes);
    const auto result = judge_meeting(minutes, shipped_table());
    const auto standing = standing_on(minutes, result, row.notice_days, day(row.on));
    EXPECT_EQ(standing.stands, row.stands) << row.rule << ": " << row.note;
    EXPECT_EQ(standing.lines.size(), 5U);
  }
}

// R38: the notice counts as over on the day after its last day, whoever has signed what.
TEST(Standing, NoticeIsOverTheDayAfter) {
  const auto minutes = homestead_minutes();
  const auto result = judge_meeting(minutes, shipped_table());
  const auto notice_on = [&](const char* on) {
    const auto standing = standing_on(minutes, result, 7, day(on));
    const auto found = std::find_if(standing.lines.begin(), standing.lines.end(),
                                    [](const ResultLine& each) { return each.id == "public-notice"; });
    return found->answer;
  };
  EXPECT_EQ(notice_on("2026-04-09"), Answer::no);
  EXPECT_EQ(notice_on("2026-04-10"), Answer::yes);
}

// R39: only the items put to the meeting, only so often, only so long.
TEST(Standing, DecisionCoversItsScopeAndNothingElse) {
  const DecisionScope scope{{ItemId("homestead-opinion")}, 2, day("2026-12-31")};
  EXPECT_TRUE(covers(scope, ItemId("homestead-opinion"), 0, day("2026-04-11")));
  EXPECT_TRUE(covers(scope, ItemId("homestead-opinion"), 1, day("2026-12-31")));
  EXPECT_FALSE(covers(scope, ItemId("homestead-opinion"), 2, day("2026-04-11")));
  EXPECT_FALSE(covers(scope, ItemId("homestead-opinion"), 0, day("2027-01-01")));
  EXPECT_FALSE(covers(scope, ItemId("land-origin"), 0, day("2026-04-11")));
  EXPECT_FALSE(covers(scope, ItemId(), 0, day("2026-04-11")));
  EXPECT_TRUE(covers({{ItemId()}, 1, std::nullopt}, ItemId(), 0, day("2026-04-11")));
}

struct ImpossibleRow {
  const char* rule;
  const char* field;
  std::function<void(Minutes&)> change;
};

// What cannot have been is not recorded; the field says where.
TEST(Minutes, ImpossibleOnesAreBadInput) {
  const std::vector<ImpossibleRow> rows{
      {"R36", "kind", [](Minutes& m) { m.kind = MeetingKind("tea_party"); }},
      {"R30", "mode", [](Minutes& m) { m.mode = "adults"; }},
      {"R36", "matter", [](Minutes& m) { m.matter = "weather"; }},
      {"R36", "counts.ghosts", [](Minutes& m) { m.counts["ghosts"] = 1; }},
      {"R36", "flags.ghosts", [](Minutes& m) { m.flags["ghosts"] = true; }},
      {"R36", "counts.present", [](Minutes& m) { m.counts["present"] = 33; }},
      {"R36", "counts.votes_for", [](Minutes& m) { m.counts["votes_against"] = 6; }},
      {"R36", "counts.votes_for", [](Minutes& m) { m.counts["votes_for"] = UINT32_MAX; }},
      {"R39", "scope.items", [](Minutes& m) { m.scope.items.clear(); }},
      {"R39", "scope.uses_max", [](Minutes& m) { m.scope.uses_max = 0; }},
      {"R39", "scope.until", [](Minutes& m) { m.scope.until = day("2026-04-01"); }},
      {"R38", "public_notice.to", [](Minutes& m) { m.public_notice->to = day("2026-04-02"); }},
      {"R38", "public_notice.objections_open", [](Minutes& m) { m.public_notice->objections_open = 1; }},
  };
  ASSERT_TRUE(check(homestead_minutes(), shipped_table()));
  for (const auto& row : rows) {
    auto minutes = homestead_minutes();
    row.change(minutes);
    const auto result = check(minutes, shipped_table());
    ASSERT_FALSE(result) << row.field;
    EXPECT_EQ(result.error().field, row.field);
    EXPECT_EQ(result.error().rule, row.rule);
  }
}

// A bad decision is no bad input: it happened. Nor is a gap: what is not known yet may be recorded.
TEST(Minutes, BadDecisionsAndGapsAreRecorded) {
  auto minutes = homestead_minutes();
  minutes.counts = {{"entitled", 32}, {"present", 5}};
  minutes.flags.clear();
  minutes.told_on.reset();
  minutes.public_notice.reset();
  minutes.head_signed_on.reset();
  EXPECT_TRUE(check(minutes, shipped_table()));
}

// Both parts of the minutes have one form in bytes.
TEST(Minutes, HaveOneForm) {
  EXPECT_EQ(codec::decode<Minutes>(codec::encode(homestead_minutes())), homestead_minutes());
  const MinutesPrivate names{"宅基地", "村部", "无意见", {"测试甲", "测试乙"}, "测试壬", "", {Hash{1}}};
  EXPECT_EQ(codec::decode<MinutesPrivate>(codec::encode(names)), names);
}

// O7: ten characters name the minutes on paper, and are read back however they are typed.
TEST(CheckCode, IsReadBackFromPaper) {
  Hash hash{};
  for (std::size_t k = 0; k < hash.size(); ++k) hash[k] = static_cast<std::uint8_t>(7 * k + 1);
  const auto code = check_code(hash);
  ASSERT_EQ(code.size(), 10U);
  auto other = hash;
  other[5] ^= 1;
  EXPECT_NE(check_code(other), code);
  auto lower = code;
  for (auto& c : lower) c = static_cast<char>(std::tolower(c));
  for (const auto& typed : {code, lower, code.substr(0, 5) + "-" + code.substr(5), " " + code + "　"}) {
    EXPECT_EQ(read_check_code(typed, "code").value_or(""), code) << typed;
  }
  EXPECT_EQ(read_check_code("ooiil-00000", "code").value_or(""), "0011100000");
  for (const auto& typed :
       {code.substr(1), code + "0", std::string("ABCDU12345"), std::string(), std::string("\xff")}) {
    const auto refused = read_check_code(typed, "deliberation.code");
    ASSERT_FALSE(refused) << typed;
    EXPECT_EQ(refused.error().field, "deliberation.code");
    EXPECT_EQ(refused.error().rule, "O7");
  }
}

}  // namespace
}  // namespace cunzheng::domain
