#include "shared/domain/certificate_text.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

constexpr std::size_t citizen_id_characters = 18;

// A value on one line of the form.
std::string line(const std::string& typed) {
  constexpr std::size_t code_point_bytes_max = 4;
  std::string out;
  for (std::size_t at = 0; at < typed.size();) {
    const auto one = first_code_points(std::string_view(typed).substr(at, code_point_bytes_max), 1);
    if (one.empty()) break;
    out += has_control_characters(one) ? " " : one;
    at += one.size();
  }
  return trimmed(out);
}

// Several lines run on in one.
std::string run_on(const std::string& typed) {
  std::string out;
  for (std::size_t from = 0; from <= typed.size();) {
    const auto end = std::min(typed.find('\n', from), typed.size());
    const auto part = line(typed.substr(from, end - from));
    if (!part.empty()) out += (out.empty() ? "" : "；") + part;
    from = end + 1;
  }
  return out;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : "、") + line(text);
  return out;
}

std::string person_in_words(const Person& person) {
  const auto number = line(person.id_number);
  const std::string label = number.size() == citizen_id_characters ? "公民身份号码" : "证件号码";
  auto out = line(person.name) + "（" + label + "：" + number;
  const auto address = line(person.address);
  if (!address.empty()) out += "，住址：" + address;
  return out + "）";
}

std::string cause_in_words(FallbackCause cause) {
  switch (cause) {
    case FallbackCause::policy_not_joined_up:
      return "现阶段政策衔接不到位";
    case FallbackCause::civil_party_demand:
      return "民事主体明确要求";
    case FallbackCause::none:
      break;
  }
  return {};
}

// "《诉讼费用交纳办法》（国务院令第481号）", but a document number stands bare: "民发〔2020〕20号".
std::string titled(const std::string& law) {
  constexpr std::string_view bracket = "（";
  if (law.find("〔") != std::string::npos) return law;
  const auto edition = law.ends_with("）") ? law.rfind(bracket) : std::string::npos;
  if (edition == std::string::npos) return "《" + law + "》";
  return "《" + law.substr(0, edition) + "》" + law.substr(edition);
}

std::string value_in_words(const ItemField& field, const std::string& value) {
  if (field.type == FieldType::yes_no) return value == "true" ? "是" : "否";
  if (field.type == FieldType::date) {
    const auto date = CivilDate::parse(value);
    if (date) return date->text_zh();
  }
  return run_on(value);
}

}  // namespace

std::string certificate_text(const CertificateContent& content) {
  const auto title = line(content.title);
  const auto purpose = line(content.purpose);
  const auto verified = content.verified_on.text_zh();
  std::vector<std::string> lines;
  lines.push_back(title);
  lines.push_back("编号：" + line(content.number));
  if (!content.reissue_of.empty()) lines.push_back("本证明为补发，原编号：" + line(content.reissue_of));
  lines.push_back("致：" + line(content.addressee));
  lines.push_back((title == "证明" ? "兹证明" : "兹说明") + person_in_words(content.person) + "的下列情况：" +
                  run_on(content.statement) + "。");
  lines.push_back("事项：" + line(content.item_name));
  lines.push_back("上述情况经" + joined(content.verification_methods) + "于" + verified + "核实。");
  lines.push_back("用途：仅用于" + purpose + "，不作他用。");
  if (content.valid_until) lines.push_back("有效期至" + content.valid_until->text_zh() + "。");
  const auto revision = "适用清单第" + std::to_string(content.catalogue_revision) + "版";
  const auto basis = line(content.basis);
  if (content.fallback_cause != FallbackCause::none) {
    lines.push_back("本证明依据清单外兜底规定出具（" + revision + "），原因：" +
                    cause_in_words(content.fallback_cause) + "；仅据" + verified +
                    "现场核实所见如实说明，不作法律上的认定。");
  } else {
    lines.push_back("依据：" + (basis.empty() ? revision : basis + "（" + revision + "）"));
  }
  if (!content.deliberation_number.empty()) {
    lines.push_back("本事项经居民议事协商，记录号：" + line(content.deliberation_number) +
                    (content.deliberation_unmatched ? "（凭签字的纸质记录出具，待与区里记录核对）" : ""));
  }
  lines.push_back("份数：" + std::to_string(content.copies));
  lines.push_back("出具单位：" + line(content.issuer_name) + "（盖章）");
  lines.push_back("经办人：" + line(content.handler_name) + "　负责人：" + line(content.head_name));
  lines.push_back(content.issued_on.text_zh());
  const auto phone = line(content.issuer_phone);
  if (!phone.empty()) lines.push_back("联系电话：" + phone);

  std::string out;
  for (const auto& each : lines) out.append(out.empty() ? "" : "\n").append(each);
  return out;
}

std::string cited(std::span<const Citation> basis, CivilDate issued_on) {
  std::vector<std::string> done;
  for (const auto& each : basis_on(basis, issued_on)) {
    if (is_still_to_be_found(each.law)) continue;
    auto text = titled(line(each.law)) + (is_still_to_be_found(each.article) ? std::string() : line(each.article));
    if (std::find(done.begin(), done.end(), text) == done.end()) done.push_back(std::move(text));
  }
  std::string out;
  for (const auto& each : done) out.append(out.empty() ? "" : "；").append(each);
  return out;
}

std::string statement_of(const IssuableItem& item, const std::map<std::string, std::string>& facts) {
  std::string out;
  for (const auto& field : item.fields) {
    if (field.type == FieldType::reference || field.type == FieldType::attachment) continue;
    const auto fact = facts.find(field.key);
    if (fact == facts.end()) continue;
    const auto value = value_in_words(field, fact->second);
    if (!value.empty()) out += (out.empty() ? "" : "；") + field.label.zh + "：" + value;
  }
  return out;
}

}  // namespace cunzheng::domain
