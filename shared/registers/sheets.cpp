#include "shared/registers/sheets.hpp"

#include "shared/domain/identifiers.hpp"

namespace cunzheng::registers {
namespace {

using codec::json::object;
using codec::json::value;

std::vector<Register> make_registers() {
  using enum CellKind;
  const Column committee{"body", {"村（居）委会", "committee"}, code};
  const Column item{"item_name", {"证明事项", "item"}};
  const Column unit{"requesting_unit", {"要求出具单位", "requester"}};
  const Column purpose{"purpose", {"用途", "purpose"}, code};
  const Column kind_of_unit{"requester_kind", {"单位类别", "kind of requester"}, code};
  const Column applicant{"applicant_name", {"申请人", "applicant"}, person};
  const Column applicant_id{"applicant_id_number", {"证件号码", "document number"}, id_number};
  const Column handler{"handler", {"经办人", "handler"}, officer};
  const Column head{"head", {"负责人", "head"}, officer};
  const Column subject{"subject", {"登记号", "subject"}};
  const Column findings{"findings_open", {"待处理提示", "open findings"}};
  return {
      {"certificate",
       {"出具证明登记簿", "Register of certificates"},
       {committee,
        {"issued_on", {"日期", "date"}},
        {"number", {"证明编号", "number"}},
        applicant,
        applicant_id,
        item,
        purpose,
        {"purpose_text", {"用途说明", "purpose in words"}, words},
        unit,
        kind_of_unit,
        {"catalogue_revision", {"清单版次", "catalogue revision"}},
        {"deliberation_code", {"议事记录查验码", "code of the minutes"}},
        {"as_fallback", {"兜底出具", "fallback"}, code},
        {"copies", {"份数", "copies"}},
        {"valid_until", {"有效期至", "valid until"}},
        handler,
        head,
        {"seal_keeper", {"用印人", "sealed by"}, officer},
        {"state", {"状态", "state"}, code},
        {"reissue_of", {"补发，原编号", "reissue of"}},
        findings},
       "number"},
      {"refusal",
       {"不予出具登记簿", "Register of refusals"},
       {committee,
        {"refused_on", {"日期", "date"}},
        applicant,
        applicant_id,
        item,
        {"requested_name", {"所要证明", "asked for"}, words},
        purpose,
        unit,
        kind_of_unit,
        {"reason", {"原因", "reason"}, code},
        {"rule", {"规则", "rule"}},
        {"catalogue_revision", {"清单版次", "catalogue revision"}},
        {"fallback_possible", {"可走兜底", "fallback possible"}, code},
        handler,
        findings},
       {}},
      {"application",
       {"申请登记簿", "Register of open applications"},
       {committee,
        {"applied_on", {"受理日期", "accepted on"}},
        {"due_on", {"办结期限", "due on"}},
        applicant,
        applicant_id,
        item,
        {"requested_name", {"所要证明", "asked for"}, words},
        purpose,
        unit,
        kind_of_unit,
        {"fallback_cause", {"兜底缘由", "cause of fallback"}, code}},
       {}},
      {"deliberation",
       {"议事协商登记簿", "Register of deliberations"},
       {committee,
        {"held_on", {"日期", "date"}},
        {"code", {"查验码", "check code"}},
        {"kind", {"会议类别", "kind of meeting"}, code},
        {"matter", {"事项类别", "matter"}, code},
        {"topic", {"议题", "topic"}, words},
        {"valid", {"有效", "valid"}, code},
        {"head_signed_on", {"负责人签字日期", "signed by the head on"}},
        {"uses_max", {"可用次数", "uses allowed"}},
        handler,
        head,
        findings},
       "code"},
      {"inquiry",
       {"咨询登记簿", "Register of inquiries"},
       {committee,
        {"asked_on", {"日期", "date"}},
        item,
        {"question", {"问题", "question"}, words},
        {"answer", {"答复", "answer"}, code},
        {"catalogue_revision", {"清单版次", "catalogue revision"}},
        handler,
        findings},
       {}},
      {"commitment",
       {"告知承诺登记簿", "Register of commitments"},
       {committee,
        {"made_on", {"日期", "date"}},
        {"person_name", {"承诺人", "person"}, person},
        {"person_id_number", {"证件号码", "document number"}, id_number},
        {"organ", {"决定机关", "organ"}},
        {"matter", {"事项", "matter"}},
        {"state", {"状态", "state"}, code},
        {"answered_on", {"答复日期", "answered on"}},
        {"explained_by", {"说明人", "explained by"}, officer},
        subject,
        findings},
       "subject"},
      {"credit",
       {"失信认定登记簿", "Register of credit decisions"},
       {{"decided_on", {"认定日期", "decided on"}},
        {"decision_no", {"文号", "document number of the decision"}},
        {"deciding_organ", {"认定机关", "deciding organ"}},
        {"credit_class", {"类别", "class"}, code},
        {"person_name", {"当事人", "person"}, person},
        {"person_id_number", {"证件号码", "document number"}, id_number},
        {"counts", {"已由两人签署", "signed by enough officers"}, code},
        subject},
       "decision_no"},
  };
}

const std::map<std::string, Text>& words_of_codes() {
  static const std::map<std::string, Text> words{
      {"true", {"是", "yes"}},
      {"false", {"否", "no"}},
      {"yes", {"是", "yes"}},
      {"no", {"否", "no"}},
      {"unknown", {"未定", "not known"}},
      {"none", {"无", "none"}},
      {"issued", {"已出具", "issued"}},
      {"spoiled", {"作废", "spoiled"}},
      {"revoked", {"已撤销", "revoked"}},
      {"to_be_reissued", {"待补发", "to be reissued"}},
      {"confirmed_as_fallback", {"按兜底确认", "confirmed as fallback"}},
      {"policy_not_joined_up", {"政策未衔接", "policies do not join up yet"}},
      {"civil_party_demand", {"民事主体明确要求", "a civil party demands it"}},
      {"replaced_by_commitment", {"改为告知承诺", "a commitment instead"}},
      {"not_yet", {"尚未施行", "not in force yet"}},
      {"not_issuable", {"不应出具清单所列", "on the list of what is not issued"}},
      {"not_listed", {"清单外", "in neither list"}},
      {"withdrawn", {"已退出清单", "no longer on the list"}},
      {"commitment_instead", {"改为告知承诺", "a commitment instead"}},
      {"requester_not_entitled", {"该单位不在要求出具单位之列", "not for this requester"}},
      {"purpose_not_covered", {"该用途不在清单之列", "not for this purpose"}},
      {"party_matter", {"转党组织", "goes to the party organisation"}},
      {"deliberation_missing", {"未经议事协商", "no deliberation"}},
      {"deliberation_not_passed", {"议事协商未成立", "the deliberation did not pass"}},
      {"nobody_in_post", {"无人在岗", "nobody in post"}},
      {"calendar_missing", {"缺少工作日历", "no calendar of that time"}},
      {"specific_item_applies", {"另有专项", "another item applies"}},
      {"guide_given", {"已给办事指南", "guide given"}},
      {"right_way_given", {"已告知正确办法", "right way given"}},
      {"question_passed_on", {"已转有关方面", "passed on"}},
      {"provisional", {"待区里核对", "provisional"}},
      {"accepted", {"已接受", "accepted"}},
      {"not_accepted_excluded", {"不适用承诺，未接受", "not accepted: excluded"}},
      {"minor", {"轻微", "minor"}},
      {"ordinary", {"一般", "ordinary"}},
      {"serious", {"严重", "serious"}},
      {"superseded_revision", {"出具之日清单不准", "not allowed by the list of its day"}},
      {"not_in_post", {"签字人当日不在岗", "signed by somebody not in post"}},
      {"bad_paper_signature", {"证明上的签名不对", "a signature on the paper is wrong"}},
      {"same_person_signed_twice", {"经办人和负责人是同一人", "handler and head are one person"}},
      {"deliberation_unmatched", {"没有这份议事记录", "no such minutes"}},
      {"deliberation_not_standing", {"议事记录不成立或已用完", "the minutes do not carry it"}},
      {"commitment_excluded", {"当日不适用告知承诺", "excluded from commitments on that day"}},
      {"clock_doubtful", {"时钟可疑", "made under a clock in doubt"}},
      {"after_revocation", {"电脑撤销后送来", "from a revoked laptop"}},
      {"forked_journal", {"日志有两个分支", "the journal has two branches"}},
      {"unreadable_entry", {"条目损坏", "an entry is damaged"}},
      {"duplicate_certificate", {"重复出具", "given twice"}},
      {"number_used_twice", {"编号用了两次", "a number used twice"}},
      {"out_of_place", {"越权写入", "says what its writer may not say"}},
      {"number_not_of_series", {"编号不属于本机系列", "a number of another series"}},
      {"stands", {"有效", "stands"}},
      {"no_objection", {"无异议", "no objection"}},
      {"issuable", {"可出具", "issuable"}},
      {"negative", {"不应出具", "negative"}},
      {"unlisted", {"清单外", "unlisted"}},
      {"fallback", {"兜底", "fallback"}},
      {"routed", {"转党组织", "routed"}},
  };
  return words;
}

std::string first_character(const std::string& name) {
  if (name.empty()) return {};
  std::size_t end = 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) ++end;
  return name.substr(0, end) + "**";
}

// What a reader may see of a person's name, number or words.
std::string shown(CellKind kind, Reader reader, const std::string& text) {
  switch (kind) {
    case CellKind::person:
      return reader == Reader::inspector ? first_character(text) : text;
    case CellKind::id_number:
      return reader == Reader::full ? text : reader == Reader::clerk ? domain::masked_on_screen(text) : "";
    case CellKind::words:
      return reader == Reader::inspector ? "" : text;
    default:
      return text;
  }
}

// Turns values of rows into cells.
class Scribe {
 public:
  Scribe(const FactBook& facts, Reader reader, Tongue tongue) : facts_(facts), reader_(reader), words_(facts, tongue) {}

  std::string cell(const object& row, const Column& column) {
    const auto* found = row.if_contains(column.field);
    if (found == nullptr || found->is_null()) return {};
    const auto text = found->is_string() ? std::string(found->get_string()) : codec::json::serialize(*found);
    if (column.kind == CellKind::code) return words_.of(text);
    if (column.kind == CellKind::officer) return officer(*found, text);
    return shown(column.kind, reader_, text);
  }

 private:
  std::string officer(const value& found, const std::string& text) {
    auto& name = officers_[text];
    if (!name.empty()) return name;
    const auto id = codec::from_json<domain::OfficerId>(found);
    const auto known = id ? facts_.officer(*id) : std::nullopt;
    name = known && !known->name.empty() ? known->name : text;
    return name;
  }

  const FactBook& facts_;
  Reader reader_;
  Words words_;
  std::map<std::string, std::string> officers_;
};

std::string csv_cell(const std::string& cell) {
  const bool is_formula = !cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos;
  std::string out = is_formula ? "'" + cell : cell;
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

void add_csv_line(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (k > 0) out += ',';
    out += csv_cell(cells[k]);
  }
  out += "\r\n";
}

}  // namespace

const std::vector<Register>& all_registers() {
  static const auto registers = make_registers();
  return registers;
}

const Register* find_register(std::string_view table) {
  for (const auto& each : all_registers()) {
    if (each.table == table) return &each;
  }
  return nullptr;
}

Words::Words(const FactBook& facts, Tongue tongue) : tongue_(tongue), labels_(words_of_codes()) {
  for (const auto& body : facts.bodies()) {
    if (const auto described = facts.body_on(body, CivilDate::last)) labels_[body] = {described->short_name, body};
  }
  if (const auto quorums = facts.published(journal::DataKind::quorums); !quorums.empty()) {
    for (const auto& each : quorums.back()->quorums->kinds) labels_[each.id.value()] = each.label;
    for (const auto& [matter, about] : quorums.back()->quorums->matters) labels_[matter] = about.label;
  }
  if (const auto catalogues = facts.published(journal::DataKind::catalogue); !catalogues.empty()) {
    for (const auto& each : catalogues.back()->catalogue->purposes) labels_[each.code.value()] = each.label;
    for (const auto& each : catalogues.back()->catalogue->requester_kinds) labels_[each.kind.value()] = each.label;
  }
}

std::string Words::of(const std::string& code) const {
  const auto found = labels_.find(code);
  return found == labels_.end() ? code : in(found->second);
}

Sheet sheet_of(const Register& book, const std::vector<value>& rows, const FactBook& facts, Reader reader,
               Tongue tongue) {
  Scribe scribe(facts, reader, tongue);
  const Words words(facts, tongue);
  Sheet sheet{words.in(book.title), {}, {}};
  for (const auto& column : book.columns) sheet.headings.push_back(words.in(column.heading));
  for (const auto& row : rows) {
    auto& cells = sheet.rows.emplace_back();
    for (const auto& column : book.columns) cells.push_back(scribe.cell(row.get_object(), column));
  }
  return sheet;
}

object row_for(const Register& book, const object& row, Reader reader) {
  if (reader == Reader::full) return row;
  auto out = reader == Reader::inspector ? object{} : row;
  for (const auto& column : book.columns) {
    const auto* found = row.if_contains(column.field);
    if (found == nullptr) continue;
    out[column.field] =
        found->is_string() ? value(shown(column.kind, reader, std::string(found->get_string()))) : *found;
  }
  return out;
}

std::string csv_of(const Sheet& sheet) {
  std::string out = "\xef\xbb\xbf";
  add_csv_line(out, sheet.headings);
  for (const auto& row : sheet.rows) add_csv_line(out, row);
  return out;
}

}  // namespace cunzheng::registers
