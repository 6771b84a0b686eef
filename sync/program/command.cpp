#include "sync/program/command.hpp"

#include "shared/base/verify.hpp"

#include <algorithm>

namespace cunzheng::program {
namespace {

tl::unexpected<Failure> missing(std::string_view name) {
  return fail(FailureCode::bad_input, {"缺少这一项", "missing"}, std::string(name));
}

}  // namespace

void Commands::add(std::string name, Handler handler) {
  VERIFY(handlers_.emplace(std::move(name), std::move(handler)).second);
}

void Commands::run(const std::string& name, json::object arguments, Done done) const {
  const auto found = handlers_.find(name);
  if (found == handlers_.end()) {
    return done(fail(FailureCode::not_found, {"没有这个命令：" + name, "no such command: " + name}, "command"));
  }
  found->second(std::move(arguments), std::move(done));
}

const json::value* argument(const json::object& arguments, std::string_view name) {
  const auto* found = arguments.if_contains(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

Result<std::optional<std::string>> optional_text(const json::object& arguments, std::string_view name) {
  const auto* value = argument(arguments, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return fail(FailureCode::bad_input, {"应为文字", "expected a string"}, std::string(name));
  return std::string(value->get_string());
}

Result<std::string> text_argument(const json::object& arguments, std::string_view name) {
  TRY(auto text, optional_text(arguments, name));
  if (!text || trimmed(*text).empty()) return missing(name);
  return *std::move(text);
}

Result<std::string> text_or(const json::object& arguments, std::string_view name, std::string otherwise) {
  TRY(auto text, optional_text(arguments, name));
  return text ? *std::move(text) : std::move(otherwise);
}

Result<bool> flag_argument(const json::object& arguments, std::string_view name) {
  const auto* value = argument(arguments, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    return fail(FailureCode::bad_input, {"应为true或false", "expected true or false"}, std::string(name));
  }
  return value->get_bool();
}

Result<std::optional<std::int64_t>> optional_number(const json::object& arguments, std::string_view name,
                                                    std::int64_t least, std::int64_t most) {
  const auto* value = argument(arguments, name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  if (error || number < least || number > most) {
    const auto range = std::to_string(least) + "–" + std::to_string(most);
    return fail(FailureCode::bad_input, {"应为" + range + "的整数", "expected a whole number in " + range},
                std::string(name));
  }
  return number;
}

Result<std::int64_t> number_argument(const json::object& arguments, std::string_view name, std::int64_t least,
                                     std::int64_t most) {
  TRY(const auto number, optional_number(arguments, name, least, most));
  if (!number) return missing(name);
  return *number;
}

Result<std::optional<CivilDate>> optional_date(const json::object& arguments, std::string_view name) {
  TRY(const auto text, optional_text(arguments, name));
  if (!text) return std::nullopt;
  TRY(const auto date, CivilDate::parse(*text, std::string(name)));
  return date;
}

Status only(const json::object& arguments, std::initializer_list<std::string_view> names) {
  for (const auto& pair : arguments) {
    if (std::find(names.begin(), names.end(), std::string_view(pair.key())) == names.end()) {
      return fail(FailureCode::bad_input, {"没有这一项", "unknown argument"}, std::string(pair.key()));
    }
  }
  return {};
}

json::object text_json(const Text& text) { return {{"zh", text.zh}, {"en", text.en}}; }

Text joined(const std::vector<Text>& lines) {
  Text out;
  for (const auto& line : lines) {
    if (line.zh.empty()) continue;
    out.zh.append(out.zh.empty() ? "" : "\n").append(line.zh);
    out.en.append(out.en.empty() ? "" : "\n").append(line.en);
  }
  return out;
}

}  // namespace cunzheng::program
