// Is an application complete and well-formed (declared in eligibility.hpp)?

#include "shared/domain/eligibility.hpp"
#include "shared/domain/identifiers.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

constexpr std::size_t number_digits_max = 9;

tl::unexpected<Failure> bad(Text what, std::string field, std::string rule = {}) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), std::move(rule));
}

bool is_blank(const std::string& text) { return trimmed(text).empty(); }

Status check_filled(const std::string& text, const std::string& field, std::string rule) {
  if (!is_blank(text)) return {};
  return bad({"必须填写", "must be filled in"}, field, std::move(rule));
}

Status check_length(const std::string& text, std::size_t most, const std::string& field) {
  if (!is_utf8(text)) return bad({"不是合法的文字", "not well-formed text"}, field);
  if (code_points(text) <= most) return {};
  const auto number = std::to_string(most);
  return bad({"太长，最多" + number + "字", "too long, at most " + number + " characters"}, field);
}

Status check_line(const std::string& text, std::size_t most, const std::string& field) {
  CHECK(check_length(text, most, field));
  if (!has_control_characters(text)) return {};
  return bad({"含有换行或其他控制字符", "holds a line break or another control character"}, field);
}

// Several lines: a line feed parts them, nothing else of that kind stands in them.
Status check_lines(const std::string& text, const std::string& field) {
  CHECK(check_length(text, long_text_characters_max, field));
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    CHECK(check_line(text.substr(from, end - from), long_text_characters_max, field));
    from = end + 1;
  }
  return {};
}

// A citizen's number is checked digit by digit. Passports and permits of other kinds are letters and digits; only
// the eight digits of one permit have no letter at all.
Status check_document_number(const std::string& typed, const std::string& field) {
  CHECK(check_filled(typed, field, "R55"));
  const auto number = trimmed(to_half_width(typed));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto digits = static_cast<std::size_t>(std::count_if(number.begin(), number.end(), is_digit));
  const auto letters = static_cast<std::size_t>(std::count_if(number.begin(), number.end(), is_letter));
  const bool plain = digits + letters == number.size() && number.size() >= 6 && number.size() <= 20;
  const bool ends_in_x = letters == 1 && (number.back() == 'X' || number.back() == 'x');
  const bool other_document = plain && ((letters > 0 && !ends_in_x) || (letters == 0 && number.size() == 8));
  if (other_document) return {};
  CHECK(normalise_citizen_id(typed, field));
  return {};
}

Status check_person(const Person& person) {
  CHECK(check_filled(person.name, "applicant.name", "R55"));
  CHECK(check_line(person.name, name_characters_max, "applicant.name"));
  CHECK(check_document_number(person.id_number, "applicant.id_number"));
  CHECK(check_line(person.phone, name_characters_max, "applicant.phone"));
  CHECK(check_line(person.address, line_characters_max, "applicant.address"));
  return {};
}

bool is_one_of(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

Status check_choices(const ItemField& field, const std::string& given, const std::string& place) {
  constexpr std::string_view comma = "、";
  auto allowed = field.values.begin();
  for (std::size_t from = 0; from <= given.size();) {
    const auto end = std::min(given.find(comma, from), given.size());
    allowed = std::find(allowed, field.values.end(), given.substr(from, end - from));
    if (allowed == field.values.end()) {
      return bad(
          {"应从可选值中选，按清单顺序用“、”连接，不重复", "choose from the values, in their order, joined by 、"},
          place, "R58");
    }
    ++allowed;
    from = end + comma.size();
  }
  return {};
}

Status check_value(const ItemField& field, const std::string& value, const std::string& place) {
  switch (field.type) {
    case FieldType::date:
      CHECK(CivilDate::parse(value, place));
      return {};
    case FieldType::number: {
      const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
      if (value.size() <= number_digits_max && std::all_of(value.begin(), value.end(), is_digit)) return {};
      return bad({"应为不带单位的整数", "expected a whole number without a unit"}, place, "R58");
    }
    case FieldType::yes_no:
      if (value == "true" || value == "false") return {};
      return bad({"应选是或否", "expected yes or no"}, place, "R58");
    case FieldType::one_of:
      if (is_one_of(field.values, value)) return {};
      return bad({"应从可选值中选一个", "expected one of the values"}, place, "R58");
    case FieldType::some_of:
      return check_choices(field, value, place);
    case FieldType::long_text:
    case FieldType::persons:
    case FieldType::visits:
      return check_lines(value, place);
    case FieldType::text:
    case FieldType::person:
    case FieldType::party:
    case FieldType::address:
    case FieldType::attachment:
    case FieldType::reference:
      return check_line(value, line_characters_max, place);
  }
  return {};
}

Status check_facts(const std::map<std::string, std::string>& facts, const std::vector<ItemField>& fields) {
  for (const auto& field : fields) {
    const auto place = "facts." + field.key;
    const auto fact = facts.find(field.key);
    if (fact == facts.end() || is_blank(fact->second)) {
      if (!field.required) continue;
      return bad({"“" + field.label.zh + "”必须填写", "'" + field.label.en + "' must be filled in"}, place, "R58");
    }
    CHECK(check_value(field, fact->second, place));
  }
  for (const auto& fact : facts) {
    const auto is_meant = [&](const ItemField& field) { return field.key == fact.first; };
    if (std::none_of(fields.begin(), fields.end(), is_meant)) {
      return bad({"本事项没有这一栏，不得多要材料", "the item has no such field; ask for no more"},
                 "facts." + fact.first, "R57");
    }
  }
  return {};
}

std::vector<ItemField> statement_only() {
  return {{statement_key,
           {"要证明的情况", "What is to be stated"},
           FieldType::long_text,
           true,
           FieldPart::private_part,
           {}}};
}

}  // namespace

Status check_application(const Application& application, const Catalogue& catalogue) {
  const auto& id = application.item;
  const auto* item = find_issuable(catalogue, id);
  if (id == ItemId()) {
    CHECK(check_filled(application.requested_name, "requested_name", "R23"));
  } else if (!item && !find_negative(catalogue, id) && !find_routed(catalogue, id)) {
    return bad({"清单里没有这一事项", "the lists have no such item"}, "item", "R12");
  }
  CHECK(check_line(application.requested_name, line_characters_max, "requested_name"));

  if (!find_requester_kind(catalogue, application.requester_kind)) {
    return bad({"请选择要求单位的类别", "choose what kind of unit asks"}, "requester_kind", "R10");
  }
  CHECK(check_filled(application.requesting_unit, "requesting_unit", "R10"));
  CHECK(check_line(application.requesting_unit, line_characters_max, "requesting_unit"));
  CHECK(check_lines(application.basis_cited, "basis_cited"));
  if (application.fallback_cause == FallbackCause::policy_not_joined_up) {
    CHECK(check_filled(application.basis_cited, "basis_cited", "R42"));
  }

  if (application.purpose == PurposeCode()) {
    CHECK(check_filled(application.purpose_text, "purpose_text", "R109"));
  } else if (!find_purpose(catalogue, application.purpose)) {
    return bad({"没有这一用途", "no such purpose"}, "purpose", "R109");
  }
  CHECK(check_line(application.purpose_text, line_characters_max, "purpose_text"));

  CHECK(check_person(application.applicant));
  if (find_routed(catalogue, id)) {  // nothing of a party matter is kept but that it was passed on
    return check_facts(application.facts, {});
  }
  return check_facts(application.facts, item ? item->fields : statement_only());
}

}  // namespace cunzheng::domain
