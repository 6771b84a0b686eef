#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <cstddef>
#include <regex>
#include <string>
#include <string_view>

namespace cunzheng::tidy {
namespace {

// The outermost block that is no scope of names: the function, with all its loops and lambdas.
Block function_around(const std::vector<Block>& blocks, std::size_t position, std::size_t size) {
  static const std::regex scope(R"(\b(?:namespace|class|struct|union|extern)\b[^()]*$)");
  auto around = blocks_around(blocks, position);
  std::reverse(around.begin(), around.end());
  const auto function = std::find_if(around.begin(), around.end(),
                                     [](const Block& block) { return !std::regex_search(block.head, scope); });
  return function == around.end() ? Block{0, size, {}} : *function;
}

}  // namespace

Complaints unread_iterators(const Source& source) {
  constexpr std::string_view question = "->Valid()";
  constexpr std::string_view answer = "status()";
  if (!is_code(source) || source.text.find(question) == std::string::npos) return {};
  const auto code = code_only(source.text);
  const auto blocks = blocks_of(code);
  Complaints complaints;
  for (auto at = code.find(question); at != code.npos;) {
    const auto function = function_around(blocks, at, code.size());
    const auto next = code.find(question, at + 1);
    const bool is_last = next == code.npos || next > function.close;
    if (is_last && code.find(answer, at) >= function.close) {
      complaints.push_back({source.path, line_at(code, at), "status() of the iterator is not read after Valid()"});
    }
    at = next;
  }
  return complaints;
}

}  // namespace cunzheng::tidy
