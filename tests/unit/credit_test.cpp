#include "shared/domain/credit.hpp"

#include "shared/codec/archive.hpp"
#include "shared/domain/commitment.hpp"
#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::officer;
using testing::words;

const CreditRules& rules() {
  static const auto rules = [] {
    const auto forms = commitment_forms_from_json(test::tree_text("deploy/data/commitment.json"));
    if (!forms) ADD_FAILURE() << words(forms.error());
    return forms ? forms->credit : CreditRules{};
  }();
  return rules;
}

struct PeriodRow {
  const char* rule;
  const char* determined_on;
  CreditClass credit_class;
  const char* regime;
  const char* repair_earliest;  // empty: not known
  const char* publication_latest_end;
  const char* note;
};

// R88: months run from the day of the determination by the rules of that day; the last day of a short month serves.
TEST(CreditPeriods, RunFromTheDetermination) {
  const std::vector<PeriodRow> rows{
      {"R88", "2026-06-15", CreditClass::ordinary, "measures-36-2026", "2026-09-15", "2027-06-15", "found late"},
      {"R88", "2026-03-31", CreditClass::ordinary, "trial-58-2023", "2026-06-30", "2027-03-31", "last day of the old"},
      {"R88", "2026-04-01", CreditClass::serious, "measures-36-2026", "2027-04-01", "2029-04-01", "first of the new"},
      {"R89", "2026-05-08", CreditClass::minor, "measures-36-2026", "2026-05-08", "2026-08-08", "once duties are done"},
      {"R88", "2024-02-29", CreditClass::ordinary, "trial-58-2023", "2024-05-29", "2025-02-28", "leap day"},
      {"R88", "2024-05-01", CreditClass::minor, "trial-58-2023", "", "", "not known: a person decides"},
      {"R88", "2022-07-01", CreditClass::ordinary, "before-2023", "", "", "not known: a person decides"},
      {"R88", "2020-08-31", CreditClass::ordinary, "", "", "", "before all that is known"},
  };
  for (const auto& row : rows) {
    const auto dates = dates_of(rules(), row.credit_class, day(row.determined_on));
    const auto what = std::string(row.rule) + " " + row.determined_on + ": " + row.note;
    EXPECT_EQ(dates.regime, row.regime) << what;
    EXPECT_EQ(dates.repair_earliest ? dates.repair_earliest->text() : "", row.repair_earliest) << what;
    EXPECT_EQ(dates.publication_latest_end ? dates.publication_latest_end->text() : "", row.publication_latest_end)
        << what;
  }
}

CreditDecision sound_decision() {
  CreditDecision decision;
  decision.decision_no = "示民信决〔2026〕8号";
  decision.decided_on = day("2026-05-10");
  decision.deciding_organ = "示范区民政局";
  decision.credit_class = CreditClass::ordinary;
  decision.heard_on = day("2026-05-06");
  decision.served_on = day("2026-05-12");
  decision.first_officer = officer(1);
  decision.second_officer = officer(2);
  decision.evidence = Hash{1};
  decision.consequences = {"revoke", "credit_record"};
  return decision;
}

struct DecisionRow {
  const char* rule;
  const char* field;
  std::function<void(CreditDecision&)> spoil;
};

const std::vector<DecisionRow>& missing_parts() {
  static const std::vector<DecisionRow> rows{
      {"R79", "decision_no", [](CreditDecision& d) { d.decision_no = " "; }},
      {"R79", "deciding_organ", [](CreditDecision& d) { d.deciding_organ.clear(); }},
      {"R79", "heard_on", [](CreditDecision& d) { d.heard_on.reset(); }},
      {"R79", "heard_on", [](CreditDecision& d) { d.heard_on = day("2026-05-11"); }},
      {"R95", "served_on", [](CreditDecision& d) { d.served_on.reset(); }},
      {"R95", "served_on", [](CreditDecision& d) { d.served_on = day("2026-05-09"); }},
      {"D19", "first_officer", [](CreditDecision& d) { d.first_officer.reset(); }},
      {"D19", "second_officer", [](CreditDecision& d) { d.second_officer.reset(); }},
      {"D19", "second_officer", [](CreditDecision& d) { d.second_officer = d.first_officer; }},
      {"D19", "evidence", [](CreditDecision& d) { d.evidence = Hash{}; }},
      {"R78", "consequences[1]", [](CreditDecision& d) { d.consequences[1] = "pillory"; }},
  };
  return rows;
}

// A finding of falsehood needs every part, and says which one is missing.
TEST(CreditDecisions, NeedEveryPart) {
  ASSERT_TRUE(check(sound_decision(), rules()));
  for (const auto& row : missing_parts()) {
    auto decision = sound_decision();
    row.spoil(decision);
    const auto result = check(decision, rules());
    ASSERT_FALSE(result) << row.field;
    EXPECT_EQ(result.error().field, row.field);
    EXPECT_EQ(result.error().rule, row.rule);
  }
}

// A decision without one of its parts determines nothing: it excludes nobody and stands on no site, whoever put it in.
TEST(CreditDecisions, UnsoundOnesHaveNoEffect) {
  for (const auto& row : missing_parts()) {
    CreditCase file{sound_decision(),
                    {{CreditStep::published, day("2026-05-20"), "示范区民政局", "示民公〔2026〕1号"}}};
    ASSERT_TRUE(published_on(file, rules(), day("2026-06-01")));
    row.spoil(*file.decision);
    EXPECT_FALSE(excludes(file, rules(), day("2026-06-01"))) << row.field;
    EXPECT_FALSE(published_on(file, rules(), day("2026-06-01"))) << row.field;
    EXPECT_EQ(state_on(file, rules(), day("2026-06-01")), CreditState::reported) << row.field;
  }
}

// R84: on the day of the commitment the person was of age.
TEST(CreditDecisions, MinorsAreNoSubjects) {
  EXPECT_TRUE(check_subject(rules(), "120199194708029152", day("2026-05-12")));
  EXPECT_FALSE(check_subject(rules(), "120199201506109077", day("2026-05-12")));
  EXPECT_FALSE(check_subject(rules(), "120199201506109077", day("2033-06-09")));
  EXPECT_TRUE(check_subject(rules(), "120199201506109077", day("2033-06-10")));
}

CreditAct act(CreditStep step, const char* on) { return {step, day(on), "示范区民政局", "示民公〔2026〕1号"}; }

struct CaseRow {
  const char* rule;
  const char* note;
  std::vector<CreditAct> acts;
  const char* on;
  CreditState state;
  bool excluded;
  bool published;
};

// The life of a case of 10 May 2026, ordinary: excluded from the decision until repaired, whatever the site shows.
TEST(CreditCases, ExcludeUntilRepaired) {
  using Step = CreditStep;
  using State = CreditState;
  const std::vector<CaseRow> rows{
      {"R79",
       "a suspicion is only a report",
       {act(Step::reported, "2026-04-20")},
       "2026-05-09",
       State::reported,
       false,
       false},
      {"R79", "heard", {act(Step::heard, "2026-05-06")}, "2026-05-09", State::heard, false, false},
      {"R76", "from the day of the decision", {}, "2026-05-10", State::determined, true, false},
      {"R81",
       "recorded is not shared",
       {act(Step::recorded, "2026-05-15")},
       "2026-05-20",
       State::recorded,
       true,
       false},
      {"R81",
       "shared is not published",
       {act(Step::recorded, "2026-05-15"), act(Step::shared, "2026-05-16")},
       "2026-05-20",
       State::shared,
       true,
       false},
      {"R83",
       "published on a decision of its own",
       {act(Step::published, "2026-05-20")},
       "2026-05-20",
       State::published,
       true,
       true},
      {"R83", "not before", {act(Step::published, "2026-05-20")}, "2026-05-19", State::determined, true, false},
      {"R83",
       "published without a document is not published",
       {{Step::published, day("2026-05-20"), "示范区民政局", " "}},
       "2026-05-20",
       State::published,
       true,
       false},
      {"R95",
       "nor before it was served",
       {act(Step::published, "2026-05-11")},
       "2026-05-11",
       State::published,
       true,
       false},
      {"R95", "but from then on", {act(Step::published, "2026-05-11")}, "2026-05-12", State::published, true, true},
      {"R81",
       "acts in another order",
       {act(Step::published, "2026-05-20"), act(Step::recorded, "2026-05-21")},
       "2026-05-22",
       State::published,
       true,
       true},
      {"R90",
       "the last day of the longest period",
       {act(Step::published, "2026-05-20")},
       "2027-05-10",
       State::published,
       true,
       true},
      {"R90",
       "expired is not repaired",
       {act(Step::published, "2026-05-20")},
       "2027-05-11",
       State::expired,
       true,
       false},
      {"R92", "never published, five years on", {}, "2031-05-10", State::expired, true, false},
      {"R89",
       "asking is not being repaired",
       {act(Step::repair_applied, "2026-09-20")},
       "2026-09-27",
       State::repair_applied,
       true,
       false},
      {"R91",
       "repaired",
       {act(Step::published, "2026-05-20"), act(Step::repaired, "2026-09-28")},
       "2026-09-28",
       State::repaired,
       false,
       false},
      {"R91",
       "the day before",
       {act(Step::published, "2026-05-20"), act(Step::repaired, "2026-09-28")},
       "2026-09-27",
       State::published,
       true,
       true},
      {"R91", "stays repaired", {act(Step::repaired, "2026-09-28")}, "2028-01-01", State::repaired, false, false},
      {"R93",
       "repair by false papers",
       {act(Step::repaired, "2026-09-28"), act(Step::repair_revoked, "2026-11-01")},
       "2026-11-01",
       State::repair_revoked,
       true,
       false},
      {"R93",
       "and repaired again",
       {act(Step::repaired, "2026-09-28"), act(Step::repair_revoked, "2026-11-01"), act(Step::repaired, "2027-02-01")},
       "2027-02-01",
       State::repaired,
       false,
       false},
      {"R93",
       "acts in any order of arrival",
       {act(Step::repair_revoked, "2026-11-01"), act(Step::repaired, "2026-09-28")},
       "2026-11-01",
       State::repair_revoked,
       true,
       false},
      {"R87",
       "corrected on objection",
       {act(Step::published, "2026-05-20"), act(Step::corrected_on_objection, "2026-06-01")},
       "2026-06-01",
       State::corrected_on_objection,
       false,
       false},
      {"R87",
       "and nothing revives it",
       {act(Step::corrected_on_objection, "2026-06-01"), act(Step::published, "2026-06-02")},
       "2026-06-03",
       State::corrected_on_objection,
       false,
       false},
      {"R87",
       "not even a repair",
       {act(Step::corrected_on_objection, "2026-06-01"), act(Step::repaired, "2026-06-02")},
       "2026-06-03",
       State::corrected_on_objection,
       false,
       false},
      {"R81",
       "an act before the finding counts for nothing",
       {act(Step::published, "2026-05-09")},
       "2026-05-20",
       State::determined,
       true,
       false},
  };
  for (const auto& row : rows) {
    const CreditCase file{sound_decision(), row.acts};
    const auto what = std::string(row.rule) + " " + row.on + ": " + row.note;
    EXPECT_EQ(codec::name_of(state_on(file, rules(), day(row.on))), codec::name_of(row.state)) << what;
    EXPECT_EQ(excludes(file, rules(), day(row.on)), row.excluded) << what;
    EXPECT_EQ(published_on(file, rules(), day(row.on)), row.published) << what;
  }
}

// R92 is a parameter: where the district ends exclusion with the period, it ends the day after the period.
TEST(CreditCases, DistrictMayEndExclusionWithThePeriod) {
  auto other = rules();
  other.exclusion_ends_with = ExclusionEnd::period_over;
  const CreditCase file{sound_decision(), {}};
  EXPECT_TRUE(excludes(file, other, day("2027-05-10")));
  EXPECT_FALSE(excludes(file, other, day("2027-05-11")));
  auto unknown_period = file;
  unknown_period.decision->decided_on = unknown_period.decision->heard_on.emplace(day("2022-07-01"));
  EXPECT_TRUE(excludes(unknown_period, other, day("2031-01-01")));
}

// Without a decision there is nothing to exclude or publish, whatever acts are claimed.
TEST(CreditCases, NothingWithoutADecision) {
  const CreditCase file{std::nullopt,
                        {act(CreditStep::recorded, "2026-05-15"), act(CreditStep::published, "2026-05-20")}};
  EXPECT_FALSE(excludes(file, rules(), day("2026-06-01")));
  EXPECT_FALSE(published_on(file, rules(), day("2026-06-01")));
  EXPECT_EQ(state_on(file, rules(), day("2026-06-01")), CreditState::reported);
}

RepairRequest good_repair() {
  return {day("2026-09-20"), day("2026-09-28"), "示范区民政局", "示民修〔2026〕3号", true, true};
}

struct RepairRow {
  const char* rule;
  const char* field;
  std::function<void(RepairRequest&)> spoil;
};

// R89, R94: who repairs, when at the earliest, and on what papers.
TEST(CreditRepair, NeedsItsOrganItsTimeAndItsPapers) {
  const std::vector<RepairRow> rows{
      {"R94", "organ", [](RepairRequest& r) { r.organ = "示范区公共信用中心"; }},
      {"R94", "document_no", [](RepairRequest& r) { r.document_no.clear(); }},
      {"R89", "duties_done_shown", [](RepairRequest& r) { r.duties_done_shown = false; }},
      {"R89", "credit_commitment_given", [](RepairRequest& r) { r.credit_commitment_given = false; }},
      {"R89", "applied_on", [](RepairRequest& r) { r.applied_on = day("2026-08-09"); }},
      {"R94", "decided_on", [](RepairRequest& r) { r.decided_on = day("2026-09-19"); }},
  };
  ASSERT_TRUE(check_repair(good_repair(), sound_decision(), rules()));
  for (const auto& row : rows) {
    auto request = good_repair();
    row.spoil(request);
    const auto result = check_repair(request, sound_decision(), rules());
    ASSERT_FALSE(result) << row.field;
    EXPECT_EQ(result.error().field, row.field);
    EXPECT_EQ(result.error().rule, row.rule);
  }
  auto first_day = good_repair();
  first_day.applied_on = day("2026-08-10");
  EXPECT_TRUE(check_repair(first_day, sound_decision(), rules()));
}

const std::vector<std::string>& listed_people() {
  static const std::vector<std::string> people{"120199194708029152", "120199198508229027", "120199194708029152"};
  return people;
}

// The list knows the people on it as a possible match, others hardly ever, and without a list nothing is known.
TEST(ExclusionLists, AnswerWithoutNames) {
  ByteArray<16> key{};
  key[0] = 42;
  const auto list = make_exclusion_list(3, day("2026-05-12"), key, listed_people());
  ASSERT_TRUE(check(list));
  EXPECT_EQ(list.prefixes.size(), 2U);
  EXPECT_EQ(ask(list, "120199194708029152"), ExclusionAnswer::possible_match);
  EXPECT_EQ(ask(list, "120199198508229027"), ExclusionAnswer::possible_match);
  EXPECT_EQ(ask(list, "120199196103159017"), ExclusionAnswer::no_hit);
  EXPECT_EQ(ask(std::nullopt, "120199194708029152"), ExclusionAnswer::no_list);
  EXPECT_EQ(codec::decode<ExclusionList>(codec::encode(list)), list);
}

// A new key makes another list of the same people, so lists cannot be laid side by side.
TEST(ExclusionLists, NewKeyMakesAnotherList) {
  const auto one = make_exclusion_list(3, day("2026-05-12"), ByteArray<16>{1}, listed_people());
  const auto two = make_exclusion_list(4, day("2026-05-13"), ByteArray<16>{2}, listed_people());
  EXPECT_NE(one.prefixes, two.prefixes);
}

// A list whose prefixes do not ascend or are too large is refused.
TEST(ExclusionLists, ShapeIsChecked) {
  ExclusionList list;
  EXPECT_TRUE(check(list));
  list.prefixes = {1, 2, (1U << 20) - 1};
  EXPECT_TRUE(check(list));
  for (const auto& prefixes : std::vector<std::vector<std::uint32_t>>{{2, 1}, {1, 1}, {1, 1U << 20}}) {
    list.prefixes = prefixes;
    EXPECT_FALSE(check(list));
  }
}

}  // namespace
}  // namespace cunzheng::domain
