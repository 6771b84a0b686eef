#include "shared/domain/eligibility.hpp"

#include "shared/domain/calendar.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_blank(const std::string& text) { return trimmed(text).empty(); }

std::string joined(const std::vector<std::string>& texts, std::string_view with) {
  std::string out;
  for (const auto& text : texts) out.append(out.empty() ? "" : with).append(text);
  return out;
}

Text quoted(const Text& name) { return {"“" + name.zh + "”", "'" + name.en + "'"}; }

Text operator+(Text a, const Text& b) { return {std::move(a.zh) + b.zh, std::move(a.en) + b.en}; }

// One application on one day.
class Case {
 public:
  Case(const Application& application, const Law& law, const Posts& posts, CivilDate today)
      : application_(application), law_(law), posts_(posts), today_(today) {
    const auto* requester = class_of(law.catalogue, application.requester_kind);
    // Who fits no kind is never taken for a civil party.
    may_demand_ = requester && requester->civil_demand != CivilDemand::no;
  }

  Decision decide() const {
    const auto& catalogue = law_.catalogue;
    const auto& id = application_.item;
    switch (state_on(catalogue, id, today_)) {
      case ItemState::routed:
        return party_matter(*find_routed(catalogue, id));
      case ItemState::not_issuable:
        return negative(*find_negative(catalogue, id));
      case ItemState::unlisted:
        return unlisted();
      case ItemState::issuable:
        return listed(*find_issuable(catalogue, id));
      case ItemState::withdrawn:
        return withdrawn(*find_issuable(catalogue, id));
      case ItemState::replaced_by_commitment:
        return replaced(*find_issuable(catalogue, id));
      case ItemState::not_yet:
        return not_yet(*find_issuable(catalogue, id));
    }
    return unlisted();
  }

 private:
  // What a permit depends on besides the application.
  struct Terms {
    const IssuableItem* item = nullptr;  // whose limits and consultation hold; null: in no list of issuable items
    bool as_fallback = false;
    bool legal_risk = false;  // the path of R49
    RiskLevel risk_level = RiskLevel::medium;
  };

  // ---- the zones

  Decision listed(const IssuableItem& item) const {
    const bool requester_fits = contains(item.requester_kinds, application_.requester_kind);
    const bool purpose_fits = contains(item.purposes, application_.purpose);
    if (requester_fits && purpose_fits) return permit({&item, false, false, item.risk_level});

    Refusal refusal;
    refusal.reason = requester_fits ? RefusalReason::purpose_not_covered : RefusalReason::requester_not_entitled;
    refusal.rule = requester_fits ? "R17" : "R9";
    refusal.explanation =
        quoted(item.name) + (requester_fits
                                 ? Text{"可以出具，但不用于这一用途。", " is issued, but not for this purpose."}
                                 : Text{"可以出具，但不向这类单位出具。", " is issued, but not to this requester."});
    // What a statute allows for one purpose only stays negative for the rest.
    for (const auto& negative : law_.catalogue.negative) {
      if (!contains(negative.specific_items, item.id) || !is_negative_today(negative)) continue;
      if (refusal.instead.empty()) refusal.right_way = negative.right_way;
      refusal.fallback_possible = refusal.fallback_possible || negative.fallback == Fallback::conditional;
      refusal.instead.push_back(negative.id);
    }
    if (!refusal.instead.empty()) return refusal;

    if (civil_demand_holds()) return permit({&item, true, application_.legal_risk, item.risk_level});
    refusal.fallback_possible = may_demand_;
    refusal.right_way = for_whom(item) + law_.catalogue.unlisted_right_way;
    return refusal;
  }

  Decision negative(const NegativeItem& item) const {
    for (const auto& id : item.specific_items) {
      const auto* specific = find_issuable(law_.catalogue, id);
      if (!specific || state_on(*specific, today_) != ItemState::issuable) continue;
      if (!contains(specific->requester_kinds, application_.requester_kind)) continue;
      if (!contains(specific->purposes, application_.purpose)) continue;
      const auto name = quoted(specific->name);
      return Refusal{RefusalReason::specific_item_applies,
                     "R17",
                     quoted(item.name) + Text{"一般不出具，但这一用途另有专门事项。",
                                              " is not issued in general, but this purpose has an item of its own."},
                     Text{"请改选", "Choose "} + name + Text{"办理。", " instead."},
                     false,
                     {id}};
    }
    Refusal refusal;
    refusal.reason = RefusalReason::not_issuable;
    refusal.right_way = item.right_way;
    const auto holder = joined(item.holders, "、");
    refusal.explanation =
        quoted(item.name) + Text{"属于不应出具事项，该情况由" + holder + "掌握。",
                                 " is not for a committee to issue; the fact is held by " + holder + "."};
    if (item.fallback == Fallback::never) {
      refusal.rule = "R45";
      return refusal;
    }
    refusal.fallback_possible = true;
    if (application_.fallback_cause == FallbackCause::none) {
      refusal.rule = "R40";
      return refusal;
    }
    if (application_.fallback_cause == FallbackCause::civil_party_demand && !may_demand_) {
      refusal.rule = "R44";
      refusal.explanation =
          refusal.explanation + Text{"这类单位的要求不能算作民事主体的明确要求。",
                                     " The demand of such a unit does not count as that of a civil party."};
      return refusal;
    }
    const bool always = contains(item.fallback_needs, FallbackNeed::legal_risk_path);
    const bool if_risky = contains(item.fallback_needs, FallbackNeed::legal_risk_path_if_risky);
    return permit({nullptr, true, always || (if_risky && application_.legal_risk), item.risk_level});
  }

  Decision unlisted() const {
    const auto words = trimmed(application_.requested_name);
    if (const auto listed_after_all = by_its_name(words)) return *listed_after_all;
    if (civil_demand_holds()) return permit({nullptr, true, application_.legal_risk, RiskLevel::medium});

    Refusal refusal;
    refusal.reason = RefusalReason::not_listed;
    refusal.rule = "R20";
    refusal.explanation = {"清单里没有这一事项，有关部门和单位不得要求居民提供。",
                           "It stands in no list; no department or unit may ask a resident for it."};
    refusal.right_way = law_.catalogue.unlisted_right_way;
    refusal.fallback_possible = may_demand_;
    for (const auto& hint : law_.catalogue.unlisted_hints) {
      if (hint.name.zh != words) continue;
      const auto holders = joined(hint.holders, "、");
      refusal.right_way =
          Text{"该情况由" + holders + "掌握。", "The fact is held by " + holders + ". "} + refusal.right_way;
    }
    return refusal;
  }

  // Free words must not be a way round the lists: what has a name in one is asked for by its item.
  std::optional<Refusal> by_its_name(const std::string& words) const {
    if (words.empty()) return std::nullopt;
    const auto is_called = [&](const auto& item) { return item.name.zh == words || contains(item.synonyms, words); };
    for (const auto& item : law_.catalogue.routed) {
      if (is_called(item)) return party_matter(item);
    }
    Refusal refusal;
    for (const auto& item : law_.catalogue.issuable) {
      if (is_called(item)) refusal.instead.push_back(item.id);
    }
    for (const auto& item : law_.catalogue.negative) {
      if (is_called(item) && is_negative_today(item)) refusal.instead.push_back(item.id);
    }
    if (refusal.instead.empty()) return std::nullopt;
    refusal.reason = RefusalReason::specific_item_applies;
    refusal.rule = "R19";
    refusal.explanation = {"清单里有叫这个名称的事项。", "The lists have an item of this name."};
    refusal.right_way = {"请从清单中选择：", "Choose from the lists: "};
    for (std::size_t k = 0; k < refusal.instead.size(); ++k) {
      const auto name = quoted(item_name(law_.catalogue, refusal.instead[k]));
      refusal.right_way = refusal.right_way + (k == 0 ? Text{} : Text{"、", ", "}) + name;
    }
    refusal.right_way = refusal.right_way + Text{"。", "."};
    return refusal;
  }

  Refusal party_matter(const RoutedItem& item) const {
    return {RefusalReason::party_matter, "R24",
            Text{"涉及党组织或党员的事项，村（居）委会不编号、不签字、不盖章。",
                 "A matter of the party or a party member: the committee neither numbers, signs nor seals it."},
            item.right_way};
  }

  Refusal withdrawn(const IssuableItem& item) const {
    const auto last = *item.in_force_to;
    return {RefusalReason::withdrawn, "R97",
            quoted(item.name) + Text{"已从清单撤销，最后可出具日为" + last.text_zh() + "。",
                                     " was withdrawn; the last day was " + last.text() + "."},
            way_after(item)};
  }

  Refusal replaced(const IssuableItem& item) const {
    const auto first = *item.replaced_by_commitment_from;
    return {RefusalReason::commitment_instead, "R69",
            quoted(item.name) + Text{"自" + first.text_zh() + "起改为向决定机关书面承诺，不再出具证明。",
                                     " has been a commitment to the deciding organ since " + first.text() + "."},
            way_after(item)};
  }

  Refusal not_yet(const IssuableItem& item) const {
    const auto first = *item.in_force_from;
    return {
        RefusalReason::not_listed, "R19",
        quoted(item.name) + Text{"自" + first.text_zh() + "起才可出具。", " is issued from " + first.text() + " on."},
        Text{"请在" + first.text_zh() + "以后再来；着急的请要求单位自行核实。",
             "Come back from " + first.text() + " on; if it cannot wait, let the unit check for itself."}};
  }

  Text way_after(const IssuableItem& item) const {
    const bool given = !is_blank(item.right_way.zh) && !is_blank(item.right_way.en);
    return given ? item.right_way : law_.catalogue.unlisted_right_way;
  }

  bool is_negative_today(const NegativeItem& item) const {
    return state_on(law_.catalogue, item.id, today_) == ItemState::not_issuable;
  }

  // Cause (b) of R42, from somebody whose demand counts (R44).
  bool civil_demand_holds() const {
    return application_.fallback_cause == FallbackCause::civil_party_demand && may_demand_;
  }

  Text for_whom(const IssuableItem& item) const {
    Text kinds;
    for (const auto& kind : item.requester_kinds) {
      const auto* entry = find_requester_kind(law_.catalogue, kind);
      if (entry) kinds = kinds + (kinds.zh.empty() ? Text{} : Text{"、", ", "}) + entry->label;
    }
    Text purposes;
    for (const auto& code : item.purposes) {
      const auto* entry = find_purpose(law_.catalogue, code);
      if (entry) purposes = purposes + (purposes.zh.empty() ? Text{} : Text{"、", ", "}) + entry->label;
    }
    return Text{"本事项只向以下单位出具：", "It is issued to: "} + kinds + Text{"；用途：", "; for: "} + purposes +
           Text{"。", ". "};
  }

  // ---- what may be issued, and what is still to be done

  Decision permit(const Terms& terms) const {
    Permit permit;
    permit.as_fallback = terms.as_fallback;
    const bool investigate =
        terms.as_fallback || terms.item->procedure == Procedure::investigate || !application_.evidence_at_hand;
    if (investigate) permit.obligations.push_back(Obligation::investigate_first);
    if (terms.item && terms.item->collective_decision) permit.obligations.push_back(Obligation::committee_decides);
    if (needs_consultation(terms)) {
      if (auto missing = consultation_missing(terms)) return *std::move(missing);
      if (application_.deliberation == DeliberationEvidence::paper_reference) {
        permit.obligations.push_back(Obligation::match_deliberation);
      }
    }
    if (terms.legal_risk) permit.obligations.push_back(Obligation::assess_legal_risk);
    if (terms.as_fallback) permit.obligations.push_back(Obligation::state_fallback);
    if (auto nobody = nobody_in_post()) return *std::move(nobody);
    if (is_stale(terms)) permit.obligations.push_back(Obligation::refresh_data);
    if (investigate) {
      const auto limit = terms.item ? terms.item->time_limit_working_days
                                    : parameter_of(law_.catalogue, parameter::fallback_limit_working_days);
      if (law_.calendar) permit.due = law_.calendar->due_after(today_, limit);
      if (!permit.due) return calendar_missing();
    }
    permit.obligations.push_back(Obligation::handler_and_head_sign);
    permit.obligations.push_back(Obligation::two_people_for_seal);
    return permit;
  }

  bool needs_consultation(const Terms& terms) const {
    if (terms.legal_risk) return true;  // R28
    if (!terms.item || !terms.item->deliberation) return false;
    const auto& rule = *terms.item->deliberation;
    if (rule.when_field.empty()) return true;
    const auto fact = application_.facts.find(rule.when_field);
    // Not said is not "no".
    return fact == application_.facts.end() || fact->second.empty() || contains(rule.when_values, fact->second);
  }

  std::optional<Refusal> consultation_missing(const Terms& terms) const {
    const std::string rule = terms.legal_risk ? "R28" : "R27";
    const Text order{
        "先由村（居）委会组织协商，居民同意、公示无异议后由负责人签字，再来办理；手上有签字的会议记录的，"
        "可以按记录上的查验码办理。",
        "First the committee consults the residents; once they agree, the public notice has run out and the "
        "head has signed, come back. With the signed minutes in hand their check code will do."};
    if (application_.deliberation == DeliberationEvidence::none) {
      return Refusal{RefusalReason::deliberation_missing, rule,
                     Text{"这一事项要先经居民议事协商，现在没有协商记录。",
                          "The residents must be consulted first, and there is no record of it."},
                     order};
    }
    if (application_.deliberation == DeliberationEvidence::on_file && !application_.deliberation_stands) {
      return Refusal{
          RefusalReason::deliberation_not_passed, rule,
          Text{"协商记录不能作为依据：人数或票数不足、公示未满或有异议、负责人未签字，或者决定的不是这件事。",
               "The record does not carry it: too few present or in favour, the notice still running or "
               "disputed, not signed by the head, or another matter."},
          Text{"请先补齐缺少的一步，必要时重新开会。", "Make up the missing step, if need be at a new meeting. "} +
              order};
    }
    return std::nullopt;
  }

  std::optional<Refusal> nobody_in_post() const {
    const bool head = posts_.head_on(today_).has_value();
    const auto& all = posts_.all();
    const bool handler = std::any_of(all.begin(), all.end(), [&](const Appointment& each) {
      return each.post == Post::handler && posts_.holds(each.officer, Post::handler, today_);
    });
    if (head && handler) return std::nullopt;
    const Text who = head ? Text{"经办人", "a handler"} : Text{"负责人", "a head"};
    return Refusal{RefusalReason::nobody_in_post, "R4",
                   Text{"这一天没有在任的", "On this day nobody is appointed as "} + who +
                       Text{"，可以收件，不能出具。", "; applications may be taken, nothing issued."},
                   Text{"请联系乡镇、街道确认任职并同步到本机；急办的请要求单位先行核实。",
                        "Ask the township or street to confirm the appointment and synchronise; if it cannot wait, let "
                        "the unit check for itself."}};
  }

  bool is_stale(const Terms& terms) const {
    const auto age = law_.data_age_days;
    const auto over = [&](const char* name) { return age > parameter_of(law_.catalogue, name); };
    return (terms.as_fallback && over(parameter::stale_days_fallback)) ||
           (terms.risk_level == RiskLevel::high && over(parameter::stale_days_high_risk));
  }

  Refusal calendar_missing() const {
    return {RefusalReason::calendar_missing, "R56",
            Text{"本机还没有这一时段的工作日历，算不出办结日期。",
                 "The working days of this time are not known here, so no day can be promised."},
            Text{"请先联网或用U盘同步，取得最新日历后再受理；材料可以先收下。",
                 "Synchronise by network or stick to get the calendar, then accept it; papers may be taken now."}};
  }

  const Application& application_;
  const Law& law_;
  const Posts& posts_;
  const CivilDate today_;
  bool may_demand_ = false;
};

}  // namespace

Decision decide(const Application& application, const Law& law, const Posts& posts, CivilDate today) {
  return Case(application, law, posts, today).decide();
}

}  // namespace cunzheng::domain
