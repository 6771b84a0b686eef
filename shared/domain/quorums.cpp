#include "shared/domain/quorums.hpp"

#include "shared/codec/json.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

constexpr int condition_levels_max = 3;

tl::unexpected<Failure> bad(std::string field, Text what) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), "R103");
}

std::string place(const std::string& list, std::size_t at) { return list + "[" + std::to_string(at) + "]"; }

Answer compare(ConditionOp op, const Share& share, const Counts& counts) {
  const auto count = counts.find(share.count);
  const auto of = counts.find(share.of);
  if (count == counts.end() || of == counts.end() || of->second == 0) return Answer::unknown;
  // Two 32-bit factors on either side: nothing overflows, nothing is divided.
  const auto left = std::uint64_t{count->second} * share.den;
  const auto right = std::uint64_t{of->second} * share.num;
  if (op == ConditionOp::at_least) return answer_of(left >= right);
  if (op == ConditionOp::more_than) return answer_of(left > right);
  return answer_of(left <= right);
}

bool overlap(const MeetingRule& a, const MeetingRule& b) {
  return a.kind == b.kind && (!a.to || b.from <= *a.to) && (!b.to || a.from <= *b.to);
}

// Reads the table with the path of what it is looking at.
class Checker {
 public:
  explicit Checker(const QuorumTable& table) : table_(table) {}

  Status rule(const MeetingRule& rule, const std::string& at) const {
    if (!table_.find(rule.kind)) return bad(at + ".kind", {"没有这种会议", "no such kind of meeting"});
    if (rule.to && *rule.to < rule.from) return bad(at + ".to", {"止日早于起日", "ends before it begins"});
    if (rule.modes.empty()) return bad(at + ".modes", {"至少要有一种参加方式", "at least one mode is needed"});
    for (std::size_t k = 0; k < rule.modes.size(); ++k) {
      const auto here = place(at + ".modes", k);
      CHECK(condition(rule.modes[k].presence.condition, here + ".presence.condition", 1));
      CHECK(condition(rule.modes[k].passing.condition, here + ".passing.condition", 1));
    }
    for (std::size_t k = 0; k < rule.conditions.size(); ++k) {
      CHECK(condition(rule.conditions[k].condition, place(at + ".conditions", k) + ".condition", 1));
    }
    return {};
  }

 private:
  Status condition(const Condition& condition, const std::string& at, int level) const {
    if (level > condition_levels_max) return bad(at, {"条件嵌套过深", "conditions are nested too deep"});
    const auto op = condition.op;
    const bool wants_share = op == ConditionOp::at_least || op == ConditionOp::more_than || op == ConditionOp::at_most;
    const bool wants_args = op == ConditionOp::all_of || op == ConditionOp::any_of || op == ConditionOp::opposite;
    if (wants_share != condition.share.has_value() || (op == ConditionOp::flag) != condition.flag.has_value() ||
        wants_args == condition.args.empty() || (op == ConditionOp::opposite && condition.args.size() != 1)) {
      return bad(at, {"条件的写法与运算不符", "the condition does not have the parts its operation needs"});
    }
    if (wants_share) CHECK(share(*condition.share, at + ".share"));
    if (condition.flag && !table_.flags.contains(*condition.flag)) {
      return bad(at + ".flag", {"没有这个标记", "no such flag"});
    }
    for (std::size_t k = 0; k < condition.args.size(); ++k) {
      CHECK(this->condition(condition.args[k], place(at + ".args", k), level + 1));
    }
    return {};
  }

  Status share(const Share& share, const std::string& at) const {
    if (!table_.counts.contains(share.count)) return bad(at + ".count", {"没有这个计数", "no such count"});
    if (!table_.counts.contains(share.of)) return bad(at + ".of", {"没有这个计数", "no such count"});
    if (share.den == 0) return bad(at + ".den", {"分母不能为0", "the denominator must not be 0"});
    return {};
  }

  const QuorumTable& table_;
};

}  // namespace

Answer evaluate(const Condition& condition, const Counts& counts, const Flags& flags) {
  switch (condition.op) {
    case ConditionOp::at_least:
    case ConditionOp::more_than:
    case ConditionOp::at_most:
      return condition.share ? compare(condition.op, *condition.share, counts) : Answer::unknown;
    case ConditionOp::all_of: {
      auto answer = Answer::yes;
      for (const auto& each : condition.args) answer = both(answer, evaluate(each, counts, flags));
      return answer;
    }
    case ConditionOp::any_of: {
      auto answer = Answer::no;
      for (const auto& each : condition.args) answer = either(answer, evaluate(each, counts, flags));
      return answer;
    }
    case ConditionOp::opposite: {
      const auto answer = condition.args.size() == 1 ? evaluate(condition.args[0], counts, flags) : Answer::unknown;
      return answer == Answer::unknown ? answer : answer_of(answer == Answer::no);
    }
    case ConditionOp::flag: {
      const auto found = condition.flag ? flags.find(*condition.flag) : flags.end();
      return found == flags.end() ? Answer::unknown : answer_of(found->second);
    }
    case ConditionOp::unknown:
      return Answer::unknown;
  }
  return Answer::unknown;
}

const MeetingRule* QuorumTable::rule_on(const MeetingKind& kind, CivilDate day) const {
  for (const auto& rule : rules) {
    if (rule.kind == kind && rule.from <= day && (!rule.to || day <= *rule.to)) return &rule;
  }
  return nullptr;
}

const MeetingKindInfo* QuorumTable::find(const MeetingKind& kind) const {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& each) { return each.id == kind; });
  return found == kinds.end() ? nullptr : &*found;
}

bool QuorumTable::may_decide(const MeetingKind& kind, const ItemId& item) const {
  for (const auto& each : kinds) {
    const bool alone =
        std::find(each.decides_alone.begin(), each.decides_alone.end(), item) != each.decides_alone.end();
    if (alone) return each.id == kind;
  }
  const auto* own = find(kind);
  return !own || own->decides_alone.empty();
}

Status check(const QuorumTable& table) {
  for (const auto* name : {"entitled", "present", "votes_for", "votes_against", "votes_abstain"}) {
    if (!table.counts.contains(name))
      return bad("counts." + std::string(name), {"缺少这个计数", "this count is missing"});
  }
  for (std::size_t k = 0; k < table.kinds.size(); ++k) {
    const auto& kind = table.kinds[k];
    if (kind.id.value().empty() || table.find(kind.id) != &kind) {
      return bad(place("kinds", k) + ".id", {"会议种类缺少名称或重复", "a kind of meeting has no id or has another's"});
    }
  }
  for (std::size_t k = 0; k < table.rules.size(); ++k) {
    CHECK(Checker(table).rule(table.rules[k], place("rules", k)));
    for (std::size_t other = 0; other < k; ++other) {
      if (overlap(table.rules[other], table.rules[k])) {
        return bad(place("rules", k) + ".from", {"同一种会议同一天有两条规则", "two rules for one kind on one day"});
      }
    }
  }
  return {};
}

Result<QuorumTable> quorum_table_from_json(std::string_view json) {
  TRY(const auto value, codec::parse_json(json));
  TRY(auto table, codec::from_json<QuorumTable>(value));
  CHECK(check(table));
  return table;
}

}  // namespace cunzheng::domain
