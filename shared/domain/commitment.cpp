#include "shared/domain/commitment.hpp"

#include "shared/codec/json.hpp"
#include "shared/domain/identifiers.hpp"

#include <algorithm>
#include <set>

namespace cunzheng::domain {
namespace {

constexpr std::string_view organ_name_key = "organ_name";

tl::unexpected<Failure> bad(std::string field, Text what, std::string rule) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

std::string place(const std::string& list, std::size_t at) { return list + "[" + std::to_string(at) + "]"; }

// Cuts a text at its placeholders and hands plain pieces and keys over in order. False if a brace stays open.
template <class Plain, class Key>
bool each_piece(std::string_view text, Plain plain, Key key) {
  for (;;) {
    const auto open = text.find('{');
    plain(text.substr(0, open));
    if (open == std::string_view::npos) return true;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return false;
    key(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}

// Every text of the form with its place.
template <class Form, class Each>
void each_text(Form& form, Each each) {
  each("form.title", form.title);
  each("form.opening", form.opening);
  for (std::size_t k = 0; k < form.parts.size(); ++k) each(place("form.parts", k) + ".text", form.parts[k].text);
  each("form.promise", form.promise);
  each("form.withdrawal", form.withdrawal);
  each("form.privacy", form.privacy);
  each("form.provisional", form.provisional);
}

Status check_placeholders(const CommitmentForms& forms) {
  std::set<std::string> unused(forms.placeholders.begin(), forms.placeholders.end());
  std::string wrong_place;
  each_text(forms.form, [&](const std::string& at, const Text& text) {
    for (const auto* language : {&text.zh, &text.en}) {
      const bool closed = each_piece(
          *language, [](std::string_view) {},
          [&](std::string_view key) {
            unused.erase(std::string(key));
            const auto& listed = forms.placeholders;
            if (std::find(listed.begin(), listed.end(), key) == listed.end()) wrong_place = at;
          });
      if (!closed) wrong_place = at;
    }
  });
  if (!wrong_place.empty()) {
    return bad(wrong_place, {"空格名称不在列表内或括号未合上", "a placeholder is not in the list or not closed"},
               "R74");
  }
  if (!unused.empty()) {
    return bad("placeholders",
               {"没有用到的空格：" + *unused.begin(), "no text uses the placeholder " + *unused.begin()}, "R74");
  }
  return {};
}

Status check_counterparty(const CommitmentForms& forms, const CommitmentMatter& matter) {
  const auto name = trimmed(matter.organ_name);
  const auto ends = [&](const std::string& ending) { return name.ends_with(ending); };
  if (name.empty() || std::any_of(forms.no_counterparty.begin(), forms.no_counterparty.end(), ends)) {
    return bad("organ_name",
               {"承诺的对方是作决定的行政机关，不是村（居）委会",
                "the other side is the organ that decides, not the committee"},
               "R70");
  }
  TRY(const auto code, check_credit_code(matter.organ_code, "organ_code"));
  return {};
}

Status check_matter(const CommitmentForms& forms, const CommitmentMatter& matter, const std::string& at) {
  if (matter.id.empty() || forms.find(matter.id) != &matter) {
    return bad(at + ".id", {"事项缺少编号或重复", "a matter has no id or has another's"}, "R69");
  }
  if (matter.excluded == Answer::yes) {
    if (forms.excluded_matters.contains(matter.excluded_as.value_or(""))) return {};
    return bad(at + ".excluded_as", {"请写明属于哪一种不适用情形", "say as what the matter is excluded"}, "R73");
  }
  if (auto text = compose_commitment(forms, matter); !text) {
    auto failure = std::move(text).error();
    failure.field = at + "." + failure.field;
    return tl::make_unexpected(std::move(failure));
  }
  return {};
}

// Fills one text; the first empty placeholder is the answer if there is one.
std::optional<std::string> fill(Text& text, const std::map<std::string, std::string>& values) {
  std::optional<std::string> empty;
  for (auto* language : {&text.zh, &text.en}) {
    std::string out;
    each_piece(
        *language, [&](std::string_view plain) { out += plain; },
        [&](std::string_view key) {
          const auto found = values.find(std::string(key));
          if (found == values.end() || trimmed(found->second).empty()) {
            empty = std::string(key);
          } else {
            out += found->second;
          }
        });
    *language = std::move(out);
  }
  return empty;
}

}  // namespace

const CommitmentMatter* CommitmentForms::find(std::string_view matter) const {
  const auto found = std::find_if(matters.begin(), matters.end(), [&](const auto& each) { return each.id == matter; });
  return found == matters.end() ? nullptr : &*found;
}

Status check(const CommitmentForms& forms) {
  const auto& names = codec::EnumNames<CommitmentPart>::names;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (k >= forms.form.parts.size() || forms.form.parts[k].part != static_cast<CommitmentPart>(k)) {
      return bad("form.parts", {"告知承诺书应依次有七项内容", "the form has seven parts in order"}, "R74");
    }
  }
  if (forms.form.parts.size() != names.size()) {
    return bad("form.parts", {"告知承诺书只有七项内容", "the form has seven parts and no more"}, "R74");
  }
  for (const auto* outcome : codec::EnumNames<CheckOutcome>::names) {
    if (!forms.outcomes.contains(outcome))
      return bad("outcomes." + std::string(outcome), {"缺少名称", "no name"}, "R77");
  }
  CHECK(check_placeholders(forms));
  CHECK(check(forms.credit, "credit"));
  for (std::size_t k = 0; k < forms.matters.size(); ++k)
    CHECK(check_matter(forms, forms.matters[k], place("matters", k)));
  return {};
}

Result<CommitmentForms> commitment_forms_from_json(std::string_view json) {
  TRY(const auto value, codec::parse_json(json));
  TRY(auto forms, codec::from_json<CommitmentForms>(value));
  CHECK(check(forms));
  return forms;
}

Result<CommitmentText> compose_commitment(const CommitmentForms& forms, const CommitmentMatter& matter) {
  CHECK(check_counterparty(forms, matter));
  if (!forms.check_manners.contains(matter.check_manner)) {
    return bad("check_manner", {"请选择核查方式", "choose a manner of checking"}, "R77");
  }
  auto values = matter.values;
  values.insert_or_assign(std::string(organ_name_key), matter.organ_name);
  auto form = forms.form;
  std::optional<std::string> empty;
  each_text(form, [&](const std::string&, Text& text) {
    const auto here = fill(text, values);
    if (!empty) empty = here;
  });
  if (empty) {
    return bad("values." + *empty,
               {"告知内容不完整，这一项没有填写，不能签名", "a part of the notice is empty; it may not be signed"},
               "R74");
  }
  CommitmentText out{form.title, form.opening, {}, form.promise, form.withdrawal, form.privacy, form.provisional};
  for (auto& part : form.parts) out.parts.push_back({part.part, std::move(part.label), std::move(part.text)});
  return out;
}

CommitmentAdvice advise(const CommitmentForms& forms, const CommitmentMatter& matter, ExclusionAnswer by_person,
                        Answer full_capacity) {
  if (matter.excluded == Answer::yes) {
    const auto found = forms.excluded_matters.find(matter.excluded_as.value_or(""));
    const auto why = found == forms.excluded_matters.end()
                         ? Text{}
                         : Text{"（" + found->second.zh + "）", " (" + found->second.en + ")"};
    return {CommitmentWay::ordinary_proof,
            "R73",
            {"这一事项" + why.zh + "不适用告知承诺，请提交证明。",
             "No commitment is taken for this matter" + why.en + "; please bring the proof."}};
  }
  if (full_capacity == Answer::no) {
    return {CommitmentWay::guardian_commits,
            "R84",
            {"请由监护人作出承诺，责任由监护人承担。", "The guardian commits and bears the liability."}};
  }
  if (by_person == ExclusionAnswer::possible_match) {
    return {CommitmentWay::ask_or_prove, "R76", forms.possible_match};
  }
  return {CommitmentWay::commit,
          "O5",
          {"可以承诺，也可以交证明，由您自己选择。承诺先行登记，待" + matter.organ_name + "核对后才算受理。",
           "You may commit or bring the proof; the choice is yours. The commitment is provisional until " +
               matter.organ_name + " has looked at it."}};
}

std::optional<CommitmentState> state_after(CommitmentState state, CommitmentEvent event) {
  using State = CommitmentState;
  switch (state) {
    case State::draft:
      if (event == CommitmentEvent::was_signed) return State::provisional;
      return std::nullopt;
    case State::provisional:
      if (event == CommitmentEvent::exclusion_found) return State::not_accepted_excluded;
      if (event == CommitmentEvent::organ_accepted) return State::accepted;
      if (event == CommitmentEvent::was_withdrawn) return State::withdrawn;
      return std::nullopt;
    case State::accepted:
      // S42: the organ may have acted before the exclusion was known; the benefit is stopped.
      if (event == CommitmentEvent::exclusion_found) return State::not_accepted_excluded;
      if (event == CommitmentEvent::was_withdrawn) return State::withdrawn;
      if (event == CommitmentEvent::was_concluded) return State::concluded;
      return std::nullopt;
    case State::not_accepted_excluded:
    case State::withdrawn:
    case State::concluded:
      return std::nullopt;
  }
  return std::nullopt;
}

Status check_outcome(CheckOutcome outcome, const std::optional<CreditDecision>& decision, const CreditRules& rules) {
  if (!enters_credit_record(outcome)) {
    if (!decision) return {};
    return bad("decision", {"只有虚假承诺才有信用决定", "only a false commitment has a credit decision"}, "R80");
  }
  if (!decision) {
    return bad("decision", {"认定虚假承诺须有决定机关的决定书", "a falsehood is found by a decision of the organ"},
               "R79");
  }
  return check(*decision, rules);
}

}  // namespace cunzheng::domain
