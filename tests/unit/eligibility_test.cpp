#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using namespace testing;

// ---- refusals

struct RefusalRow {
  const char* rule;
  const char* what;
  RefusalReason reason;
  bool fallback_possible;
  std::function<void(World&)> set;
};

void ask(World& w, const IssuableItem& item) { w.application = application_for(item); }
void ask(World& w, const NegativeItem& item) { w.application = application_for(item, w.catalogue); }
void demand(World& w, CivilDemand who, FallbackCause cause) {
  w.application.requester_kind = requester_where(w.catalogue, who);
  w.application.fallback_cause = cause;
}

const std::vector<RefusalRow>& refusal_rows() {
  using R = RefusalReason;
  constexpr auto civil = FallbackCause::civil_party_demand;
  static const std::vector<RefusalRow> rows{
      {"R24", "a party matter goes to the party", R::party_matter, false,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.item = w.catalogue.routed[0].id;
       }},
      {"R24", "also under the name residents give it", R::party_matter, false,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.requested_name = w.catalogue.routed[0].synonyms[0];
       }},
      {"R24", "also with nobody in post", R::party_matter, false,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.item = w.catalogue.routed[0].id;
         w.posts = Posts();
       }},
      {"R45", "never means never", R::not_issuable, false,
       [=](World& w) {
         ask(w, never(w.catalogue));
         demand(w, CivilDemand::yes, civil);
       }},
      {"R45", "nor because policies do not join up", R::not_issuable, false,
       [](World& w) {
         ask(w, never(w.catalogue));
         demand(w, CivilDemand::no, FallbackCause::policy_not_joined_up);
       }},
      {"R40", "a conditional item without a cause", R::not_issuable, true,
       [](World& w) { ask(w, easy_fallback(w.catalogue)); }},
      {"R44", "a department's demand is no cause", R::not_issuable, true,
       [=](World& w) {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::no, civil);
       }},
      {"R44", "nor that of a requester of no known kind", R::not_issuable, true,
       [=](World& w) {
         ask(w, easy_fallback(w.catalogue));
         w.application.fallback_cause = civil;
         w.application.requester_kind = RequesterKind("never-heard-of");
       }},
      {"R20", "in no list, for a department", R::not_listed, false,
       [=](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         demand(w, CivilDemand::no, civil);
       }},
      {"R20", "in no list, policies not joined up is no cause", R::not_listed, true,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.fallback_cause = FallbackCause::policy_not_joined_up;
       }},
      {"R20", "an id nobody knows is in no list", R::not_listed, true,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.item = ItemId("never-heard-of");
       }},
      {"R19", "free words are no way round the negative list", R::specific_item_applies, false,
       [=](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.requested_name = never(w.catalogue).name.zh;
         w.application.fallback_cause = civil;
       }},
      {"R97", "withdrawn", R::withdrawn, false, [](World& w) { ask(w, in_state(w.catalogue, ItemState::withdrawn)); }},
      {"R69", "a commitment instead", R::commitment_instead, false,
       [](World& w) { ask(w, in_state(w.catalogue, ItemState::replaced_by_commitment)); }},
      {"R19", "not yet issuable", R::not_listed, false,
       [](World& w) {
         ask(w, on_the_spot(w.catalogue));
         for (auto& item : w.catalogue.issuable) item.in_force_from = day("2026-05-12");
       }},
      {"R9", "listed, but not for this requester", R::requester_not_entitled, false,
       [](World& w) {
         const auto& item = on_the_spot(w.catalogue);
         ask(w, item);
         w.application.requester_kind =
             first_where(w.catalogue.requester_kinds, [&](const auto& each) {
               const bool department = class_of(w.catalogue, each.kind)->civil_demand == CivilDemand::no;
               return department && !std::count(item.requester_kinds.begin(), item.requester_kinds.end(), each.kind);
             }).kind;
       }},
      {"R17", "listed, but not for this purpose", R::purpose_not_covered, false,
       [](World& w) {
         const auto& item = investigated(w.catalogue);
         ask(w, item);
         w.application.purpose = first_where(w.catalogue.purposes, [&](const auto& each) {
                                   return !std::count(item.purposes.begin(), item.purposes.end(), each.code);
                                 }).code;
       }},
      {"R17", "the negative name, though an item of its own fits", R::specific_item_applies, false,
       [](World& w) {
         const auto& item = with_specific_item(w.catalogue);
         ask(w, item);
         const auto& specific = *find_issuable(w.catalogue, item.specific_items[0]);
         w.application.purpose = specific.purposes[0];
         w.application.requester_kind = specific.requester_kinds[0];
       }},
      {"R9", "the item of its own for another requester: the negative name holds", R::requester_not_entitled, true,
       [=](World& w) {
         const auto& item = with_specific_item(w.catalogue);
         const auto& specific = *find_issuable(w.catalogue, item.specific_items[0]);
         ask(w, specific);
         w.application.fallback_cause = civil;
         w.application.requester_kind = civil_party_beside(w.catalogue, specific);
       }},
      {"R9", "the negative name has ended: its path is not open any more", R::requester_not_entitled, false,
       [](World& w) {
         const auto& specific = *find_issuable(w.catalogue, with_specific_item(w.catalogue).specific_items[0]);
         ask(w, specific);
         demand(w, CivilDemand::no, FallbackCause::none);
         w.application.requester_kind = department_beside(w.catalogue, specific);
         for (auto& item : w.catalogue.negative) item.in_force_to = day("2026-05-10");
       }},
      {"R20", "the negative name has ended: free words name nothing", R::not_listed, true,
       [](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.requested_name = never(w.catalogue).name.zh;
         for (auto& item : w.catalogue.negative) item.in_force_to = day("2026-05-10");
       }},
      {"R40", "the item of its own is for another requester", R::not_issuable, true,
       [](World& w) {
         const auto& item = with_specific_item(w.catalogue);
         const auto& specific = *find_issuable(w.catalogue, item.specific_items[0]);
         ask(w, item);
         w.application.purpose = specific.purposes[0];
         w.application.requester_kind = department_beside(w.catalogue, specific);
       }},
      {"R40", "the item of its own is withdrawn", R::not_issuable, true,
       [](World& w) {
         const auto& item = with_specific_item(w.catalogue);
         const auto& specific = *find_issuable(w.catalogue, item.specific_items[0]);
         ask(w, item);
         w.application.purpose = specific.purposes[0];
         w.application.requester_kind = specific.requester_kinds[0];
         for (auto& each : w.catalogue.issuable) each.in_force_to = day("2026-05-10");
       }},
      {"R97", "withdrawn without a right way of its own", R::withdrawn, false,
       [](World& w) {
         ask(w, in_state(w.catalogue, ItemState::withdrawn));
         for (auto& item : w.catalogue.issuable) item.right_way = {};
       }},
      {"R28", "listed for others, with a legal risk", R::deliberation_missing, false,
       [=](World& w) {
         const auto& item = on_the_spot(w.catalogue);
         ask(w, item);
         w.application.requester_kind = civil_party_beside(w.catalogue, item);
         w.application.fallback_cause = civil;
         w.application.legal_risk = true;
       }},
      {"R27", "left blank is not no", R::deliberation_missing, false,
       [](World& w) {
         const auto& item = sometimes_deliberated(w.catalogue);
         ask(w, item);
         w.application.facts[item.deliberation->when_field].clear();
       }},
      {"R27", "no consultation", R::deliberation_missing, false, [](World& w) { ask(w, deliberated(w.catalogue)); }},
      {"R27", "a record that does not stand", R::deliberation_not_passed, false,
       [](World& w) {
         ask(w, deliberated(w.catalogue));
         w.application.deliberation = DeliberationEvidence::on_file;
       }},
      {"R27", "a flag without a record is none", R::deliberation_missing, false,
       [](World& w) {
         ask(w, deliberated(w.catalogue));
         w.application.deliberation_stands = true;
       }},
      {"R27", "the field says that residents must agree", R::deliberation_missing, false,
       [](World& w) {
         const auto& item = sometimes_deliberated(w.catalogue);
         ask(w, item);
         w.application.facts[item.deliberation->when_field] = item.deliberation->when_values[0];
       }},
      {"R27", "not said is not no", R::deliberation_missing, false,
       [](World& w) {
         const auto& item = sometimes_deliberated(w.catalogue);
         ask(w, item);
         w.application.facts.erase(item.deliberation->when_field);
       }},
      {"R28", "the path of legal risk asks the residents too", R::deliberation_missing, false,
       [=](World& w) {
         ask(w, risky_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
       }},
      {"R28", "where the desk sees a risk", R::deliberation_missing, false,
       [=](World& w) {
         ask(w, maybe_risky_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         w.application.legal_risk = true;
       }},
      {"R28", "also for what is in no list", R::deliberation_missing, false,
       [=](World& w) {
         w.application = application_beside_the_list(w.catalogue);
         w.application.fallback_cause = civil;
         w.application.legal_risk = true;
       }},
      {"R4", "nobody at all", R::nobody_in_post, false,
       [](World& w) {
         ask(w, on_the_spot(w.catalogue));
         w.posts = Posts();
       }},
      {"R4", "no head on this day", R::nobody_in_post, false,
       [](World& w) {
         ask(w, on_the_spot(w.catalogue));
         w.posts = Posts({{officer(1), Post::head, day("2020-01-01"), day("2026-05-10")},
                          {officer(2), Post::handler, day("2020-01-01"), std::nullopt}});
       }},
      {"R4", "no handler yet", R::nobody_in_post, false,
       [](World& w) {
         ask(w, on_the_spot(w.catalogue));
         w.posts = Posts({{officer(1), Post::head, day("2020-01-01"), std::nullopt},
                          {officer(2), Post::handler, day("2026-05-12"), std::nullopt}});
       }},
      {"R56", "no calendar", R::calendar_missing, false,
       [](World& w) {
         ask(w, investigated(w.catalogue));
         w.calendar_known = false;
       }},
      {"R56", "the limit runs into a year without a notice", R::calendar_missing, false,
       [](World& w) {
         ask(w, investigated(w.catalogue));
         w.today = day("2026-12-31");
       }},
  };
  return rows;
}

// Each row asks for one thing the rules refuse, in both districts; reason and rule must be the row's, and there is
// always a right way in both languages (R21, R22).
TEST(Eligibility, Refusals) {
  for (const auto* catalogue : both()) {
    for (const auto& row : refusal_rows()) {
      World world;
      world.catalogue = *catalogue;
      row.set(world);
      const auto decision = world.decide();
      const auto* refused = refusal(decision);
      ASSERT_NE(refused, nullptr) << row.rule << " " << row.what << " in " << catalogue->title;
      EXPECT_EQ(codec::name_of(refused->reason), codec::name_of(row.reason)) << row.rule << " " << row.what;
      EXPECT_EQ(refused->rule, row.rule) << row.what;
      EXPECT_EQ(refused->fallback_possible, row.fallback_possible) << row.rule << " " << row.what;
      for (const auto language : {Language::zh, Language::en}) {
        EXPECT_FALSE(refused->right_way.in(language).empty()) << row.rule << " " << row.what;
        EXPECT_FALSE(refused->explanation.in(language).empty()) << row.rule << " " << row.what;
      }
    }
  }
}

// ---- permits

struct PermitRow {
  const char* rule;
  const char* what;
  std::vector<Obligation> obligations;  // besides the two signatures and the two people of the seal, in this order
  bool as_fallback;
  std::function<std::optional<int>(World&)> set;  // sets the world, answers the limit in working days: none on the spot
};

const std::vector<PermitRow>& permit_rows() {
  using O = Obligation;
  constexpr auto civil = FallbackCause::civil_party_demand;
  const auto fallback_limit = [](World& w) {
    return parameter_of(w.catalogue, parameter::fallback_limit_working_days);
  };
  static const std::vector<PermitRow> rows{
      {"R53",
       "on the spot",
       {},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, on_the_spot(w.catalogue));
         return std::nullopt;
       }},
      {"R53",
       "on the spot needs no calendar",
       {},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, on_the_spot(w.catalogue));
         w.calendar_known = false;
         return std::nullopt;
       }},
      {"R53",
       "an item of the spot without evidence is looked into",
       {O::investigate_first},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, on_the_spot(w.catalogue));
         w.application.evidence_at_hand = false;
         return on_the_spot(w.catalogue).time_limit_working_days;
       }},
      {"R53",
       "looked into, whatever is at hand",
       {O::investigate_first},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, investigated(w.catalogue));
         return investigated(w.catalogue).time_limit_working_days;
       }},
      {"R115",
       "the committee decides together",
       {O::investigate_first, O::committee_decides},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, collective(w.catalogue));
         return collective(w.catalogue).time_limit_working_days;
       }},
      {"R27",
       "with a record that stands",
       {O::investigate_first},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, deliberated(w.catalogue));
         w.application.deliberation = DeliberationEvidence::on_file;
         w.application.deliberation_stands = true;
         return deliberated(w.catalogue).time_limit_working_days;
       }},
      {"O7",
       "with the signed minutes in hand",
       {O::investigate_first, O::match_deliberation},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, deliberated(w.catalogue));
         w.application.deliberation = DeliberationEvidence::paper_reference;
         return deliberated(w.catalogue).time_limit_working_days;
       }},
      {"R27",
       "no consultation where the field says that none is needed",
       {O::investigate_first},
       false,
       [](World& w) -> std::optional<int> {
         const auto& item = sometimes_deliberated(w.catalogue);
         ask(w, item);
         const auto& field =
             first_where(item.fields, [&](const auto& each) { return each.key == item.deliberation->when_field; });
         w.application.facts[field.key] = first_where(field.values, [&](const auto& value) {
           const auto& when = item.deliberation->when_values;
           return !std::count(when.begin(), when.end(), value);
         });
         return item.time_limit_working_days;
       }},
      {"R42",
       "a civil party's demand",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         return fallback_limit(w);
       }},
      {"R47",
       "never on the spot, evidence or not",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         w.application.evidence_at_hand = true;
         return fallback_limit(w);
       }},
      {"R44",
       "where a person decides whether the demand counts",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::person_decides, civil);
         return fallback_limit(w);
       }},
      {"R42",
       "policies not joined up, for a department",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::no, FallbackCause::policy_not_joined_up);
         return fallback_limit(w);
       }},
      {"R20",
       "in no list, a civil party's demand",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         w.application = application_beside_the_list(w.catalogue);
         w.application.fallback_cause = civil;
         return fallback_limit(w);
       }},
      {"R20",
       "listed for others, a civil party's demand",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         const auto& item = on_the_spot(w.catalogue);
         ask(w, item);
         w.application.fallback_cause = civil;
         w.application.requester_kind = civil_party_beside(w.catalogue, item);
         return item.time_limit_working_days;
       }},
      {"R49",
       "legal risk: enquiry, consultation and assessment",
       {O::investigate_first, O::assess_legal_risk, O::state_fallback, O::refresh_data},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, risky_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         w.application.deliberation = DeliberationEvidence::on_file;
         w.application.deliberation_stands = true;
         w.data_age_days = 400;
         return fallback_limit(w);
       }},
      {"R49",
       "no risk seen",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, maybe_risky_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         return fallback_limit(w);
       }},
      {"O12",
       "a listed item of no high risk goes on with old data",
       {},
       false,
       [](World& w) -> std::optional<int> {
         ask(w, on_the_spot(w.catalogue));
         w.data_age_days = 400;
         return std::nullopt;
       }},
      {"O12",
       "high risk at the limit",
       {O::investigate_first},
       false,
       [](World& w) -> std::optional<int> {
         auto item = high_risk(w.catalogue);
         for (auto& each : w.catalogue.issuable) each.collective_decision = false;
         ask(w, item);
         w.data_age_days = parameter_of(w.catalogue, parameter::stale_days_high_risk);
         return item.time_limit_working_days;
       }},
      {"O12",
       "high risk over the limit",
       {O::investigate_first, O::refresh_data},
       false,
       [](World& w) -> std::optional<int> {
         auto item = high_risk(w.catalogue);
         for (auto& each : w.catalogue.issuable) each.collective_decision = false;
         ask(w, item);
         w.data_age_days = parameter_of(w.catalogue, parameter::stale_days_high_risk) + 1;
         return item.time_limit_working_days;
       }},
      {"O12",
       "the fallback at its limit",
       {O::investigate_first, O::state_fallback},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         w.data_age_days = parameter_of(w.catalogue, parameter::stale_days_fallback);
         return fallback_limit(w);
       }},
      {"O12",
       "the fallback over its limit",
       {O::investigate_first, O::state_fallback, O::refresh_data},
       true,
       [=](World& w) -> std::optional<int> {
         ask(w, easy_fallback(w.catalogue));
         demand(w, CivilDemand::yes, civil);
         w.data_age_days = parameter_of(w.catalogue, parameter::stale_days_fallback) + 1;
         return fallback_limit(w);
       }},
  };
  return rows;
}

// Each row asks for one thing the rules allow, in both districts; what is still to be done and the day due must be the
// row's. Signatures of handler and head and two people for the seal are always asked for (R113, R120).
TEST(Eligibility, Permits) {
  for (const auto* catalogue : both()) {
    for (const auto& row : permit_rows()) {
      World world;
      world.catalogue = *catalogue;
      const auto limit = row.set(world);
      const auto decision = world.decide();
      const auto* given = permit(decision);
      ASSERT_NE(given, nullptr) << row.rule << " " << row.what << ": " << refusal(decision)->explanation.en << " in "
                                << catalogue->title;
      auto expected = row.obligations;
      expected.push_back(Obligation::handler_and_head_sign);
      expected.push_back(Obligation::two_people_for_seal);
      EXPECT_EQ(given->obligations, expected) << row.rule << " " << row.what << " in " << catalogue->title;
      EXPECT_EQ(given->as_fallback, row.as_fallback) << row.rule << " " << row.what;
      const auto due = limit ? world.calendar.due_after(world.today, *limit) : std::nullopt;
      EXPECT_EQ(given->due, due) << row.rule << " " << row.what << " in " << catalogue->title;
    }
  }
}

// Every item against every kind of requester and every cause: no refusal without a right way (R21, R22), no issue as of
// right off the list (R9), nothing at all for never-items and party matters (R24, R45), a fallback always says so
// (R46), and is always looked into by the committee itself, within what is its own to know (R43).
TEST(Eligibility, EveryItemAgainstEveryRequester) {
  for (const auto* catalogue : both()) {
    World world;
    world.catalogue = *catalogue;
    std::vector<ItemId> items{ItemId(), ItemId("never-heard-of")};
    for (const auto& item : catalogue->issuable) items.push_back(item.id);
    for (const auto& item : catalogue->negative) items.push_back(item.id);
    for (const auto& item : catalogue->routed) items.push_back(item.id);
    std::size_t permits = 0;
    for (const auto& id : items) {
      const auto* listed = find_issuable(*catalogue, id);
      const auto* negative = find_negative(*catalogue, id);
      for (const auto& requester : catalogue->requester_kinds) {
        for (const auto cause :
             {FallbackCause::none, FallbackCause::policy_not_joined_up, FallbackCause::civil_party_demand}) {
          world.application = listed ? application_for(*listed) : application_beside_the_list(*catalogue);
          world.application.item = id;
          world.application.requester_kind = requester.kind;
          world.application.fallback_cause = cause;
          world.application.deliberation = DeliberationEvidence::on_file;
          world.application.deliberation_stands = true;
          const auto decision = world.decide();
          if (const auto* refused = refusal(decision)) {
            ASSERT_FALSE(refused->rule.empty()) << id.value();
            ASSERT_FALSE(refused->right_way.zh.empty()) << id.value();
            ASSERT_FALSE(refused->right_way.en.empty()) << id.value();
            continue;
          }
          ++permits;
          const auto& given = *permit(decision);
          ASSERT_FALSE(find_routed(*catalogue, id)) << id.value();
          ASSERT_FALSE(negative && negative->fallback == Fallback::never) << id.value();
          ASSERT_EQ(given.as_fallback, has(given, Obligation::state_fallback)) << id.value();
          ASSERT_TRUE(has(given, Obligation::handler_and_head_sign)) << id.value();
          ASSERT_TRUE(has(given, Obligation::two_people_for_seal)) << id.value();
          if (given.as_fallback) {
            ASSERT_NE(cause, FallbackCause::none) << id.value();
            ASSERT_TRUE(has(given, Obligation::investigate_first)) << id.value();
            ASSERT_TRUE(!negative || needs(*negative, FallbackNeed::within_remit)) << id.value();
          } else {
            ASSERT_TRUE(listed &&
                        std::count(listed->requester_kinds.begin(), listed->requester_kinds.end(), requester.kind))
                << id.value() << " " << requester.kind.value();
          }
        }
      }
    }
    EXPECT_GT(permits, items.size());
  }
}

// The item a refusal points to is one that really answers otherwise (R17).
TEST(Eligibility, InsteadLeadsOn) {
  for (const auto* catalogue : both()) {
    World world;
    world.catalogue = *catalogue;
    const auto& negative = with_specific_item(world.catalogue);
    const auto& specific = *find_issuable(*catalogue, negative.specific_items[0]);
    world.application = application_for(specific);
    world.application.item = negative.id;
    const auto first = world.decide();
    ASSERT_TRUE(refusal(first));
    ASSERT_EQ(refusal(first)->instead, std::vector<ItemId>{specific.id});
    world.application.item = refusal(first)->instead[0];
    EXPECT_TRUE(permit(world.decide()));
  }
}

}  // namespace
}  // namespace cunzheng::domain
