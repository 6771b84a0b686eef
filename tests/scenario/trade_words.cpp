#include "tests/scenario/trade_words.hpp"

#include "shared/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace cunzheng::test {
namespace {

// One step of a path: a member, then perhaps which of a list.
struct PathStep {
  std::string name;
  std::string selector;  // "2" or "rule=rechecked"
};

std::vector<PathStep> steps_of(const std::string& path) {
  std::vector<PathStep> steps(1);
  bool in_selector = false;
  for (const char c : path) {
    if (c == '[') {
      in_selector = true;
    } else if (c == ']') {
      in_selector = false;
    } else if (c == '.' && !in_selector) {
      steps.emplace_back();
    } else {
      (in_selector ? steps.back().selector : steps.back().name) += c;
    }
  }
  return steps;
}

const json::value* select(const json::array& list, const std::string& selector) {
  const auto equals = selector.find('=');
  if (equals == std::string::npos) {
    const auto at = static_cast<std::size_t>(std::stoul(selector));
    return at < list.size() ? &list[at] : nullptr;
  }
  for (const auto& each : list) {
    const auto* member = each.is_object() ? each.get_object().if_contains(selector.substr(0, equals)) : nullptr;
    if (member != nullptr && shown(member) == selector.substr(equals + 1)) return &each;
  }
  return nullptr;
}

bool is_number(const std::string& text) {
  constexpr std::size_t digits_max = 9;  // longer ones are numbers of documents
  return !text.empty() && text.size() <= digits_max &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Columns that a terminal gives a text: two for what stands in a square.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const auto byte = static_cast<unsigned char>(text[k]);
    if ((byte & 0xc0) == 0x80) continue;
    width += byte >= 0xe2 ? 2 : 1;
  }
  return width;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, width_of(text)), ' ');
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool is_quoted = false;
  int depth = 0;
  for (const char c : line) {
    if (c == '"') is_quoted = !is_quoted;
    if (!is_quoted && (c == '{' || c == '[')) ++depth;
    if (!is_quoted && (c == '}' || c == ']')) --depth;
    if (c == ' ' && !is_quoted && depth == 0) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  if (is_quoted || depth != 0) throw ScriptError("a quote or bracket is not closed: " + line);
  return words;
}

const json::value* find_at(const json::value& root, const std::string& path) {
  const auto* at = &root;
  for (const auto& step : steps_of(path)) {
    if (!step.name.empty()) {
      at = at->is_object() ? at->get_object().if_contains(step.name) : nullptr;
      if (at == nullptr) return nullptr;
    }
    if (step.selector.empty()) continue;
    at = at->is_array() ? select(at->get_array(), step.selector) : nullptr;
    if (at == nullptr) return nullptr;
  }
  return at;
}

void set_at(json::value& root, const std::string& path, json::value value) {
  auto* at = &root;
  for (const auto& step : steps_of(path)) {
    if (at->is_null()) at->emplace_object();
    if (!at->is_object()) throw ScriptError("not an object on the way to " + path);
    at = &at->get_object()[step.name];
    if (step.selector.empty()) continue;
    const auto* chosen = at->is_array() ? select(at->get_array(), step.selector) : nullptr;
    if (chosen == nullptr) throw ScriptError("nothing there: " + path);
    at = &at->get_array()[static_cast<std::size_t>(chosen - at->get_array().data())];
  }
  *at = std::move(value);
}

json::value value_of(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  if (text == "null") return nullptr;
  if (is_number(text)) return static_cast<std::int64_t>(std::stoll(text));
  const bool may_be_json = text.starts_with('{') || text.starts_with('[') || text.starts_with('"');
  if (!may_be_json) return json::string(text);
  boost::system::error_code error;
  auto value = json::parse(text, error);
  if (!error) return value;
  if (!text.starts_with('[') || !text.ends_with(']')) throw ScriptError("not JSON: " + text);
  json::array list;
  const auto inside = text.substr(1, text.size() - 2);
  for (std::size_t from = 0; from <= inside.size();) {
    const auto comma = std::min(inside.find(',', from), inside.size());
    list.emplace_back(json::string(trimmed(inside.substr(from, comma - from))));
    from = comma + 1;
  }
  return list;
}

std::string shown(const json::value* value) {
  if (value == nullptr || value->is_null()) return "-";
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_object() && value->get_object().contains("zh")) return shown(&value->get_object().at("zh"));
  if (!value->is_array()) return json::serialize(*value);
  std::string list;
  for (const auto& each : value->get_array()) list += (list.empty() ? "" : "、") + shown(&each);
  return list.empty() ? "-" : list;
}

std::vector<std::string> table_of(const json::array& rows, const std::vector<std::string>& columns) {
  if (rows.empty()) return {"（无）"};
  for (const auto& column : columns) {
    const auto has = [&](const json::value& row) { return find_at(row, column) != nullptr; };
    if (std::none_of(rows.begin(), rows.end(), has)) {
      throw ScriptError("no row has " + column + ": " + json::serialize(rows[0]));
    }
  }
  std::vector<std::vector<std::string>> cells{columns};
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& column : columns) line.push_back(shown(find_at(row, column)));
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& line : cells) {
    for (std::size_t k = 0; k < line.size(); ++k) widths[k] = std::max(widths[k], width_of(line[k]));
  }
  std::vector<std::string> out;
  for (const auto& line : cells) {
    std::string text;
    for (std::size_t k = 0; k < line.size(); ++k) {
      text += k + 1 == line.size() ? line[k] : padded(line[k], widths[k]) + "  ";
    }
    out.push_back(text);
  }
  return out;
}

void Ids::name(const std::string& value, const std::string& name) { names_[value] = name; }

std::string Ids::named(std::string text) {
  for (const auto& [value, name] : names_) replace_all(text, value, name);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_hex(text[end])) ++end;
    const auto length = end - at;
    const bool is_alone = at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0;
    const bool ends_alone = end == text.size() || std::isalnum(static_cast<unsigned char>(text[end])) == 0;
    if (length == 0) {
      out += text[at++];
      continue;
    }
    const auto run = text.substr(at, length);
    at = end;
    // Ids of 16 and 32 bytes, and their first digits as screens show them; never a citizen's number.
    const bool has_letter = std::any_of(run.begin(), run.end(), [](char c) { return c >= 'a'; });
    if (is_alone && ends_alone && (length == 64 || length == 32 || (length == 16 && has_letter))) {
      const auto number = numbers_.try_emplace(run.substr(0, 16), numbers_.size() + 1).first->second;
      out += "#" + std::to_string(number);
    } else {
      out += run;
    }
  }
  return out;
}

}  // namespace cunzheng::test
