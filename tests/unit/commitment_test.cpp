#include "shared/domain/commitment.hpp"

#include "shared/codec/json.hpp"
#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::officer;
using testing::words;

CommitmentForms forms_of(const char* path) {
  auto forms = commitment_forms_from_json(test::tree_text(path));
  if (!forms) ADD_FAILURE() << path << ": " << words(forms.error());
  return forms.value_or(CommitmentForms{});
}
const CommitmentForms& trial_forms() {
  static const auto forms = forms_of("deploy/data/commitment-trial.json");
  return forms;
}

// Any matter for which a commitment is taken.
CommitmentMatter open_matter() {
  for (const auto& matter : trial_forms().matters) {
    if (matter.excluded == Answer::no) return matter;
  }
  ADD_FAILURE() << "no such matter";
  return {};
}

// Both files are fit to be published; the shipped one names no organ, for the district has to.
TEST(CommitmentForms, FilesAreSoundAndHaveOneForm) {
  for (const auto& forms : {forms_of("deploy/data/commitment.json"), trial_forms()}) {
    EXPECT_EQ(codec::decode<CommitmentForms>(codec::encode(forms)), forms);
    const auto again = codec::from_json<CommitmentForms>(codec::to_json(forms));
    ASSERT_TRUE(again) << words(again.error());
    EXPECT_EQ(*again, forms);
  }
  EXPECT_TRUE(forms_of("deploy/data/commitment.json").matters.empty());
}

// R74, R70: the text has its seven parts in order, every placeholder is filled, and the organ stands in it.
TEST(Commitment, TextHasSevenFilledParts) {
  const auto matter = open_matter();
  const auto text = compose_commitment(trial_forms(), matter);
  ASSERT_TRUE(text) << words(text.error());
  ASSERT_EQ(text->parts.size(), 7U);
  std::vector<const Text*> all{&text->title,      &text->opening, &text->promise,
                               &text->withdrawal, &text->privacy, &text->provisional};
  for (std::size_t k = 0; k < text->parts.size(); ++k) {
    EXPECT_EQ(text->parts[k].part, static_cast<CommitmentPart>(k));
    all.push_back(&text->parts[k].text);
  }
  for (const auto* each : all) {
    for (const auto& language : {each->zh, each->en}) {
      EXPECT_FALSE(language.empty());
      EXPECT_EQ(language.find_first_of("{}"), std::string::npos) << language;
    }
  }
  EXPECT_NE(text->opening.zh.find(matter.organ_name), std::string::npos);
  EXPECT_NE(text->provisional.zh.find(matter.organ_name), std::string::npos);
}

struct TextRow {
  const char* rule;
  const char* field;
  std::function<void(CommitmentMatter&)> spoil;
};

// A part that stays empty, or another side that is no deciding organ, makes no text.
TEST(Commitment, TextIsRefusedWhereAPartIsMissing) {
  const std::vector<TextRow> rows{
      {"R74", "values.law_name", [](CommitmentMatter& m) { m.values.erase("law_name"); }},
      {"R74", "values.facts_to_be_true", [](CommitmentMatter& m) { m.values["facts_to_be_true"] = " 　 "; }},
      {"R74", "values.publicity_until", [](CommitmentMatter& m) { m.values["publicity_until"].clear(); }},
      {"R70", "organ_name", [](CommitmentMatter& m) { m.organ_name = "天津市示范区示范镇示范甲村村民委员会"; }},
      {"R70", "organ_name", [](CommitmentMatter& m) { m.organ_name = "示范丙社区居民委员会"; }},
      {"R70", "organ_name", [](CommitmentMatter& m) { m.organ_name = " "; }},
      {"GB 32100", "organ_code", [](CommitmentMatter& m) { m.organ_code = "11120199TX0000052V"; }},
      {"R77", "check_manner", [](CommitmentMatter& m) { m.check_manner = "by_rumour"; }},
  };
  for (const auto& row : rows) {
    auto matter = open_matter();
    row.spoil(matter);
    const auto text = compose_commitment(trial_forms(), matter);
    ASSERT_FALSE(text) << row.field;
    EXPECT_EQ(text.error().field, row.field);
    EXPECT_EQ(text.error().rule, row.rule);
  }
}

// What a value says is text, never a placeholder of its own.
TEST(Commitment, ValuesAreNotFilledAgain) {
  auto matter = open_matter();
  matter.values["facts_to_be_true"] = "{organ_name}";
  const auto text = compose_commitment(trial_forms(), matter);
  ASSERT_TRUE(text);
  EXPECT_NE(text->parts[2].text.zh.find("{organ_name}"), std::string::npos);
}

struct FormsRow {
  const char* place;
  std::function<void(CommitmentForms&)> spoil;
};

// Each row spoils the trial forms in one place; check() names it.
TEST(CommitmentForms, CheckNamesThePlace) {
  const std::vector<FormsRow> rows{
      {"form.parts", [](CommitmentForms& f) { f.form.parts.pop_back(); }},
      {"form.parts", [](CommitmentForms& f) { std::swap(f.form.parts[1], f.form.parts[2]); }},
      {"form.parts", [](CommitmentForms& f) { f.form.parts.push_back(f.form.parts[0]); }},
      {"form.parts[4].text", [](CommitmentForms& f) { f.form.parts[4].text.zh += "{ghost}"; }},
      {"form.privacy", [](CommitmentForms& f) { f.form.privacy.en += "{matter_name"; }},
      {"placeholders", [](CommitmentForms& f) { f.placeholders.push_back("ghost"); }},
      {"outcomes.false", [](CommitmentForms& f) { f.outcomes.erase("false"); }},
      {"credit.regimes[2].from", [](CommitmentForms& f) { f.credit.regimes[2].from = day("2026-03-31"); }},
      {"credit.regimes[1].to", [](CommitmentForms& f) { f.credit.regimes[1].to = day("2023-04-30"); }},
      {"credit.regimes[2].classes.ordinary.shortest_months",
       [](CommitmentForms& f) { f.credit.regimes[2].classes[CreditClass::ordinary].shortest_months = 13; }},
      {"credit.regimes[2].classes.serious.shortest_months",
       [](CommitmentForms& f) { f.credit.regimes[2].classes[CreditClass::serious].longest_months = UINT32_MAX; }},
      {"matters[0].organ_code", [](CommitmentForms& f) { f.matters[0].organ_code.clear(); }},
      {"matters[0].values.article", [](CommitmentForms& f) { f.matters[0].values.erase("article"); }},
      {"matters[1].id", [](CommitmentForms& f) { f.matters[1].id = f.matters[0].id; }},
      {"matters[1].excluded_as", [](CommitmentForms& f) { f.matters[1].excluded_as = "ghost"; }},
  };
  for (const auto& row : rows) {
    auto forms = trial_forms();
    row.spoil(forms);
    const auto result = check(forms);
    ASSERT_FALSE(result) << row.place;
    EXPECT_EQ(result.error().field, row.place);
  }
}

struct AdviceRow {
  const char* rule;
  const char* note;
  Answer excluded;
  ExclusionAnswer by_person;
  Answer full_capacity;
  CommitmentWay way;
};

// Who may commit now. No hit and no list are the same to the person: provisional, never "not excluded" (O5).
TEST(Commitment, AdviceFollowsTheExclusions) {
  using Way = CommitmentWay;
  const auto hit = ExclusionAnswer::possible_match;
  const auto none = ExclusionAnswer::no_hit;
  const auto list = ExclusionAnswer::no_list;
  const std::vector<AdviceRow> rows{
      {"O5", "no hit", Answer::no, none, Answer::yes, Way::commit},
      {"O5", "no list", Answer::no, list, Answer::yes, Way::commit},
      {"O5", "nothing known", Answer::unknown, list, Answer::unknown, Way::commit},
      {"R76", "a hit is a possible match only", Answer::no, hit, Answer::yes, Way::ask_or_prove},
      {"R73", "excluded matter", Answer::yes, none, Answer::yes, Way::ordinary_proof},
      {"R73", "excluded matter comes first", Answer::yes, hit, Answer::no, Way::ordinary_proof},
      {"R84", "the guardian commits", Answer::no, none, Answer::no, Way::guardian_commits},
      {"R84", "a child's hit is not asked about", Answer::no, hit, Answer::no, Way::guardian_commits},
  };
  for (const auto& row : rows) {
    auto matter = open_matter();
    matter.excluded = row.excluded;
    matter.excluded_as = "public-safety";
    const auto advice = advise(trial_forms(), matter, row.by_person, row.full_capacity);
    EXPECT_EQ(advice.way, row.way) << row.rule << ": " << row.note;
    EXPECT_EQ(advice.rule, row.rule) << row.note;
    EXPECT_FALSE(advice.text.zh.empty());
    EXPECT_FALSE(advice.text.en.empty());
    // Nobody at the desk is told that somebody is, or is not, on a list.
    EXPECT_EQ(advice.text.zh.find("不在名单"), std::string::npos);
  }
}

// Every state answers every event; what is signed is provisional first, and what is concluded stays so.
// R75: it may be withdrawn, accepted or not, until the matter is concluded, and not any more after that.
TEST(Commitment, StatesAnswerEveryEvent) {
  using State = CommitmentState;
  using Event = CommitmentEvent;
  const std::map<std::pair<State, Event>, State> allowed{
      {{State::draft, Event::was_signed}, State::provisional},
      {{State::provisional, Event::exclusion_found}, State::not_accepted_excluded},
      {{State::provisional, Event::organ_accepted}, State::accepted},
      {{State::provisional, Event::was_withdrawn}, State::withdrawn},
      {{State::accepted, Event::exclusion_found}, State::not_accepted_excluded},
      {{State::accepted, Event::was_withdrawn}, State::withdrawn},
      {{State::accepted, Event::was_concluded}, State::concluded},
  };
  int answered = 0;
  for (std::size_t s = 0; s < codec::EnumNames<State>::names.size(); ++s) {
    for (std::size_t e = 0; e < codec::EnumNames<Event>::names.size(); ++e) {
      const auto from = static_cast<State>(s);
      const auto event = static_cast<Event>(e);
      const auto found = allowed.find({from, event});
      const auto expected = found == allowed.end() ? std::nullopt : std::optional(found->second);
      EXPECT_EQ(state_after(from, event), expected) << codec::name_of(from) << " " << codec::name_of(event);
      answered += expected ? 1 : 0;
    }
  }
  EXPECT_EQ(answered, 7);
}

CreditDecision sound_decision() {
  CreditDecision decision;
  decision.decision_no = "示民信决〔2026〕8号";
  decision.decided_on = day("2026-05-10");
  decision.deciding_organ = "示范区民政局";
  decision.heard_on = day("2026-05-06");
  decision.served_on = day("2026-05-11");
  decision.first_officer = officer(1);
  decision.second_officer = officer(2);
  decision.evidence = Hash{1};
  decision.consequences = {"stop", "credit_record"};
  return decision;
}

struct OutcomeRow {
  const char* rule;
  CheckOutcome outcome;
  bool with_decision;
  bool good;
};

// R80: a mistake put right leaves no record; R79: a falsehood needs its decision.
TEST(Commitment, OnlyFalsehoodEntersTheRecord) {
  const std::vector<OutcomeRow> rows{
      {"R77", CheckOutcome::is_true, false, true},
      {"R80", CheckOutcome::untrue_not_culpable, false, true},
      {"R80", CheckOutcome::untrue_not_culpable, true, false},
      {"R79", CheckOutcome::is_false, true, true},
      {"R79", CheckOutcome::is_false, false, false},
      {"R77", CheckOutcome::not_checked, false, true},
      {"R80", CheckOutcome::could_not_be_checked, true, false},
  };
  for (const auto& row : rows) {
    const auto decision = row.with_decision ? std::optional(sound_decision()) : std::nullopt;
    const auto result = check_outcome(row.outcome, decision, trial_forms().credit);
    EXPECT_EQ(result.has_value(), row.good) << row.rule << " " << codec::name_of(row.outcome);
    if (!result) {
      EXPECT_EQ(result.error().rule, row.rule);
    }
    EXPECT_EQ(enters_credit_record(row.outcome), row.outcome == CheckOutcome::is_false);
  }
  auto unheard = sound_decision();
  unheard.heard_on.reset();
  EXPECT_FALSE(check_outcome(CheckOutcome::is_false, unheard, trial_forms().credit));
}

}  // namespace
}  // namespace cunzheng::domain
