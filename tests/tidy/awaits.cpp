#include "tests/tidy/checks.hpp"

#include <cstddef>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::tidy {
namespace {

constexpr std::string_view keyword = "co_await";

// What stands between the start of the statement and its co_await: nothing or "name =", perhaps after a case label.
bool is_plain_start(std::string before) {
  static const std::regex label(R"(^\s*(?:case\s+[\w:]+|default)\s*:(?!:))");
  before = std::regex_replace(before, label, "");
  const auto last = before.find_last_not_of(" \n");
  if (last == std::string::npos) return true;
  const auto before_last = last == 0 ? '=' : before[last - 1];
  return before[last] == '=' && std::string_view("=!<>+-*/%&|^").find(before_last) == std::string_view::npos &&
         before.find_first_of("()?|") == std::string::npos && before.find("&&") == std::string::npos;
}

struct Operand {
  std::string text;        // up to where the statement ends or goes wrong
  bool ends_well = false;  // at a ';', with all parentheses closed
  bool nested_call = false;
};

// A cast of a name makes no temporary: send(std::move(frame)) is as good as send(frame).
bool is_reference_cast(std::string_view before_parenthesis) {
  return before_parenthesis.ends_with("std::move") || before_parenthesis.ends_with("std::ref") ||
         before_parenthesis.ends_with("std::as_const");
}

Operand operand_after(std::string_view code, std::size_t start) {
  Operand operand;
  int depth = 0;
  for (std::size_t at = start; at < code.size(); ++at) {
    const char c = code[at];
    if (c == '(') {
      const auto before = code.substr(start, at - start);
      if (depth > 0 && !is_reference_cast(before)) operand.nested_call = true;
      ++depth;
    }
    if (c == ')') --depth;
    const bool ended = c == ';' || c == '{' || c == '}' || depth < 0 || (c == ',' && depth == 0);
    if (ended) {
      operand.ends_well = c == ';' && depth == 0;
      break;
    }
    operand.text += c;
  }
  return operand;
}

std::string wrong_with_statement(std::string_view code, std::size_t at) {
  const auto boundary = code.find_last_of(";{}", at);
  const auto start = boundary == code.npos ? 0 : boundary + 1;
  if (!is_plain_start(std::string(code.substr(start, at - start)))) {
    return "co_await stands neither alone nor right of '='";
  }
  const auto operand = operand_after(code, at + keyword.size());
  const auto has = [&](std::string_view what) { return operand.text.find(what) != std::string::npos; };
  if (!operand.ends_well) return "co_await with or within braces, or in a longer expression";
  if (has(keyword)) return "more than one co_await in a statement";
  if (has("?") || has("&&") || has("||")) return "a choice inside a co_await statement";
  if (has("\"") || operand.nested_call) return "an operand of co_await is not a name";
  return {};
}

std::string wrong_with_surroundings(const std::vector<Block>& around) {
  static const std::regex handler(R"(\bcatch\s*\()");
  static const std::regex lambda(R"(\[([^\[\]]*)\]\s*(?:\(|mutable\b|noexcept\b|->|$))");
  for (const auto& block : around) {
    if (std::regex_search(block.head, handler)) return "co_await in a catch block";
    std::smatch found;
    if (std::regex_search(block.head, found, lambda)) {
      const auto captures = found[1].str();
      const bool none = captures.find_first_not_of(" \n") == std::string::npos;
      return none ? std::string() : "a lambda coroutine with captures: they die with the lambda";
    }
  }
  return {};
}

}  // namespace

Complaints await_shapes(const Source& source) {
  if (!is_code(source) || source.text.find(keyword) == std::string::npos) return {};
  const auto code = code_only(source.text);
  const auto blocks = blocks_of(code);
  Complaints complaints;
  for (const auto& word : words_of(code)) {
    if (word.text != keyword) continue;
    auto wrong = wrong_with_statement(code, word.at);
    if (wrong.empty()) wrong = wrong_with_surroundings(blocks_around(blocks, word.at));
    if (!wrong.empty()) complaints.push_back({source.path, line_at(code, word.at), wrong});
  }
  return complaints;
}

}  // namespace cunzheng::tidy
