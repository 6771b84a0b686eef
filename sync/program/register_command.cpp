#include "sync/program/register_command.hpp"

#include "shared/domain/identifiers.hpp"
#include "sync/program/sheet_file.hpp"

#include <algorithm>

namespace cunzheng::program {
namespace {

using registers::Reader;
using registers::Register;
using registers::Sheet;
using registers::Tongue;

template <codec::NamedEnum E>
Result<E> enum_argument(const json::object& arguments, std::string_view name, E otherwise) {
  TRY(const auto word, optional_text(arguments, name));
  if (!word) return otherwise;
  if (const auto found = codec::enum_from_name<E>(*word)) return *found;
  std::string all;
  for (const auto* each : codec::EnumNames<E>::names) all += (all.empty() ? "" : ", ") + std::string(each);
  return fail(FailureCode::bad_input, {"可选：" + all, "one of: " + all}, std::string(name));
}

Result<const Register*> register_argument(const json::object& arguments) {
  TRY(const auto kind, text_argument(arguments, "kind"));
  if (const auto* book = registers::find_register(kind)) return book;
  std::string all;
  for (const auto& each : registers::all_registers()) all += (all.empty() ? "" : ", ") + std::string(each.table);
  return fail(FailureCode::not_found, {"没有这个登记簿；有：" + all, "no such register; there are: " + all}, "kind");
}

Result<std::string> body_argument(const BookReader& at, const json::object& arguments) {
  if (!at.own_body.empty()) return at.own_body;
  TRY(auto body, text_or(arguments, "body", {}));
  CHECK(known_body(at.projection.facts(), body));
  return body;
}

// Ids of everybody who signs under that name, or whose id begins so: whoever was appointed or has a key on a laptop.
Result<std::set<std::string>> officers_named(const BookReader& at, const std::string& wanted) {
  std::set<std::string> found;
  const auto& facts = at.projection.facts();
  const auto take = [&](const domain::OfficerId& id) {
    const auto text = to_hex(id.value());
    const auto known = facts.officer(id);
    if ((known && known->name == wanted) || (wanted.size() >= 8 && text.starts_with(wanted))) found.insert(text);
  };
  for (const auto& body : facts.bodies()) {
    for (const auto& each : facts.appointments(body)) take(each.appointment.officer);
    for (const auto& [id, officer] : facts.officers_of(body)) take(id);
  }
  if (!found.empty()) return found;
  return fail(FailureCode::not_found, {"没有这名经办人：" + wanted, "no such handler: " + wanted}, "handler");
}

Status no_such_search(std::string_view field, const Register& book) {
  return fail(FailureCode::bad_input,
              {book.title.zh + "没有这一栏，不能按此查", "not a column of the " + book.title.en}, std::string(field));
}

bool has_column(const Register& book, std::string_view field) {
  return std::any_of(book.columns.begin(), book.columns.end(), [&](const auto& each) { return each.field == field; });
}

Status add_number(registers::RowQuery& query, const Register& book, const std::string& typed) {
  if (book.number_field.empty()) return no_such_search("number", book);
  if (book.number_field == "number") {  // of a certificate: as scanned, or as printed
    if (const auto machine = domain::parse_machine_number(typed, "number")) {
      query.number = machine->machine();
      return {};
    }
    TRY(const auto printed, domain::parse_printed_number(typed, "number"));
    const domain::CertificateNumber number{{}, printed.year, printed.series, printed.serial};
    query.one_of["number"] = {number.printed(printed.short_name)};
    return {};
  }
  query.one_of[std::string(book.number_field)] = {trimmed(typed)};
  return {};
}

Status add_words(registers::RowQuery& query, const BookReader& at, const Register& book,
                 const json::object& arguments) {
  const auto add = [&](std::string_view name, std::string_view field) -> Status {
    TRY(const auto text, optional_text(arguments, name));
    if (!text) return {};
    if (!has_column(book, field)) return no_such_search(name, book);
    query.one_of[std::string(field)] = {trimmed(*text)};
    return {};
  };
  CHECK(add("requester", "requesting_unit"));
  TRY(const auto item, optional_text(arguments, "item"));
  if (item && !has_column(book, "item_name")) return no_such_search("item", book);
  if (item) {  // the id of the list, or the name
    const bool is_id = trimmed(*item).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    query.one_of[is_id ? "item" : "item_name"] = {trimmed(*item)};
  }
  TRY(const auto handler, optional_text(arguments, "handler"));
  if (!handler) return {};
  if (!has_column(book, "handler")) return no_such_search("handler", book);
  TRY(query.one_of["handler"], officers_named(at, trimmed(*handler)));
  return {};
}

Result<registers::RowQuery> query_of(const BookReader& at, const Register& book, const json::object& arguments) {
  registers::RowQuery query;
  query.table = book.table;
  TRY(query.body, body_argument(at, arguments));
  TRY(const auto from, optional_date(arguments, "from"));
  TRY(const auto to, optional_date(arguments, "to"));
  if (from && to && *to < *from) {
    return fail(FailureCode::bad_input, {"止期早于起期", "it ends before it begins"}, "to");
  }
  // A clock may run ahead: what is dated in the future is shown too.
  if (from || to) query.days = registers::Days{from.value_or(CivilDate::first), to.value_or(CivilDate::last)};
  TRY(const auto number, optional_text(arguments, "number"));
  if (number) CHECK(add_number(query, book, *number));
  TRY(const auto person, optional_text(arguments, "person"));
  if (person) {
    TRY(query.person, domain::normalise_citizen_id(*person, "person"));
  }
  CHECK(add_words(query, at, book, arguments));
  TRY(const auto most, optional_number(arguments, "most", 1, 1'000'000));
  if (most) query.most = static_cast<std::size_t>(*most);
  TRY(const auto after, optional_text(arguments, "after"));
  if (after) {
    auto place = from_hex(*after);
    if (!place)
      return fail(FailureCode::bad_input, {"不是上一页给出的接续码", "not what the page before gave"}, "after");
    query.after = *std::move(place);
  }
  return query;
}

std::string lines_of(const Sheet& sheet) {
  std::string out;
  const auto add = [&out](const std::vector<std::string>& cells) {
    std::string line;
    for (const auto& cell : cells) line += (line.empty() ? "" : "  ") + (cell.empty() ? "-" : cell);
    out += (out.empty() ? "" : "\n") + line;
  };
  add(sheet.headings);
  for (const auto& row : sheet.rows) add(row);
  return out;
}

// Sheets in both languages, for the terminal; the one of `headings` for the file.
template <class MakeSheet>
Result<Reply> shown_or_written(const json::object& arguments, json::object data, const MakeSheet& make) {
  TRY(const auto headings, enum_argument(arguments, "headings", Tongue::zh));
  TRY(const auto file, text_or(arguments, "file", {}));
  Reply reply{std::move(data), {}};
  TRY(const auto sheet, make(headings));
  const auto count = std::to_string(sheet.rows.size());
  if (!file.empty()) {
    CHECK(write_sheet(file, sheet, "file"));
    reply.data["file"] = file;
    reply.human = {"已写入" + count + "行：" + file, count + " lines written: " + file};
    return reply;
  }
  TRY(const auto zh, make(Tongue::zh));
  TRY(const auto en, make(Tongue::en));
  reply.human = {zh.title + "，共" + count + "行", en.title + ", " + count + " lines"};
  if (sheet.rows.empty()) return reply;
  reply.human.zh += "\n" + lines_of(zh);
  reply.human.en += "\n" + lines_of(en);
  return reply;
}

json::array rows_json(const Sheet& sheet) {
  json::array rows;
  for (const auto& row : sheet.rows) rows.push_back(codec::to_json(row));
  return rows;
}

Status only_these(const BookReader& at, const json::object& arguments, std::vector<std::string_view> names) {
  if (at.own_body.empty()) names.push_back("body");
  for (const auto& [name, value] : arguments) {
    if (std::find(names.begin(), names.end(), std::string_view(name)) != names.end()) continue;
    return fail(FailureCode::bad_input, {"不认识这一项", "not known"}, std::string(name));
  }
  return {};
}

}  // namespace

Status known_body(const registers::FactBook& facts, const std::string& body) {
  const auto bodies = facts.bodies();
  if (body.empty() || std::find(bodies.begin(), bodies.end(), body) != bodies.end()) return {};
  return fail(FailureCode::not_found, {"没有这个村（居）委会：" + body, "no such committee: " + body}, "body");
}

Result<Reply> look_at_register(const BookReader& at, const json::object& arguments) {
  CHECK(only_these(at, arguments,
                   {"kind", "from", "to", "number", "person", "item", "requester", "handler", "most", "after", "reader",
                    "headings", "file"}));
  TRY(const auto* const book, register_argument(arguments));
  TRY(const auto reader, enum_argument(arguments, "reader", Reader::clerk));
  TRY(const auto query, query_of(at, *book, arguments));
  TRY(const auto page, at.projection.page(query));
  json::array rows;
  for (const auto& row : page.rows) rows.push_back(registers::row_for(*book, row.get_object(), reader));
  const auto next = to_hex(page.next);
  json::object data{{"kind", book->table},
                    {"rows", std::move(rows)},
                    {"next", page.next.empty() ? json::value(nullptr) : json::value(json::string(next))}};
  TRY(auto reply, shown_or_written(arguments, std::move(data), [&](Tongue tongue) -> Result<Sheet> {
        return registers::sheet_of(*book, page.rows, at.projection.facts(), reader, tongue);
      }));
  if (!page.next.empty()) {
    reply.human.zh += "\n还有更多：--after " + next;
    reply.human.en += "\nThere are more: --after " + next;
  }
  return reply;
}

Result<Reply> statement_of_person(const BookReader& at, const json::object& arguments) {
  CHECK(only_these(at, arguments, {"person", "headings", "file"}));
  TRY(const auto body, body_argument(at, arguments));
  TRY(const auto typed, text_argument(arguments, "person"));
  TRY(const auto person, domain::normalise_citizen_id(typed, "person"));
  std::map<const Register*, std::vector<json::value>> held;
  json::object by_register;
  for (const auto& book : registers::all_registers()) {
    registers::RowQuery query;
    query.table = book.table;
    query.body = body;
    query.person = person;
    TRY(auto page, at.projection.page(query));
    if (page.rows.empty()) continue;
    json::array rows;
    for (const auto& row : page.rows) rows.push_back(registers::row_for(book, row.get_object(), Reader::clerk));
    by_register[book.table] = std::move(rows);
    held[&book] = std::move(page.rows);
  }
  const auto& facts = at.projection.facts();
  json::object data{{"person", domain::masked_on_screen(person)}, {"registers", std::move(by_register)}};
  return shown_or_written(arguments, std::move(data), [&](Tongue tongue) -> Result<Sheet> {
    const registers::Words words(facts, tongue);
    Sheet sheet{words.in({"本人信息登记情况", "What is held on"}) + " " + domain::masked_on_screen(person),
                {words.in({"登记簿", "register"}), words.in({"内容", "what"})},
                {}};
    for (const auto& book : registers::all_registers()) {
      const auto found = held.find(&book);
      if (found == held.end()) continue;
      const auto lines = registers::sheet_of(book, found->second, facts, Reader::clerk, tongue);
      for (const auto& row : lines.rows) {
        std::string what;
        for (std::size_t k = 0; k < row.size(); ++k) {
          if (!row[k].empty())
            what += (what.empty() ? "" : words.in({"；", "; "})) + lines.headings[k] + words.in({"：", ": "}) + row[k];
        }
        sheet.rows.push_back({lines.title, std::move(what)});
      }
    }
    return sheet;
  });
}

namespace {

// What people know the subject by; empty: there is no line on it.
Result<std::string> known_by(const registers::Projection& projection, const domain::SubjectId& subject) {
  TRY(const auto lines, projection.lines_on(subject));
  for (const auto& line : lines) {
    const auto* book = registers::find_register(line.table);
    const auto* found = book == nullptr ? nullptr : line.row.get_object().if_contains(book->number_field);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
  }
  return std::string();
}

}  // namespace

Result<Reply> findings_reply(const std::vector<registers::Finding>& findings, const registers::Projection& projection) {
  json::array all;
  std::vector<std::string> numbers;
  for (const auto& finding : findings) {
    TRY(auto number, known_by(projection, finding.subject));
    auto each = codec::to_json(finding);
    each.as_object()["number"] = number;
    all.push_back(std::move(each));
    numbers.push_back(std::move(number));
  }
  const auto lines_in = [&](Tongue tongue) {
    const registers::Words words(projection.facts(), tongue);
    std::string lines;
    for (std::size_t k = 0; k < findings.size(); ++k) {
      const auto& finding = findings[k];
      const auto state = finding.ruling         ? words.of(std::string(codec::name_of(*finding.ruling)))
                         : finding.withdrawn_by ? words.in({"已消除", "withdrawn"})
                                                : words.in({"待处理", "open"});
      lines += "\n" + to_hex(finding.id.value()) + "  " + words.of(finding.body) + "  " + finding.day.text() + "  " +
               words.of(std::string(codec::name_of(finding.rule))) + "  " + finding.law + "  " + state;
      for (const auto& part : {numbers[k], finding.detail}) lines += part.empty() ? "" : "  " + part;
    }
    return lines;
  };
  const auto count = std::to_string(findings.size());
  return Reply{{{"findings", std::move(all)}},
               {"提示" + count + "项" + lines_in(Tongue::zh), "findings: " + count + lines_in(Tongue::en)}};
}

Result<Reply> report_month(const BookReader& at, const json::object& arguments) {
  CHECK(only_these(at, arguments, {"month", "headings", "file"}));
  TRY(const auto body, body_argument(at, arguments));
  TRY(const auto month, text_argument(arguments, "month"));
  TRY(const auto days, registers::month_of(month, "month"));
  TRY(const auto report, registers::report_of(at.projection, body, days, at.today));
  json::object registers_json;
  for (const auto& tally : report.tallies) {
    json::object each{{"lines", tally.lines}};
    for (const auto& [column, counts] : tally.by) {
      json::object of_column;
      for (const auto& [code, lines] : counts) of_column[code] = lines;
      each[column] = std::move(of_column);
    }
    registers_json[tally.table] = std::move(each);
  }
  json::object data{{"month", month},
                    {"body", body},
                    {"first", days.first.text()},
                    {"last", days.last.text()},
                    {"registers", std::move(registers_json)}};
  return shown_or_written(arguments, std::move(data), [&](Tongue tongue) -> Result<Sheet> {
    return registers::monthly_sheet(report, at.projection.facts(), tongue);
  });
}

Result<Reply> disclose_quarter(const BookReader& at, const json::object& arguments) {
  CHECK(only_these(at, arguments, {"quarter", "headings", "file"}));
  TRY(const auto body, body_argument(at, arguments));
  TRY(const auto quarter, text_argument(arguments, "quarter"));
  TRY(const auto days, registers::quarter_of(quarter, "quarter"));
  TRY(const auto report, registers::report_of(at.projection, body, days, at.today));
  TRY(const auto sheet, registers::disclosure_sheet(at.projection, report, Tongue::zh));
  json::object data{{"quarter", quarter},
                    {"body", body},
                    {"title", sheet.title},
                    {"headings", codec::to_json(sheet.headings)},
                    {"rows", rows_json(sheet)}};
  return shown_or_written(arguments, std::move(data), [&](Tongue tongue) -> Result<Sheet> {
    return registers::disclosure_sheet(at.projection, report, tongue);
  });
}

std::vector<CommandSpec> register_command_specs(bool of_hub) {
  const OptionSpec body{"--body", {"只看这个村（居）委会", "of this committee only"}};
  const OptionSpec file{"--file", {"写入文件，.csv 或 .xlsx", "write a file, .csv or .xlsx"}, Takes::file};
  const OptionSpec headings{"--headings",
                            {"文件里用的文字：zh（默认）或 en", "language of the file: zh (default) or en"}};
  std::string kinds;
  for (const auto& each : registers::all_registers()) kinds += (kinds.empty() ? "" : ", ") + std::string(each.table);
  std::vector<CommandSpec> specs{
      {"register",
       {"查登记簿", "look at a register"},
       {{"KIND", {"哪一本：" + kinds, "which one: " + kinds}, Takes::text, true},
        {"--from", {"从这一天起，如 2026-05-01", "from this day on: 2026-05-01"}},
        {"--to", {"到这一天止", "up to this day"}},
        {"--number", {"编号、查验码或文号", "number, check code or document number"}},
        {"--person", {"某人的身份证号码", "a person's ID number"}},
        {"--item", {"事项的编码或名称", "id or name of the item"}},
        {"--requester", {"要求出具的单位", "the unit that asks for it"}},
        {"--handler", {"经办人的姓名或编号", "name or id of the handler"}},
        {"--most", {"最多几行", "at most this many lines"}, Takes::number},
        {"--after", {"接着上一页，用它给出的接续码", "go on after a page, by what it gave"}},
        {"--reader",
         {"给谁看：clerk（默认，证件号码遮盖）、inspector（监督委员会）、full（全部）",
          "who reads: clerk (default; document numbers in part), inspector (supervision committee), full"}},
        file,
        headings}},
      {"statement",
       {"给本人看：登记簿里有关此人的全部内容", "for the person: everything the registers hold on them"},
       {{"PERSON", {"身份证号码", "ID number"}, Takes::text, true}, file, headings}},
      {"report",
       {"月报：各登记簿的件数", "monthly report: the lines of each register, counted"},
       {{"MONTH", {"年和月，如 2026-05", "year and month: 2026-05"}, Takes::text, true}, file, headings}},
      {"disclosure",
       {"季度公示，不含个人信息", "quarterly sheet for the public, without anything personal"},
       {{"QUARTER", {"年和季度，如 2026-2", "year and quarter: 2026-2"}, Takes::text, true}, file, headings}},
  };
  if (of_hub) {
    for (auto& each : specs) each.options.push_back(body);
  }
  return specs;
}

}  // namespace cunzheng::program
