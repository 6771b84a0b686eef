#pragma once
// Catalogues, calendars and applications for tests. Two catalogues: the shipped one, and one of another district in
// which every id, name, limit and day is different. A rule tested on both cannot have an id or a limit in its code;
// so tests find items by what they are ("an on-the-spot item"), not by name.

#include "shared/domain/calendar.hpp"
#include "shared/domain/eligibility.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace cunzheng::domain::testing {

// Every failure a test did not ask for is shown in words.
inline std::string words(const Failure& failure) {
  return failure.what.en + " [" + failure.field + "] [" + failure.rule + "]";
}

inline Catalogue load(const std::string& path) {
  auto catalogue = catalogue_from_json(test::tree_text(path));
  if (!catalogue) {
    ADD_FAILURE() << path << ": " << words(catalogue.error());
    return {};
  }
  return *std::move(catalogue);
}

inline const Catalogue& shipped() {
  static const Catalogue catalogue = load("deploy/data/catalogue-7.json");
  return catalogue;
}
inline const Catalogue& trial() {
  static const Catalogue catalogue = load("deploy/data/catalogue-8-trial.json");
  return catalogue;
}
inline const Catalogue& renamed() {
  static const Catalogue catalogue = load("tests/data/catalogue-renamed.json");
  return catalogue;
}

inline CivilDate day(const char* text) {
  const auto date = CivilDate::parse(text);
  if (!date) ADD_FAILURE() << "no such day: " << text;
  return date.value_or(CivilDate());
}

// 2026 as far as the tests reach: the days off round 1 May, with Saturday 9 May worked instead.
inline Calendar spring_2026() {
  CalendarYear year;
  year.year = 2026;
  year.status = YearStatus::complete;
  year.holidays.push_back({"劳动节", day("2026-05-01"), day("2026-05-05"), {day("2026-05-09")}});
  CalendarData data;
  data.revision = 1;
  data.years.push_back(year);
  auto calendar = Calendar::from(data);
  if (!calendar) ADD_FAILURE() << words(calendar.error());
  return calendar.value_or(Calendar());
}

// The calendar the program ships with.
inline const Calendar& shipped_calendar() {
  static const Calendar calendar = [] {
    const auto data = calendar_from_json(test::tree_text("deploy/data/calendar.json"));
    if (!data) ADD_FAILURE() << words(data.error());
    return data ? Calendar::from(*data).value_or(Calendar()) : Calendar();
  }();
  return calendar;
}

inline OfficerId officer(std::uint8_t number) { return OfficerId(ByteArray<16>{number}); }

inline Posts full_posts() {
  return Posts({{officer(1), Post::head, day("2020-01-01"), std::nullopt},
                {officer(2), Post::handler, day("2020-01-01"), std::nullopt},
                {officer(3), Post::seal_keeper, day("2020-01-01"), std::nullopt}});
}

inline std::string sample_value(const ItemField& field) {
  switch (field.type) {
    case FieldType::date:
      return "2026-01-15";
    case FieldType::number:
      return "3";
    case FieldType::yes_no:
      return "true";
    case FieldType::one_of:
      return field.values.front();
    case FieldType::some_of:
      return field.values.front() + "、" + field.values.back();
    case FieldType::long_text:
    case FieldType::persons:
    case FieldType::visits:
      return "第一行\n第二行";
    default:
      return "示范内容";
  }
}

inline Person test_person() { return {"测试乙", "120199198508229027", "13800001234", "示范甲村3排2号"}; }

// A complete application for an item by the first requester and purpose it is meant for.
inline Application application_for(const IssuableItem& item) {
  Application out;
  out.item = item.id;
  out.purpose = item.purposes.front();
  out.requester_kind = item.requester_kinds.front();
  out.requesting_unit = "示范单位";
  out.applicant = test_person();
  for (const auto& field : item.fields) out.facts[field.key] = sample_value(field);
  return out;
}

// A kind of requester whose demand is, or is not, that of a civil party.
inline RequesterKind requester_where(const Catalogue& catalogue, CivilDemand demand) {
  for (const auto& entry : catalogue.requester_kinds) {
    if (class_of(catalogue, entry.kind)->civil_demand == demand) return entry.kind;
  }
  ADD_FAILURE() << "no such requester";
  return {};
}

// Of an item in no list of issuable ones, asked for by a civil party in words.
inline Application application_beside_the_list(const Catalogue& catalogue) {
  Application out;
  out.requested_name = "清单里没有的东西";
  out.purpose_text = "办理手续";
  out.requester_kind = requester_where(catalogue, CivilDemand::yes);
  out.requesting_unit = "示范单位";
  out.applicant = test_person();
  out.facts[statement_key] = "示范内容";
  return out;
}
inline Application application_for(const NegativeItem& item, const Catalogue& catalogue) {
  auto out = application_beside_the_list(catalogue);
  out.item = item.id;
  out.requested_name.clear();
  return out;
}

// The first of a list that fits.
template <class List, class Fits>
const typename List::value_type& first_where(const List& list, Fits fits) {
  for (const auto& each : list) {
    if (fits(each)) return each;
  }
  ADD_FAILURE() << "the catalogue has no such item";
  return list.front();
}

// The same test on both districts.
inline const std::vector<const Catalogue*>& both() {
  static const std::vector<const Catalogue*> catalogues{&shipped(), &renamed()};
  return catalogues;
}

// Everything a decision depends on, so that a row can change one thing.
struct World {
  Catalogue catalogue;
  Application application;
  Posts posts = full_posts();
  Calendar calendar = spring_2026();
  bool calendar_known = true;
  std::int32_t data_age_days = 0;
  CivilDate today = day("2026-05-11");

  Decision decide() const {
    return domain::decide(application, {catalogue, calendar_known ? &calendar : nullptr, data_age_days}, posts, today);
  }
};

inline const Refusal* refusal(const Decision& decision) { return std::get_if<Refusal>(&decision); }
inline const Permit* permit(const Decision& decision) { return std::get_if<Permit>(&decision); }

inline bool has(const Permit& permit, Obligation obligation) {
  return std::count(permit.obligations.begin(), permit.obligations.end(), obligation) == 1;
}

// ---- items and requesters by what they are

inline bool issuable_now(const IssuableItem& item) { return state_on(item, day("2026-05-11")) == ItemState::issuable; }

inline const IssuableItem& on_the_spot(const Catalogue& c) {
  return first_where(c.issuable, [](const auto& i) {
    return issuable_now(i) && i.procedure == Procedure::on_the_spot && !i.deliberation &&
           i.risk_level != RiskLevel::high;
  });
}

inline const IssuableItem& investigated(const Catalogue& c) {
  return first_where(c.issuable, [](const auto& i) {
    return issuable_now(i) && i.procedure == Procedure::investigate && !i.deliberation &&
           i.risk_level != RiskLevel::high;
  });
}
inline const IssuableItem& high_risk(const Catalogue& c) {
  return first_where(
      c.issuable, [](const auto& i) { return issuable_now(i) && !i.deliberation && i.risk_level == RiskLevel::high; });
}
inline const IssuableItem& collective(const Catalogue& c) {
  return first_where(c.issuable, [](const auto& i) { return issuable_now(i) && i.collective_decision; });
}
inline const IssuableItem& deliberated(const Catalogue& c) {
  return first_where(c.issuable, [](const auto& i) { return i.deliberation && i.deliberation->when_field.empty(); });
}
inline const IssuableItem& sometimes_deliberated(const Catalogue& c) {
  return first_where(c.issuable, [](const auto& i) { return i.deliberation && !i.deliberation->when_field.empty(); });
}
inline const NegativeItem& never(const Catalogue& c) {
  return first_where(c.negative,
                     [](const auto& i) { return i.fallback == Fallback::never && i.specific_items.empty(); });
}
inline bool needs(const NegativeItem& item, FallbackNeed need) {
  return std::count(item.fallback_needs.begin(), item.fallback_needs.end(), need) > 0;
}
inline const NegativeItem& easy_fallback(const Catalogue& c) {
  return first_where(c.negative, [](const auto& i) {
    return i.fallback == Fallback::conditional && i.risk_level == RiskLevel::low &&
           !needs(i, FallbackNeed::legal_risk_path) && !needs(i, FallbackNeed::legal_risk_path_if_risky);
  });
}
inline const NegativeItem& risky_fallback(const Catalogue& c) {
  return first_where(c.negative, [](const auto& i) { return needs(i, FallbackNeed::legal_risk_path); });
}
inline const NegativeItem& maybe_risky_fallback(const Catalogue& c) {
  return first_where(c.negative, [](const auto& i) { return needs(i, FallbackNeed::legal_risk_path_if_risky); });
}
inline const NegativeItem& with_specific_item(const Catalogue& c) {
  return first_where(c.negative,
                     [](const auto& i) { return !i.specific_items.empty() && i.fallback == Fallback::conditional; });
}
inline const IssuableItem& in_state(const Catalogue& c, ItemState state) {
  return first_where(c.issuable, [&](const auto& i) { return state_on(i, day("2026-05-11")) == state; });
}

inline RequesterKind beside(const Catalogue& c, const IssuableItem& item, CivilDemand demand) {
  return first_where(c.requester_kinds,
                     [&](const auto& each) {
                       const auto& kinds = item.requester_kinds;
                       return class_of(c, each.kind)->civil_demand == demand &&
                              !std::count(kinds.begin(), kinds.end(), each.kind);
                     })
      .kind;
}
inline RequesterKind department_beside(const Catalogue& c, const IssuableItem& item) {
  return beside(c, item, CivilDemand::no);
}
inline RequesterKind civil_party_beside(const Catalogue& c, const IssuableItem& item) {
  return beside(c, item, CivilDemand::yes);
}

}  // namespace cunzheng::domain::testing
