#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

namespace cunzheng::tidy {
namespace {

constexpr std::size_t lines_max = 600;

Complaints complain_of(const Source& source, const std::regex& pattern, std::string_view why) {
  Complaints complaints;
  for (auto hit = std::sregex_iterator(source.text.begin(), source.text.end(), pattern); hit != std::sregex_iterator();
       ++hit) {
    const auto at = static_cast<std::size_t>(hit->position());
    complaints.push_back({source.path, line_at(source.text, at), hit->str() + " " + std::string(why)});
  }
  return complaints;
}

bool is_written_by_us(std::string_view path) {
  constexpr std::array endings{".cpp",  ".hpp",           ".sh",   ".ts", ".vue", ".js", ".css",
                               ".html", "CMakeLists.txt", ".cmake"};
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

// The rule that a word names: "R9", or "R9_paper_only" as tests are called. Empty: none.
std::string rule_named_by(std::string_view text, const Word& word) {
  static const std::regex id(R"(([RO]\d{1,3})(?:_\w*)?)");
  std::cmatch found;
  if (!std::regex_match(word.text.begin(), word.text.end(), found, id)) return {};
  const bool is_compiler_flag = word.text[0] == 'O' && word.at > 0 && text[word.at - 1] == '-';  // "-O2"
  return is_compiler_flag ? std::string() : found[1].str();
}

}  // namespace

// Patterns with an odd bracket, so that this file does not match them.
Complaints leftovers(const Source& source) {
  static const std::regex mark(R"(\b(T[O]DO|F[I]XME|X[X]X)\b)");
  return complain_of(source, mark, "is a mark of unfinished work");
}

Complaints private_places(const Source& source) {
  static const std::regex place(R"((^|[^\w./-])/w[o]rk/)");
  return complain_of(source, place, "is a path of the machine this was written on");
}

Complaints too_long(const Source& source) {
  if (!is_written_by_us(source.path)) return {};
  const auto lines = static_cast<std::size_t>(std::count(source.text.begin(), source.text.end(), '\n'));
  if (lines <= lines_max) return {};
  return {{source.path, 0, std::to_string(lines) + " lines, more than " + std::to_string(lines_max) + ": split it"}};
}

Complaints unknown_rules(const Source& source, const std::set<std::string>& listed) {
  if (!is_code(source)) return {};
  Complaints complaints;
  for (const auto& word : words_of(source.text)) {
    const auto rule = rule_named_by(source.text, word);
    if (!rule.empty() && !listed.contains(rule)) {
      complaints.push_back({source.path, line_at(source.text, word.at), rule + " is in no line of the list of rules"});
    }
  }
  return complaints;
}

std::set<std::string> rules_in(std::string_view document) {
  static const std::regex ids(R"(\b([RO])(\d{1,3})(?:(?:-|–|\.\.)\1(\d{1,3}))?\b)");
  const std::string text(document);
  std::set<std::string> rules;
  for (auto hit = std::sregex_iterator(text.begin(), text.end(), ids); hit != std::sregex_iterator(); ++hit) {
    const int first = std::stoi((*hit)[2]);
    const int last = (*hit)[3].matched ? std::stoi((*hit)[3]) : first;
    for (int number = first; number <= last; ++number) rules.insert((*hit)[1].str() + std::to_string(number));
  }
  return rules;
}

}  // namespace cunzheng::tidy
