#include "client/desk.hpp"

#include <algorithm>

namespace cunzheng::client {

using codec::to_json;

Desk::Desk(const Books& books, Pen& pen, OfficerKeys& keys, Random& random)
    : books_(books), pen_(pen), keys_(keys), random_(random) {}

void Desk::add_to(program::Commands& commands) {
  const auto add = [&](const char* name, void (Desk::*use_case)(json::object, Done)) {
    commands.add(name, [this, use_case](json::object arguments, Done done) {
      (this->*use_case)(std::move(arguments), std::move(done));
    });
  };
  add("issue", &Desk::issue);
  add("spoil", &Desk::spoil);
  add("decide", &Desk::decide);
  add("refuse", &Desk::refuse);
  add("inquire", &Desk::inquire);
  add("deliberate", &Desk::deliberate);
  add("commit", &Desk::commit);
  add("officer add", &Desk::add_officer);
}

Result<CivilDate> Desk::today(const json::object& arguments) const {
  TRY(const auto confirmed, program::optional_date(arguments, "confirm_date"));
  return pen_.today(confirmed);
}

Result<domain::OfficerId> Desk::officer(const json::object& arguments, std::string_view name) const {
  TRY(const auto text, program::text_argument(arguments, name));
  return keys_.find(text, std::string(name));
}

Result<domain::OfficerId> Desk::handler(const json::object& arguments, const LawAtHand& law, CivilDate day) const {
  TRY(const auto found, officer(arguments, "handler"));
  CHECK(check_post(law, found, domain::Post::handler, day, "handler"));
  return found;
}

void Desk::write(std::vector<journal::Draft> drafts, std::optional<domain::CertificateNumber> number,
                 std::function<Reply(const Written&)> reply, Done done) {
  pen_.write(std::move(drafts), std::move(number),
             [reply = std::move(reply), done = std::move(done)](Result<Written> written) {
               if (!written) return done(tl::make_unexpected(std::move(written).error()));
               auto answer = reply(*written);
               if (written->is_clock_doubtful) answer.data["clock"] = "doubtful";
               done(std::move(answer));
             });
}

Status check_texts(const json::value& value, const std::string& field) {
  if (value.is_object()) {
    for (const auto& [name, each] : value.get_object()) {
      CHECK(check_texts(each, field.empty() ? std::string(name) : field + "." + std::string(name)));
    }
    return {};
  }
  if (value.is_array()) {
    const auto& items = value.get_array();
    if (items.size() > list_items_max) {
      const auto most = std::to_string(list_items_max);
      return fail(FailureCode::bad_input, {"最多" + most + "项", "at most " + most + " items"}, field);
    }
    for (std::size_t k = 0; k < items.size(); ++k) CHECK(check_texts(items[k], field + "[" + std::to_string(k) + "]"));
    return {};
  }
  if (!value.is_string()) return {};
  std::string text(value.get_string());
  if (!is_utf8(text)) return fail(FailureCode::bad_input, {"不是UTF-8文字", "not UTF-8"}, field);
  if (code_points(text) > text_characters_max) {
    const auto most = std::to_string(text_characters_max);
    return fail(FailureCode::bad_input, {"最多" + most + "字", "at most " + most + " characters"}, field);
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (has_control_characters(text)) {
    return fail(FailureCode::bad_input, {"不能含有控制字符", "control characters are not allowed"}, field);
  }
  return {};
}

Reply refusal_reply(const DecidedApplication& decided, const domain::Refusal& refusal, const LawAtHand& law) {
  json::array instead;
  for (const auto& id : refusal.instead) {
    instead.push_back(
        json::object{{"item", id.value()}, {"name", program::text_json(domain::item_name(*law.catalogue, id))}});
  }
  std::vector<Text> lines{{"不予出具：" + refusal.explanation.zh, "Refused: " + refusal.explanation.en},
                          {"办理途径：" + refusal.right_way.zh, "The right way: " + refusal.right_way.en},
                          {"依据规则：" + refusal.rule, "Rule: " + refusal.rule}};
  json::array open;
  for (const auto& line : decided.open_lines) {
    open.push_back(
        json::object{{"id", line.id}, {"label", program::text_json(line.label)}, {"answer", to_json(line.answer)}});
    lines.push_back({"未满足：" + line.label.zh, "Not met: " + line.label.en});
  }
  if (refusal.fallback_possible) {
    lines.push_back(
        {"确需出具的，可按清单外兜底程序办理。", "If it cannot be done without, the fallback procedure is open."});
  }
  lines.push_back(law.catalogue->complaint);
  Reply reply;
  reply.data = {{"answer", "refusal"},
                {"reason", to_json(refusal.reason)},
                {"rule", refusal.rule},
                {"explanation", program::text_json(refusal.explanation)},
                {"right_way", program::text_json(refusal.right_way)},
                {"complaint", program::text_json(law.catalogue->complaint)},
                {"fallback_possible", refusal.fallback_possible},
                {"instead", std::move(instead)},
                {"not_met", std::move(open)},
                {"catalogue_revision", law.catalogue->revision}};
  reply.human = program::joined(lines);
  return reply;
}

json::object written_json(const Written& written, std::size_t which, const journal::JournalId& journal) {
  return {{"entry", to_json(written.ids.at(which))},
          {"subject", to_json(written.ids.front())},
          {"journal", to_json(journal)},
          {"seq", written.first + which}};
}

}  // namespace cunzheng::client
