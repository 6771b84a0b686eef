#include "shared/domain/deliberation.hpp"

#include <algorithm>
#include <numeric>

namespace cunzheng::domain {
namespace {

constexpr std::size_t check_code_characters = 10;

tl::unexpected<Failure> bad(std::string field, Text what, std::string rule) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

std::optional<std::uint32_t> count_of(const Minutes& minutes, const std::string& name) {
  const auto found = minutes.counts.find(name);
  return found == minutes.counts.end() ? std::nullopt : std::optional(found->second);
}

// Votes of all three kinds, those that were recorded; `all` tells whether all were.
struct Votes {
  std::uint64_t sum = 0;
  bool all = true;
};
Votes votes_of(const Minutes& minutes) {
  Votes votes;
  for (const auto* name : {"votes_for", "votes_against", "votes_abstain"}) {
    const auto count = count_of(minutes, name);
    votes.sum += count.value_or(0);
    votes.all = votes.all && count.has_value();
  }
  return votes;
}

ResultLine line_of(const Requirement& requirement, const Minutes& minutes) {
  return {requirement.id, requirement.label, requirement.certainty,
          evaluate(requirement.condition, minutes.counts, minutes.flags), requirement.blocking};
}

// What no law needs to say: the figures must fit together.
void add_consistency(const Minutes& minutes, std::vector<ResultLine>& lines) {
  const auto entitled = count_of(minutes, "entitled");
  const auto present = count_of(minutes, "present");
  if (entitled && present) {
    lines.push_back({"present-not-above-entitled",
                     {"实到人数不超过应到人数", "no more are present than are entitled"},
                     Certainty::derived,
                     answer_of(*present <= *entitled),
                     true});
  }
  const auto votes = votes_of(minutes);
  lines.push_back({"votes-add-up",
                   {"同意、不同意、弃权之和等于实到人数", "the votes add up to those present"},
                   Certainty::derived,
                   present && votes.all ? answer_of(votes.sum == *present) : Answer::unknown,
                   false});
}

void add_notice_of_meeting(const Minutes& minutes, const MeetingRule& rule, std::vector<ResultLine>& lines) {
  if (rule.notice_days.value_or(0) == 0) return;
  const auto days = std::to_string(*rule.notice_days);
  const auto early_enough = [&] {
    return answer_of(minutes.held_on - *minutes.told_on >= static_cast<std::int64_t>(*rule.notice_days));
  };
  // The decision itself does not fall with it, so it is shown and does not block.
  lines.push_back({"meeting-notice",
                   {"会前" + days + "天通知", "residents were told " + days + " days before"},
                   rule.notice_certainty,
                   minutes.told_on ? early_enough() : Answer::unknown,
                   false});
}

bool reserved(const Minutes& minutes, const QuorumTable& table) {
  const auto found = table.matters.find(minutes.matter);
  return found != table.matters.end() && found->second.reserved;
}

// R27: told, met, public notice, head. A step that has not happened yet breaks no order.
Answer order_kept(const Minutes& minutes) {
  auto last = minutes.told_on.value_or(minutes.held_on);
  bool kept = last <= minutes.held_on;
  last = minutes.held_on;
  if (const auto& notice = minutes.public_notice) {
    kept = kept && last <= notice->from && notice->from <= notice->to;
    last = notice->to + 1;  // signed on the last day of the notice is signed before it was over
  }
  return answer_of(kept && (!minutes.head_signed_on || last <= *minutes.head_signed_on));
}

Answer notice_is_over(const Minutes& minutes, std::uint32_t days_asked, CivilDate day) {
  const auto& notice = minutes.public_notice;
  if (!notice) return answer_of(days_asked == 0);
  const std::int64_t days = notice->to - notice->from + 1;
  return answer_of(notice->to < day && days >= static_cast<std::int64_t>(days_asked));
}

Answer undisputed(const Minutes& minutes) {
  const auto& notice = minutes.public_notice;
  if (!notice || notice->objections == 0) return Answer::yes;
  return notice->objections_open > 0 ? Answer::no : Answer::unknown;
}

}  // namespace

Status check(const Minutes& minutes, const QuorumTable& table) {
  if (!table.find(minutes.kind)) return bad("kind", {"请选择会议种类", "choose a kind of meeting"}, "R36");
  if (const auto* rule = table.rule_on(minutes.kind, minutes.held_on)) {
    const auto same = [&](const MeetingMode& mode) { return mode.id == minutes.mode; };
    if (std::none_of(rule->modes.begin(), rule->modes.end(), same)) {
      return bad("mode", {"请选择这种会议的参加方式", "choose a mode of this kind of meeting"}, "R30");
    }
  }
  if (!table.matters.contains(minutes.matter))
    return bad("matter", {"请选择事项类别", "choose a kind of matter"}, "R36");
  for (const auto& [name, count] : minutes.counts) {
    if (!table.counts.contains(name)) return bad("counts." + name, {"没有这个计数", "no such count"}, "R36");
  }
  for (const auto& [name, flag] : minutes.flags) {
    if (!table.flags.contains(name)) return bad("flags." + name, {"没有这个标记", "no such flag"}, "R36");
  }
  const auto entitled = count_of(minutes, "entitled");
  const auto present = count_of(minutes, "present");
  if (entitled && present && *present > *entitled) {
    return bad("counts.present", {"实到人数不能多于应到人数", "more are present than are entitled"}, "R36");
  }
  if (present && votes_of(minutes).sum > *present) {
    return bad("counts.votes_for", {"三种票数之和不能多于实到人数", "there are more votes than people present"}, "R36");
  }
  if (minutes.scope.items.empty()) {
    return bad("scope.items", {"请写明决定涉及哪些证明事项", "name the items that the decision covers"}, "R39");
  }
  if (minutes.scope.uses_max == 0) {
    return bad("scope.uses_max", {"至少可用于一份证明", "the decision carries at least one certificate"}, "R39");
  }
  if (minutes.scope.until && *minutes.scope.until < minutes.held_on) {
    return bad("scope.until", {"决定的有效期早于会议日期", "the decision ends before the meeting"}, "R39");
  }
  if (const auto& notice = minutes.public_notice) {
    if (notice->to < notice->from) {
      return bad("public_notice.to", {"公示止日早于起日", "the public notice ends before it begins"}, "R38");
    }
    if (notice->objections_open > notice->objections) {
      return bad("public_notice.objections_open",
                 {"未处理的异议多于收到的异议", "more objections are open than came in"}, "R38");
    }
  }
  return {};
}

std::vector<ResultLine> MeetingResult::not_met() const {
  std::vector<ResultLine> out;
  std::copy_if(lines.begin(), lines.end(), std::back_inserter(out),
               [](const ResultLine& line) { return line.answer != Answer::yes; });
  return out;
}

MeetingResult judge_meeting(const Minutes& minutes, const QuorumTable& table) {
  MeetingResult result;
  const auto* rule = table.rule_on(minutes.kind, minutes.held_on);
  if (!rule) {
    result.lines.push_back({"rule-on-day",
                            {"会议当天没有可适用的人数规则", "no rule for this kind of meeting on that day"},
                            Certainty::unknown,
                            Answer::unknown,
                            true});
    return result;
  }
  result.rule = rule->id;
  if (const auto* kind = table.find(minutes.kind); kind && !kind->usable) {
    result.lines.push_back(
        {"numbers-not-known",
         {"这种会议的人数规定尚未核实，由人判断", "the numbers for this kind are not known; a person decides"},
         Certainty::unknown,
         Answer::unknown,
         true});
  }
  const auto mode = std::find_if(rule->modes.begin(), rule->modes.end(),
                                 [&](const MeetingMode& each) { return each.id == minutes.mode; });
  if (mode == rule->modes.end()) {
    result.lines.push_back({"mode",
                            {"记录的参加方式不在规则之内", "the mode of the minutes is none of the rule's"},
                            Certainty::unknown,
                            Answer::unknown,
                            true});
  } else {
    result.lines.push_back(line_of(mode->presence, minutes));
    result.quorate = result.lines.back().answer;
    result.lines.push_back(line_of(mode->passing, minutes));
    result.passes = result.lines.back().answer;
  }
  for (const auto& each : rule->conditions) {
    if (each.from && minutes.held_on < *each.from) continue;
    if (each.reserved_matters_only && !reserved(minutes, table)) continue;
    result.lines.push_back(line_of(each, minutes));
  }
  add_notice_of_meeting(minutes, *rule, result.lines);
  add_consistency(minutes, result.lines);
  for (const auto& item : minutes.scope.items) {
    if (table.may_decide(minutes.kind, item)) continue;
    result.lines.push_back({"special-threshold",
                            {"这一事项须由专门的表决方式决定", "this item is decided by another kind of meeting"},
                            Certainty::found,
                            Answer::no,
                            true});
  }
  result.valid = Answer::yes;
  result.assumed = rule->days_certainty == Certainty::assumed;
  for (const auto& line : result.lines) {
    if (!line.blocking) continue;
    result.valid = both(result.valid, line.answer);
    result.assumed = result.assumed || line.certainty == Certainty::assumed;
  }
  return result;
}

Standing standing_on(const Minutes& minutes, const MeetingResult& result, std::uint32_t public_notice_days,
                     CivilDate day) {
  const bool signed_by_then = minutes.head_signed_on && *minutes.head_signed_on <= day;
  const auto days = std::to_string(public_notice_days);
  const Text notice = public_notice_days == 0
                          ? Text{"公示期已满", "the public notice is over"}
                          : Text{"公示" + days + "天且已期满", "a public notice of " + days + " days is over"};
  Standing standing;
  standing.lines = {
      {"valid", {"会议形成有效决定", "the meeting made a valid decision"}, Certainty::found, result.valid, true},
      {"order",
       {"先通知、后表决、再公示、最后由负责人签字", "told, voted, public notice, head signed: in this order"},
       Certainty::found,
       order_kept(minutes),
       true},
      {"public-notice", notice, Certainty::found, notice_is_over(minutes, public_notice_days, day), true},
      {"undisputed", {"公示期内没有异议", "nobody objected"}, Certainty::derived, undisputed(minutes), true},
      {"head-signed", {"负责人已签字", "the head has signed"}, Certainty::found, answer_of(signed_by_then), true},
  };
  standing.stands = std::accumulate(standing.lines.begin(), standing.lines.end(), Answer::yes,
                                    [](Answer all, const ResultLine& line) { return both(all, line.answer); });
  return standing;
}

bool covers(const DecisionScope& scope, const ItemId& item, std::uint32_t used, CivilDate day) {
  return std::find(scope.items.begin(), scope.items.end(), item) != scope.items.end() && used < scope.uses_max &&
         (!scope.until || day <= *scope.until);
}

std::string check_code(const Hash& minutes) { return to_base32(minutes).substr(0, check_code_characters); }

Result<std::string> read_check_code(std::string_view typed, std::string field) {
  auto text = is_utf8(typed) ? to_half_width(typed) : std::string();
  std::erase_if(text, [](char c) { return c == '-' || c == ' '; });
  // Zeros fill up to whole bytes: 16 characters are 10 bytes.
  const auto bytes = from_base32(text + "000000");
  if (text.size() != check_code_characters || !bytes) {
    return bad(std::move(field),
               {"查验码应为10位字母和数字，请对照会议记录重输",
                "a check code has 10 letters and digits; compare it with the minutes"},
               "O7");
  }
  return to_base32(*bytes).substr(0, check_code_characters);
}

}  // namespace cunzheng::domain
