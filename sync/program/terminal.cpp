#include "sync/program/terminal.hpp"

#include <array>
#include <cstdio>

namespace cunzheng::program {
namespace {

constexpr std::array code_names{"bad_input", "not_found", "unreadable", "refused", "conflict", "unavailable"};

void put(std::FILE* to, std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), to);
  std::fflush(to);
}

std::string in_words(const Failure& failure, Language language) {
  std::string out = failure.what.in(language);
  if (!failure.field.empty())
    out += language == Language::zh ? "（项目：" + failure.field + "）" : " [" + failure.field + "]";
  if (!failure.rule.empty())
    out += language == Language::zh ? "（规则：" + failure.rule + "）" : " (rule " + failure.rule + ")";
  return out;
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

int show(const Result<Reply>& outcome, const Manner& manner) {
  if (outcome) {
    if (manner.as_json) {
      show_line(outcome->data);
    } else if (const auto& text = outcome->human.in(manner.language); !text.empty()) {
      put(stdout, text);
    }
    return exit_ok;
  }
  if (manner.as_json) {
    put(stderr, json::serialize(json::object{{"error", failure_json(outcome.error(), manner.language)}}));
  } else {
    put(stderr, in_words(outcome.error(), manner.language));
  }
  return exit_failure;
}

void show_line(const json::object& line) { put(stdout, json::serialize(line)); }

json::object failure_json(const Failure& failure, Language language) {
  return {{"code", code_names.at(static_cast<std::size_t>(failure.code))},
          {"what", failure.what.in(language)},
          {"field", failure.field},
          {"rule", failure.rule}};
}

Failure failure_from_json(const json::object& error) {
  Failure out{FailureCode::unavailable, {}, text_at(error, "field"), text_at(error, "rule")};
  const auto what = text_at(error, "what");
  out.what = {what, what};
  const auto code = text_at(error, "code");
  for (std::size_t k = 0; k < code_names.size(); ++k) {
    if (code == code_names[k]) out.code = static_cast<FailureCode>(k);
  }
  return out;
}

}  // namespace cunzheng::program
