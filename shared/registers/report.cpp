#include "shared/registers/report.hpp"

namespace cunzheng::registers {
namespace {

template <class Enum>
std::string name(Enum value) {
  return std::string(codec::name_of(value));
}
std::string yes_or_no(bool is) { return is ? "true" : "false"; }

// What a line counts under. Nothing personal is a column here.
using Marks = std::vector<std::pair<const char*, std::string>>;

Marks marks_of(const CertificateRow& row, CivilDate) {
  return {{"body", row.body},
          {"item_name", row.item_name},
          {"requester_kind", row.requester_kind.value()},
          {"state", name(row.state)},
          {"as_fallback", yes_or_no(row.as_fallback)},
          {"findings_open", yes_or_no(row.findings_open > 0)}};
}
Marks marks_of(const RefusalRow& row, CivilDate) {
  return {{"body", row.body},
          {"item_name", row.item_name},
          {"requester_kind", row.requester_kind.value()},
          {"reason", name(row.reason)},
          {"findings_open", yes_or_no(row.findings_open > 0)}};
}
Marks marks_of(const ApplicationRow& row, CivilDate as_of) {
  return {{"body", row.body}, {"item_name", row.item_name}, {"overdue", yes_or_no(row.due_on && *row.due_on < as_of)}};
}
Marks marks_of(const DeliberationRow& row, CivilDate) {
  return {{"body", row.body},
          {"kind", row.kind.value()},
          {"valid", name(row.valid)},
          {"findings_open", yes_or_no(row.findings_open > 0)}};
}
Marks marks_of(const InquiryRow& row, CivilDate) {
  return {{"body", row.body}, {"item_name", row.item_name}, {"answer", name(row.answer)}};
}
Marks marks_of(const CommitmentRow& row, CivilDate) {
  return {{"body", row.body},
          {"organ", row.organ},
          {"state", name(row.state)},
          {"findings_open", yes_or_no(row.findings_open > 0)}};
}
Marks marks_of(const CreditRow& row, CivilDate) {
  return {{"deciding_organ", row.deciding_organ},
          {"credit_class", name(row.credit_class)},
          {"counts", yes_or_no(row.counts)}};
}

template <class Row>
Result<Tally> tally_of(const Projection& projection, const RowQuery& query, CivilDate as_of) {
  Tally tally{query.table, 0, {}};
  Status readable;
  CHECK(projection.each_line(query, [&](const Bytes&, ByteView bytes) {
    const auto row = codec::decode<Row>(bytes);
    if (!row) {
      readable = tl::make_unexpected(row.error());
      return false;
    }
    ++tally.lines;
    for (const auto& [column, mark] : marks_of(*row, as_of)) ++tally.by[column][mark];
    return true;
  }));
  CHECK(readable);
  return tally;
}

using TallyMaker = Result<Tally> (*)(const Projection&, const RowQuery&, CivilDate);

template <class... Rows>
std::map<std::string_view, TallyMaker> makers_of() {
  return {{Rows::table_name, tally_of<Rows>}...};
}

const std::map<std::string_view, TallyMaker>& tally_makers() {
  static const auto makers =
      makers_of<CertificateRow, RefusalRow, ApplicationRow, DeliberationRow, InquiryRow, CommitmentRow, CreditRow>();
  return makers;
}

std::string heading_of(const Register& book, std::string_view field, const Words& words) {
  for (const auto& column : book.columns) {
    if (column.field == field) return words.in(column.heading);
  }
  return words.in({"已超期", "overdue"});
}

std::string days_text(Days days) { return days.first.text() + " – " + days.last.text(); }

std::string reporter(const Report& report, const FactBook& facts, const Words& words) {
  if (report.body.empty()) return words.in({"全区", "the district"});
  const auto described = facts.body_on(report.body, report.days.last);
  return described ? described->full_name : report.body;
}

const Tally* find_tally(const Report& report, std::string_view table) {
  for (const auto& each : report.tallies) {
    if (each.table == table) return &each;
  }
  return nullptr;
}

// Certificates that went out: without those whose sheet was spoiled.
Result<Tally> papers_given(const Projection& projection, const Report& report) {
  RowQuery query;
  query.table = CertificateRow::table_name;
  query.body = report.body;
  query.days = report.days;
  Tally given{query.table, 0, {{"item_name", {}}}};
  Status readable;
  CHECK(projection.each_line(query, [&](const Bytes&, ByteView bytes) {
    const auto row = codec::decode<CertificateRow>(bytes);
    if (!row) readable = tl::make_unexpected(row.error());
    if (row && row->state != CertificateState::spoiled) {
      ++given.lines;
      ++given.by["item_name"][row->item_name];
    }
    return row.has_value();
  }));
  CHECK(readable);
  return given;
}

struct Period {
  int year = 0;
  int number = 0;
};
// "2026-05": a year of four digits, a bar, one or two digits up to `most`.
std::optional<Period> period_of(std::string_view text, int most) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < 6 || text.size() > 7 || text[4] != '-') return std::nullopt;
  Period period;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (k == 4) continue;
    if (!is_digit(text[k])) return std::nullopt;
    auto& into = k < 4 ? period.year : period.number;
    into = into * 10 + (text[k] - '0');
  }
  if (period.number < 1 || period.number > most) return std::nullopt;
  return period;
}

Result<Days> days_of(const std::optional<Period>& period, int months_each, Text what, std::string field) {
  if (!period) return fail(FailureCode::bad_input, std::move(what), std::move(field));
  TRY(const auto first, CivilDate::from_ymd(period->year, (period->number - 1) * months_each + 1, 1));
  return Days{first, first.plus_months(months_each) + -1};
}

}  // namespace

Result<Report> report_of(const Projection& projection, const std::string& body, Days days, CivilDate as_of) {
  Report report{body, days, as_of, {}};
  for (const auto& book : all_registers()) {
    const auto maker = tally_makers().find(book.table);
    if (maker == tally_makers().end()) continue;
    RowQuery query;
    query.table = book.table;
    query.body = body;
    query.days = days;
    TRY(auto tally, maker->second(projection, query, as_of));
    report.tallies.push_back(std::move(tally));
  }
  return report;
}

Sheet monthly_sheet(const Report& report, const FactBook& facts, Tongue tongue) {
  const Words words(facts, tongue);
  Sheet sheet{words.in({"月报", "Monthly report"}) + " " + days_text(report.days),
              {words.in({"登记簿", "register"}), words.in({"按", "by"}), words.in({"内容", "of which"}),
               words.in({"件数", "lines"})},
              {}};
  sheet.rows.push_back(
      {words.in({"填报单位", "reported by"}), days_text(report.days), reporter(report, facts, words), ""});
  for (const auto& tally : report.tallies) {
    const auto& book = *find_register(tally.table);
    const auto& title = words.in(book.title);
    sheet.rows.push_back({title, words.in({"合计", "all"}), "", std::to_string(tally.lines)});
    for (const auto& [column, counts] : tally.by) {
      const auto heading = heading_of(book, column, words);
      for (const auto& [code, lines] : counts) {
        sheet.rows.push_back({title, heading, words.of(code), std::to_string(lines)});
      }
    }
  }
  return sheet;
}

Result<Sheet> disclosure_sheet(const Projection& projection, const Report& report, Tongue tongue) {
  const Words words(projection.facts(), tongue);
  Sheet sheet{words.in({"村（居）务公开：出具证明与议事协商", "Village affairs: certificates and deliberations"}) +
                  " " + days_text(report.days),
              {words.in({"类别", "kind"}), words.in({"内容", "what"}), words.in({"结果", "result"})},
              {}};
  const auto add_counts = [&](std::string_view table, const std::string& column, const Text& kind) {
    const auto* tally = find_tally(report, table);
    if (tally == nullptr) return;
    sheet.rows.push_back({words.in(kind), words.in({"合计", "all"}), std::to_string(tally->lines)});
    const auto counts = tally->by.find(column);
    if (counts == tally->by.end()) return;
    for (const auto& [code, lines] : counts->second) {
      sheet.rows.push_back({words.in(kind), words.of(code), std::to_string(lines)});
    }
  };
  TRY(const auto given, papers_given(projection, report));
  sheet.rows.push_back(
      {words.in({"出具证明（件）", "certificates given"}), words.in({"合计", "all"}), std::to_string(given.lines)});
  for (const auto& [item, lines] : given.by.at("item_name")) {
    sheet.rows.push_back({words.in({"出具证明（件）", "certificates given"}), item, std::to_string(lines)});
  }
  add_counts(RefusalRow::table_name, "reason", {"不予出具（件）", "refusals"});
  add_counts(InquiryRow::table_name, "answer", {"咨询（件）", "questions"});

  RowQuery meetings;
  meetings.table = DeliberationRow::table_name;
  meetings.body = report.body;
  meetings.days = report.days;
  Status readable;
  CHECK(projection.each_line(meetings, [&](const Bytes&, ByteView bytes) {
    const auto row = codec::decode<DeliberationRow>(bytes);
    if (!row) {
      readable = tl::make_unexpected(row.error());
      return false;
    }
    const Text result = row->valid == domain::Answer::yes  ? Text{"通过", "passed"}
                        : row->valid == domain::Answer::no ? Text{"未通过", "not passed"}
                                                           : Text{"未定", "not known"};
    sheet.rows.push_back({words.in({"议事协商", "deliberation"}),
                          row->held_on.text() + " " + words.of(row->kind.value()) + " " + words.of(row->matter),
                          words.in(result)});
    return true;
  }));
  CHECK(readable);
  return sheet;
}

Result<Days> month_of(std::string_view text, std::string field) {
  return days_of(period_of(text, 12), 1, {"请写成年和月，如 2026-05", "a year and a month: 2026-05"}, std::move(field));
}

Result<Days> quarter_of(std::string_view text, std::string field) {
  return days_of(period_of(text, 4), 3, {"请写成年和季度，如 2026-2", "a year and a quarter: 2026-2"},
                 std::move(field));
}

}  // namespace cunzheng::registers
