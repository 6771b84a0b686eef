// Is a catalogue fit to be published? Everything the rules rely on later is made sure of here, once.

#include "shared/codec/json.hpp"
#include "shared/domain/catalogue.hpp"

#include <algorithm>
#include <set>

namespace cunzheng::domain {
namespace {

constexpr std::size_t text_characters_max = 2000;
constexpr std::size_t name_characters_max = 200;
constexpr std::size_t id_characters_max = 64;
constexpr std::size_t list_length_max = 500;
constexpr std::int32_t days_max = 3660;

std::string at(const std::string& list, std::size_t k) { return list + "[" + std::to_string(k) + "]"; }

tl::unexpected<Failure> bad(Text what, std::string place, std::string rule = {}) {
  return fail(FailureCode::bad_input, std::move(what), std::move(place), std::move(rule));
}

// ---- every text and list, whatever it means

Status check_tree(const codec::json::value& value, std::string& place) {
  const auto size = place.size();
  if (value.is_string()) {
    const std::string_view text(value.get_string());
    if (!is_utf8(text) || has_control_characters(text)) {
      return bad({"文字里有控制字符", "control characters in the text"}, place);
    }
    if (code_points(text) > text_characters_max) {
      const auto most = std::to_string(text_characters_max);
      return bad({"文字太长，最多" + most + "字", "too long, at most " + most + " characters"}, place);
    }
  } else if (value.is_array()) {
    const auto& array = value.get_array();
    if (array.size() > list_length_max) {
      const auto most = std::to_string(list_length_max);
      return bad({"项数太多，最多" + most + "项", "too many, at most " + most}, place);
    }
    for (std::size_t k = 0; k < array.size(); ++k) {
      place += "[" + std::to_string(k) + "]";
      CHECK(check_tree(array[k], place));
      place.resize(size);
    }
  } else if (value.is_object()) {
    for (const auto& pair : value.get_object()) {
      place += (place.empty() ? "" : ".") + std::string(pair.key());
      CHECK(check_tree(pair.value(), place));
      place.resize(size);
    }
  }
  return {};
}

// ---- small rules

Status check_id(const std::string& id, std::string place) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
  if (id.empty() || id.size() > id_characters_max || !std::all_of(id.begin(), id.end(), plain)) {
    return bad({"编号只能用小写字母、数字、-和_，1至64个字符", "an id is 1 to 64 small letters, digits, - and _"},
               std::move(place));
  }
  return {};
}

Status check_name(const Text& name, const std::string& place) {
  for (const auto language : {Language::zh, Language::en}) {
    const auto& text = name.in(language);
    const auto here = place + (language == Language::zh ? ".zh" : ".en");
    if (trimmed(text).empty()) return bad({"名称不能空着", "a name must not be empty"}, here);
    if (code_points(text) > name_characters_max) {
      const auto most = std::to_string(name_characters_max);
      return bad({"名称太长，最多" + most + "字", "name too long, at most " + most + " characters"}, here);
    }
  }
  return {};
}

Status check_filled(const Text& text, const std::string& place, std::string rule) {
  if (!trimmed(text.zh).empty() && !trimmed(text.en).empty()) return {};
  return bad({"中英文都要填写", "both languages are needed"}, place, std::move(rule));
}

Status check_days(std::int32_t days, std::string place, std::string rule) {
  if (days >= 1 && days <= days_max) return {};
  const auto most = std::to_string(days_max);
  return bad({"天数应在1至" + most + "之间", "expected 1 to " + most + " days"}, std::move(place), std::move(rule));
}

Status check_order(const std::optional<CivilDate>& first, const std::optional<CivilDate>& last, std::string place) {
  if (!first || !last || *first <= *last) return {};
  return bad({"终止日期早于起始日期", "ends before it begins"}, std::move(place), "R99");
}

// Adds `key` to the keys seen; the second time is an error.
Status check_new(std::set<std::string>& seen, const std::string& key, std::string place) {
  if (seen.insert(key).second) return {};
  return bad({"“" + key + "”重复", "'" + key + "' stands twice"}, std::move(place));
}

class Check {
 public:
  Check(const Catalogue& catalogue, const Catalogue* previous) : catalogue_(catalogue), previous_(previous) {}

  Result<CatalogueReport> run() {
    std::string place;
    CHECK(check_tree(codec::to_json(catalogue_), place));
    CHECK(head());
    CHECK(vocabulary());
    CHECK(one_list_each());
    for (std::size_t k = 0; k < catalogue_.issuable.size(); ++k)
      CHECK(issuable(catalogue_.issuable[k], at("issuable", k)));
    for (std::size_t k = 0; k < catalogue_.negative.size(); ++k)
      CHECK(negative(catalogue_.negative[k], at("negative", k)));
    for (std::size_t k = 0; k < catalogue_.routed.size(); ++k) {
      const auto& item = catalogue_.routed[k];
      CHECK(check_filled(item.right_way, at("routed", k) + ".right_way", "R24"));
      CHECK(sources(item.marks, at("routed", k)));
    }
    for (std::size_t k = 0; k < catalogue_.unlisted_hints.size(); ++k) {
      const auto here = at("unlisted_hints", k);
      CHECK(check_name(catalogue_.unlisted_hints[k].name, here + ".name"));
      if (catalogue_.unlisted_hints[k].holders.empty()) {
        return bad({"没有写由谁掌握", "does not say who holds the fact"}, here + ".holders", "R21");
      }
      CHECK(sources(catalogue_.unlisted_hints[k].marks, here));
    }
    compare();
    return std::move(report_);
  }

 private:
  void warn(std::string place, std::string rule, Text what) {
    report_.warnings.push_back({std::move(place), std::move(rule), std::move(what)});
  }

  Status head() {
    if (catalogue_.revision == 0) return bad({"版次从1开始", "revisions count from 1"}, "revision", "R102");
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto& code = catalogue_.jurisdiction;
    if (code.size() != 6 || !std::all_of(code.begin(), code.end(), is_digit)) {
      return bad({"应为六位区划代码", "expected a division code of 6 digits"}, "jurisdiction");
    }
    if (trimmed(catalogue_.title).empty()) return bad({"标题不能空着", "the title must not be empty"}, "title");
    CHECK(check_filled(catalogue_.complaint, "complaint", "R21"));
    CHECK(check_filled(catalogue_.unlisted_right_way, "unlisted_right_way", "R22"));
    for (const auto* name : parameter::required) {
      if (!catalogue_.parameters.contains(name)) {
        return bad({"缺少参数", "this parameter is missing"}, std::string("parameters.") + name, "R103");
      }
    }
    for (const auto& [name, value] : catalogue_.parameters) CHECK(check_days(value, "parameters." + name, "R103"));
    if (catalogue_.synthetic_for_tests) {
      warn("synthetic_for_tests", "", {"本清单仅供测试，不得正式发布", "made for tests, not to be published"});
    }
    if (!previous_) return {};
    if (catalogue_.revision <= previous_->revision) {
      const auto last = std::to_string(previous_->revision);
      return bad({"版次必须大于现行的第" + last + "版", "the revision must be greater than " + last}, "revision",
                 "R102");
    }
    if (code != previous_->jurisdiction) {
      return bad({"与上一版不是同一区划", "not the jurisdiction of the revision before"}, "jurisdiction", "R102");
    }
    if (catalogue_.effective_from < previous_->effective_from) {
      const auto day = previous_->effective_from.text();
      return bad({"施行日期不得早于上一版的" + day, "must not take effect before the last one, " + day},
                 "effective_from", "R102");
    }
    return {};
  }

  Status vocabulary() {
    std::set<std::string> seen;
    for (std::size_t k = 0; k < catalogue_.sources.size(); ++k) {
      const auto here = at("sources", k) + ".key";
      if (catalogue_.sources[k].key.empty()) return bad({"来源编号不能空着", "a source needs a key"}, here);
      CHECK(check_new(seen, catalogue_.sources[k].key, here));
    }
    source_keys_.swap(seen);
    for (std::size_t k = 0; k < catalogue_.requester_classes.size(); ++k) {
      const auto& each = catalogue_.requester_classes[k];
      const auto here = at("requester_classes", k);
      CHECK(check_id(each.key, here + ".key"));
      CHECK(check_new(classes_, each.key, here + ".key"));
      CHECK(check_name(each.label, here + ".label"));
    }
    for (std::size_t k = 0; k < catalogue_.requester_kinds.size(); ++k) {
      const auto& each = catalogue_.requester_kinds[k];
      const auto here = at("requester_kinds", k);
      CHECK(check_id(each.kind.value(), here + ".kind"));
      CHECK(check_new(kinds_, each.kind.value(), here + ".kind"));
      CHECK(check_name(each.label, here + ".label"));
      if (!classes_.contains(each.requester_class)) {
        return bad({"没有这一类单位：" + each.requester_class, "no such class of requesters: " + each.requester_class},
                   here + ".requester_class", "R44");
      }
    }
    for (std::size_t k = 0; k < catalogue_.purposes.size(); ++k) {
      const auto& each = catalogue_.purposes[k];
      const auto here = at("purposes", k);
      CHECK(check_id(each.code.value(), here + ".code"));
      CHECK(check_new(purposes_, each.code.value(), here + ".code"));
      CHECK(check_name(each.label, here + ".label"));
    }
    return {};
  }

  // An item stands in one list, once, under a name of its own (R19).
  Status one_list_each() {
    std::map<std::string, std::string> ids;
    std::map<std::string, std::string> names;
    const auto enter = [&](const ItemId& id, const Text& name, const std::string& here) -> Status {
      CHECK(check_id(id.value(), here + ".id"));
      CHECK(check_name(name, here + ".name"));
      if (const auto [other, added] = ids.emplace(id.value(), here); !added) {
        return bad(
            {"编号“" + id.value() + "”已用于" + other->second, "id '" + id.value() + "' is that of " + other->second},
            here + ".id", "R19");
      }
      if (const auto [other, added] = names.emplace(trimmed(name.zh), here); !added) {
        return bad(
            {"名称“" + name.zh + "”已用于" + other->second, "name '" + name.zh + "' is that of " + other->second},
            here + ".name.zh", "R19");
      }
      return {};
    };
    for (std::size_t k = 0; k < catalogue_.issuable.size(); ++k) {
      CHECK(enter(catalogue_.issuable[k].id, catalogue_.issuable[k].name, at("issuable", k)));
    }
    for (std::size_t k = 0; k < catalogue_.negative.size(); ++k) {
      CHECK(enter(catalogue_.negative[k].id, catalogue_.negative[k].name, at("negative", k)));
    }
    for (std::size_t k = 0; k < catalogue_.routed.size(); ++k) {
      CHECK(enter(catalogue_.routed[k].id, catalogue_.routed[k].name, at("routed", k)));
    }
    return {};
  }

  Status sources(const Marks& marks, const std::string& here) {
    for (std::size_t k = 0; k < marks.sources.size(); ++k) {
      if (!source_keys_.contains(marks.sources[k])) {
        return bad({"没有这个来源：" + marks.sources[k], "no such source: " + marks.sources[k]},
                   at(here + ".marks.sources", k));
      }
    }
    return {};
  }

  Status basis(const std::vector<Citation>& lines, const std::string& here) {
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const auto place = at(here + ".legal_basis", k);
      if (trimmed(lines[k].law).empty()) return bad({"没有写法规名称", "names no law"}, place + ".law", "R9");
      CHECK(check_order(lines[k].from, lines[k].to, place + ".to"));
      if (is_still_to_be_found(lines[k].law) || is_still_to_be_found(lines[k].article)) {
        warn(place, "R101", {"名称或条号待核，证明上不印", "name or article still to be found: it is not printed"});
      }
    }
    return {};
  }

  Status known_once(const std::vector<std::string>& keys, const std::set<std::string>& known, const std::string& list) {
    if (keys.empty()) return bad({"至少要有一项", "at least one is needed"}, list, "R9");
    std::set<std::string> seen;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      CHECK(check_new(seen, keys[k], at(list, k)));
      if (!known.contains(keys[k])) {
        return bad({"没有定义“" + keys[k] + "”", "'" + keys[k] + "' is not defined"}, at(list, k), "R17");
      }
    }
    return {};
  }

  Status fields(const IssuableItem& item, const std::string& here) {
    std::set<std::string> keys;
    for (std::size_t k = 0; k < item.fields.size(); ++k) {
      const auto& field = item.fields[k];
      const auto place = at(here + ".fields", k);
      CHECK(check_id(field.key, place + ".key"));
      CHECK(check_new(keys, field.key, place + ".key"));
      CHECK(check_name(field.label, place + ".label"));
      const bool closed = field.type == FieldType::one_of || field.type == FieldType::some_of;
      if (closed == field.values.empty()) {
        return bad({"选择项要有可选值，其他类型不能有", "values belong to choices, and only to them"},
                   place + ".values");
      }
      std::set<std::string> values;
      for (std::size_t j = 0; j < field.values.size(); ++j) {
        const auto& value = field.values[j];
        CHECK(check_new(values, value, at(place + ".values", j)));
        if (value != trimmed(value) || value.empty() || value.find("、") != std::string::npos) {
          return bad({"可选值不能空着，首尾不能有空格，也不能含“、”",
                      "a value is not empty, has no blanks round it and no 、"},
                     at(place + ".values", j));
        }
      }
      // What stays for ever must not be able to hold a person's words or name.
      if (field.part == FieldPart::body && !closed && field.type != FieldType::date &&
          field.type != FieldType::reference) {
        return bad({"只有日期、编号和选择项可以长期保留", "only dates, references and choices may be kept for ever"},
                   place + ".part", "R127");
      }
    }
    return {};
  }

  Status deliberation(const IssuableItem& item, const std::string& here) {
    const auto& rule = *item.deliberation;
    if (rule.meeting_kinds.empty()) {
      return bad({"没有写可用的会议种类", "names no kind of meeting"}, here + ".meeting_kinds", "R27");
    }
    for (std::size_t k = 0; k < rule.meeting_kinds.size(); ++k) {
      CHECK(check_id(rule.meeting_kinds[k].value(), at(here + ".meeting_kinds", k)));
    }
    if (rule.public_notice_days) CHECK(check_days(*rule.public_notice_days, here + ".public_notice_days", "R38"));
    if (rule.when_field.empty() != rule.when_values.empty()) {
      return bad({"条件字段和条件值要一起写", "a condition has a field and values"}, here + ".when_values", "R27");
    }
    if (rule.when_field.empty()) return {};
    const auto field = std::find_if(item.fields.begin(), item.fields.end(),
                                    [&](const ItemField& each) { return each.key == rule.when_field; });
    // An optional field could be left blank to get round the meeting.
    if (field == item.fields.end() || field->type != FieldType::one_of || !field->required) {
      return bad({"条件字段应是本事项的必填单选项", "the condition must be a required choice of this item"},
                 here + ".when_field", "R27");
    }
    for (std::size_t k = 0; k < rule.when_values.size(); ++k) {
      if (std::find(field->values.begin(), field->values.end(), rule.when_values[k]) == field->values.end()) {
        return bad({"条件值不在可选值之内", "not one of the field's values"}, at(here + ".when_values", k), "R27");
      }
    }
    return {};
  }

  Status issuable(const IssuableItem& item, const std::string& here) {
    if (trimmed(item.title).empty()) return bad({"文书标题不能空着", "the paper needs a title"}, here + ".title");
    if (item.legal_basis.empty()) {
      return bad({"没有依据的事项不得列为可出具", "an item without a basis is not issuable"}, here + ".legal_basis",
                 "R9");
    }
    CHECK(basis(item.legal_basis, here));
    std::vector<std::string> keys;
    for (const auto& purpose : item.purposes) keys.push_back(purpose.value());
    CHECK(known_once(keys, purposes_, here + ".purposes"));
    keys.clear();
    for (const auto& kind : item.requester_kinds) keys.push_back(kind.value());
    CHECK(known_once(keys, kinds_, here + ".requester_kinds"));
    CHECK(check_days(item.time_limit_working_days, here + ".time_limit_working_days", "R54"));
    if (item.validity_days) CHECK(check_days(*item.validity_days, here + ".validity_days", "R110"));
    CHECK(fields(item, here));
    if (item.deliberation) CHECK(deliberation(item, here + ".deliberation"));
    CHECK(sources(item.marks, here));
    CHECK(check_order(item.in_force_from, item.in_force_to, here + ".in_force_to"));
    CHECK(check_order(item.in_force_from, item.replaced_by_commitment_from, here + ".replaced_by_commitment_from"));
    if (item.in_force_to && item.replaced_by_commitment_from) {
      return bad({"撤销和改为承诺只能选一样", "either withdrawn or replaced by a commitment, not both"},
                 here + ".in_force_to", "R69");
    }
    if (item.commitment_organ && !kinds_.contains(item.commitment_organ->value())) {
      return bad({"没有定义这一承诺对象", "this organ is not defined"}, here + ".commitment_organ", "R70");
    }
    warn_about(item, here);
    return {};
  }

  void warn_about(const IssuableItem& item, const std::string& here) {
    const auto is_statute = [](const Citation& line) { return line.is_statute; };
    if (std::none_of(item.legal_basis.begin(), item.legal_basis.end(), is_statute)) {
      warn(here + ".legal_basis", "R9",
           {"依据里没有一项是法律、法规或国务院决定保留的清单",
            "no line is a law, a regulation or a list kept by the State Council"});
    }
    const auto day = std::max(catalogue_.effective_from, item.in_force_from.value_or(catalogue_.effective_from));
    if (state_on(item, day) == ItemState::issuable && basis_on(item.legal_basis, day).empty()) {
      warn(here + ".legal_basis", "R99", {"施行之日没有一项依据有效", "no line is in force on the first day"});
    }
    const bool ends = item.in_force_to || item.replaced_by_commitment_from;
    if (ends && (trimmed(item.right_way.zh).empty() || trimmed(item.right_way.en).empty())) {
      warn(here + ".right_way", "R22", {"撤销后没有写明正确的办法", "withdrawn, and no right way is given instead"});
    }
  }

  Status negative(const NegativeItem& item, const std::string& here) {
    CHECK(check_filled(item.right_way, here + ".right_way", "R21"));
    if (item.holders.empty())
      return bad({"没有写由谁掌握", "does not say who holds the fact"}, here + ".holders", "R21");
    CHECK(basis(item.legal_basis, here));
    CHECK(sources(item.marks, here));
    CHECK(check_order(item.in_force_from, item.in_force_to, here + ".in_force_to"));
    if (item.fallback == Fallback::never && !item.fallback_needs.empty()) {
      return bad({"不得兜底的事项不能有兜底条件", "what never falls back has no conditions for it"},
                 here + ".fallback_needs", "R45");
    }
    for (std::size_t k = 0; k < item.specific_items.size(); ++k) {
      if (!find_issuable(catalogue_, item.specific_items[k])) {
        return bad({"可出具清单里没有这一项", "not in the list of issuable items"}, at(here + ".specific_items", k),
                   "R17");
      }
    }
    return {};
  }

  void compare() {
    if (!previous_) return;
    for (std::size_t k = 0; k < previous_->issuable.size(); ++k) {
      const auto& item = previous_->issuable[k];
      if (find_issuable(catalogue_, item.id)) continue;
      warn("issuable", "R99",
           {"上一版的“" + item.name.zh + "”（" + item.id.value() + "）不见了；撤销应写明终止日期，不应删去",
            "'" + item.id.value() + "' of the revision before is gone; withdraw it with a last day, do not drop it"});
    }
  }

  const Catalogue& catalogue_;
  const Catalogue* previous_;
  CatalogueReport report_;
  std::set<std::string> source_keys_;
  std::set<std::string> classes_;
  std::set<std::string> kinds_;
  std::set<std::string> purposes_;
};

}  // namespace

Result<CatalogueReport> check(const Catalogue& catalogue, const Catalogue* previous) {
  return Check(catalogue, previous).run();
}

}  // namespace cunzheng::domain
