#include "shared/domain/credit.hpp"

#include "shared/crypto/person_key.hpp"
#include "shared/domain/identifiers.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

constexpr std::uint32_t months_max = 1200;
constexpr std::uint32_t prefix_end = 1U << 20;

tl::unexpected<Failure> bad(std::string field, Text what, std::string rule) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

bool blank(std::string_view text) { return trimmed(text).empty(); }

const CreditRegime* regime_on(const CreditRules& rules, CivilDate day) {
  for (const auto& regime : rules.regimes) {
    if (regime.from <= day && (!regime.to || day <= *regime.to)) return &regime;
  }
  return nullptr;
}

std::optional<CivilDate> months_after(CivilDate day, const std::optional<std::uint32_t>& months) {
  if (!months) return std::nullopt;
  return day.plus_months(static_cast<int>(*months));
}

bool overlap(const CreditRegime& a, const CreditRegime& b) {
  return (!a.to || b.from <= *a.to) && (!b.to || a.from <= *b.to);
}

// What the acts until a day have come to.
struct Progress {
  CreditState state = CreditState::reported;
  bool determined = false;
  bool repaired = false;
  bool corrected = false;
  bool publication_decided = false;
};

// An act on or after the determination.
void take(Progress& progress, const CreditAct& act) {
  if (progress.corrected) return;
  const auto reach = [&](CreditState state) {
    // The three acts of R81 may come in any order; the furthest is shown.
    if (progress.state <= CreditState::published && progress.state < state) progress.state = state;
  };
  switch (act.step) {
    case CreditStep::reported:
    case CreditStep::heard:
      return;
    case CreditStep::recorded:
      return reach(CreditState::recorded);
    case CreditStep::shared:
      return reach(CreditState::shared);
    case CreditStep::published:
      progress.publication_decided = progress.publication_decided || (!blank(act.authority) && !blank(act.document_no));
      return reach(CreditState::published);
    case CreditStep::repair_applied:
      if (!progress.repaired) progress.state = CreditState::repair_applied;
      return;
    case CreditStep::repaired:
      progress.repaired = true;
      progress.state = CreditState::repaired;
      return;
    case CreditStep::repair_revoked:
      if (progress.repaired) progress.state = CreditState::repair_revoked;
      progress.repaired = false;
      return;
    case CreditStep::corrected_on_objection:
      progress.corrected = true;
      progress.state = CreditState::corrected_on_objection;
      return;
  }
}

Progress progress_on(const CreditCase& file, const CreditRules& rules, CivilDate day) {
  auto acts = file.acts;
  std::stable_sort(acts.begin(), acts.end(), [](const CreditAct& a, const CreditAct& b) { return a.on < b.on; });
  const auto& decision = file.decision;
  Progress progress;
  progress.determined = decision && decision->decided_on <= day && check(*decision, rules).has_value();
  if (progress.determined) progress.state = CreditState::determined;
  for (const auto& act : acts) {
    if (act.on > day) break;
    if (progress.determined) {
      // Nothing can be recorded, published or repaired before there is a finding.
      if (act.on >= decision->decided_on) take(progress, act);
    } else if (act.step == CreditStep::heard) {
      progress.state = CreditState::heard;
    }
  }
  return progress;
}

// R90: nothing if there is no decision or its longest period is not known.
std::optional<CivilDate> latest_end(const CreditCase& file, const CreditRules& rules) {
  if (!file.decision) return std::nullopt;
  return dates_of(rules, file.decision->credit_class, file.decision->decided_on).publication_latest_end;
}

}  // namespace

Status check(const CreditRules& rules, const std::string& field) {
  for (std::size_t k = 0; k < rules.regimes.size(); ++k) {
    const auto& regime = rules.regimes[k];
    const auto at = field + (field.empty() ? "" : ".") + "regimes[" + std::to_string(k) + "]";
    if (regime.to && *regime.to < regime.from) return bad(at + ".to", {"止日早于起日", "ends before it begins"}, "R88");
    for (std::size_t other = 0; other < k; ++other) {
      if (overlap(rules.regimes[other], regime)) {
        return bad(at + ".from", {"同一天有两套期限规则", "two regimes on one day"}, "R88");
      }
    }
    for (const auto& [credit_class, period] : regime.classes) {
      const auto here = at + ".classes." + std::string(codec::name_of(credit_class));
      const auto longest = period.longest_months.value_or(months_max);
      if (longest > months_max || period.shortest_months.value_or(0) > longest) {
        return bad(here + ".shortest_months", {"最短期限长于最长期限", "the shortest period is above the longest"},
                   "R89");
      }
    }
  }
  return {};
}

CreditDates dates_of(const CreditRules& rules, CreditClass credit_class, CivilDate determined_on) {
  CreditDates dates;
  const auto* regime = regime_on(rules, determined_on);
  if (!regime) return dates;
  dates.regime = regime->id;
  const auto found = regime->classes.find(credit_class);
  if (found == regime->classes.end()) return dates;
  const auto& period = found->second;
  dates.certainty = period.certainty;
  dates.publication_latest_end = months_after(determined_on, period.longest_months);
  switch (period.repair_from) {
    case RepairFrom::duties_done:
      dates.repair_earliest = determined_on;
      break;
    case RepairFrom::shortest_period_and_duties_done:
      dates.repair_earliest = months_after(determined_on, period.shortest_months);
      break;
    case RepairFrom::unknown:
      break;
  }
  return dates;
}

Status check(const CreditDecision& decision, const CreditRules& rules) {
  if (blank(decision.decision_no))
    return bad("decision_no", {"请填写决定书文号", "the decision needs its number"}, "R79");
  if (blank(decision.deciding_organ)) {
    return bad("deciding_organ", {"请填写作出决定的机关", "name the organ that decided"}, "R79");
  }
  if (!decision.heard_on || *decision.heard_on > decision.decided_on) {
    return bad("heard_on", {"作出决定前应当听取本人陈述", "the person is heard before the decision"}, "R79");
  }
  if (!decision.served_on || *decision.served_on < decision.decided_on) {
    return bad("served_on",
               {"决定应当连同公示和修复的告知送达本人", "the person is told of decision, publication and repair"},
               "R95");
  }
  if (!decision.first_officer) return bad("first_officer", {"需要两名经办人员签名", "two officers sign"}, "D19");
  if (!decision.second_officer || decision.first_officer == decision.second_officer) {
    return bad("second_officer", {"需要另一名经办人员签名", "the second officer is another person"}, "D19");
  }
  if (decision.evidence == Hash{}) {
    return bad("evidence", {"请附上决定书及证据", "the signed document and evidence are needed"}, "D19");
  }
  for (std::size_t k = 0; k < decision.consequences.size(); ++k) {
    if (rules.consequences.contains(decision.consequences[k])) continue;
    return bad("consequences[" + std::to_string(k) + "]", {"没有这种处理方式", "no such consequence"}, "R78");
  }
  return {};
}

Status check_subject(const CreditRules& rules, std::string_view citizen_id, CivilDate committed_on) {
  if (age_on(birth_date(citizen_id), committed_on) >= static_cast<int>(rules.adult_years)) return {};
  return bad(
      "subject",
      {"未成年人不记信用记录，由作出承诺的监护人承担", "a minor has no credit record; the guardian who committed has"},
      "R84");
}

CreditState state_on(const CreditCase& file, const CreditRules& rules, CivilDate day) {
  const auto progress = progress_on(file, rules, day);
  const auto end = latest_end(file, rules);
  const bool running = progress.state <= CreditState::published || progress.state == CreditState::repair_applied;
  return progress.determined && running && end && *end < day ? CreditState::expired : progress.state;
}

bool excludes(const CreditCase& file, const CreditRules& rules, CivilDate day) {
  const auto progress = progress_on(file, rules, day);
  if (!progress.determined || progress.repaired || progress.corrected) return false;
  const auto end = latest_end(file, rules);
  return rules.exclusion_ends_with == ExclusionEnd::repaired || !end || day <= *end;
}

bool published_on(const CreditCase& file, const CreditRules& rules, CivilDate day) {
  const auto progress = progress_on(file, rules, day);
  const auto end = latest_end(file, rules);
  return progress.determined && *file.decision->served_on <= day && progress.publication_decided &&
         !progress.repaired && !progress.corrected && end && day <= *end;
}

Status check_repair(const RepairRequest& request, const CreditDecision& decision, const CreditRules& rules) {
  if (request.organ != decision.deciding_organ) {
    return bad("organ",
               {"谁认定、谁修复，应由" + decision.deciding_organ + "决定",
                "the organ that determined it repairs it: " + decision.deciding_organ},
               "R94");
  }
  if (blank(request.document_no))
    return bad("document_no", {"请填写修复决定文号", "the repair needs its number"}, "R94");
  if (!request.duties_done_shown) {
    return bad("duties_done_shown", {"缺少已履行义务的证明材料", "proof that duties are done is missing"}, "R89");
  }
  if (!request.credit_commitment_given) {
    return bad("credit_commitment_given", {"缺少信用承诺书", "the credit commitment is missing"}, "R89");
  }
  const auto earliest = dates_of(rules, decision.credit_class, decision.decided_on).repair_earliest;
  if (earliest && request.applied_on < *earliest) {
    return bad("applied_on",
               {"最早可在" + earliest->text_zh() + "申请修复", "repair may be asked for from " + earliest->text()},
               "R89");
  }
  if (request.decided_on < request.applied_on) {
    return bad("decided_on", {"决定日期早于申请日期", "decided before it was asked for"}, "R94");
  }
  return {};
}

ExclusionList make_exclusion_list(std::uint32_t revision, CivilDate as_of, const ByteArray<16>& key,
                                  std::span<const std::string> citizen_ids) {
  ExclusionList list{revision, as_of, key, {}};
  for (const auto& id : citizen_ids) list.prefixes.push_back(crypto::exclusion_prefix(key, id));
  std::sort(list.prefixes.begin(), list.prefixes.end());
  list.prefixes.erase(std::unique(list.prefixes.begin(), list.prefixes.end()), list.prefixes.end());
  return list;
}

Status check(const ExclusionList& list) {
  const auto& prefixes = list.prefixes;
  const bool ascend = std::adjacent_find(prefixes.begin(), prefixes.end(), std::greater_equal<>()) == prefixes.end();
  if (ascend && (prefixes.empty() || prefixes.back() < prefix_end)) return {};
  return bad("prefixes", {"名单格式不对", "the list is out of order or range"}, "O5");
}

ExclusionAnswer ask(const std::optional<ExclusionList>& list, std::string_view citizen_id) {
  if (!list) return ExclusionAnswer::no_list;
  const auto prefix = crypto::exclusion_prefix(list->key, citizen_id);
  const bool hit = std::binary_search(list->prefixes.begin(), list->prefixes.end(), prefix);
  return hit ? ExclusionAnswer::possible_match : ExclusionAnswer::no_hit;
}

}  // namespace cunzheng::domain
