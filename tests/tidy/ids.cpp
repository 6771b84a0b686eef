#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

namespace cunzheng::tidy {
namespace {

// What the members of the data files are called that hold ids of the law's own things: items, purposes, requesters and
// their classes, kinds of meetings, ways of meeting, conditions, regimes, fields of a paper. Left out on purpose: what
// is a name of the schema and so of code (parameters, counts, placeholders, outcomes), and words of the sources.
constexpr std::array id_members{"id", "code", "kind", "key"};
// Objects whose member names are such ids.
constexpr std::array keyed_by_ids{"matters", "flags", "excluded_matters", "consequences"};
constexpr std::array not_looked_into{"sources", "marks"};
// Their `key`s are often ordinary words: "address", "subject".
constexpr std::string_view fields_of_a_paper = "fields";

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<const char*, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_ordinary(std::string_view id) { return id.find_first_of("-_") == id.npos; }

// Walks through JSON that is known to be sound: the programs read it in other tests.
class DataReader {
 public:
  DataReader(std::string_view text, std::set<std::string>& ids) : text_(text), ids_(ids) {}

  // The value that begins here; `member`: the name it has in its object; `list`: that of the object or list around it.
  void value(std::string_view member, std::string_view list) {
    skip_space();
    if (at_ >= text_.size()) return;
    const char first = text_[at_];
    if (first == '"') {
      const auto word = text();
      const bool is_ordinary_field = list == fields_of_a_paper && is_ordinary(word);
      if (is_one_of(member, id_members) && !is_ordinary_field) add(word);
    } else if (first == '{' || first == '[') {
      const bool hides = is_one_of(member, not_looked_into);
      hidden_ += hides ? 1 : 0;
      members(first == '{', member, list);
      hidden_ -= hides ? 1 : 0;
    } else {
      while (at_ < text_.size() && std::string_view(",]} \n").find(text_[at_]) == std::string_view::npos) ++at_;
    }
  }

 private:
  void members(bool is_object, std::string_view member, std::string_view list) {
    ++at_;
    for (skip_space(); at_ < text_.size() && text_[at_] != '}' && text_[at_] != ']'; skip_space()) {
      std::string_view name;
      if (is_object) {
        name = text();
        skip_space();
        ++at_;  // ':'
        if (is_one_of(member, keyed_by_ids)) add(name);
      }
      value(name, is_object && member.empty() ? list : member);
      skip_space();
      if (at_ < text_.size() && text_[at_] == ',') ++at_;
    }
    ++at_;
  }
  void add(std::string_view id) {
    if (hidden_ == 0) ids_.emplace(id);
  }
  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  std::string_view text() {
    const auto from = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return text_.substr(from, at_++ - from);
  }

  std::string_view text_;
  std::set<std::string>& ids_;
  std::size_t at_ = 0;
  int hidden_ = 0;
};

bool is_id_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

// As a word of its own: "n4-dog" is not in "n4-dogs".
bool holds_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_id_character(text[at - 1])) && (end == text.size() || !is_id_character(text[end]))) return true;
  }
  return false;
}

// The names of code's own enumerators, as EnumNames lists them.
bool are_enumerators(const std::vector<Block>& blocks, std::size_t position) {
  const auto around = blocks_around(blocks, position);
  return !around.empty() && around.front().head.ends_with("std::array names");
}

}  // namespace

void add_ids(std::string_view data, std::set<std::string>& ids) { DataReader(data, ids).value({}, {}); }

Complaints named_data(const Source& source, const std::set<std::string>& ids) {
  constexpr std::array rooms{"shared/", "sync/", "client/", "hub/"};
  const auto lies_in = [&](const char* room) { return source.path.starts_with(room); };
  if (!is_code(source) || std::none_of(rooms.begin(), rooms.end(), lies_in)) return {};
  static const std::regex day(R"((19|20)\d\d-\d\d-\d\d)");
  const auto blocks = blocks_of(code_only(source.text));
  Complaints complaints;
  for (const auto& literal : literals_of(source.text)) {
    const std::string text(literal.text);
    const auto complain = [&](const std::string& what) {
      complaints.push_back({source.path, line_at(source.text, literal.at), what});
    };
    if (std::regex_match(text, day)) complain(text + " is a day: such days stand in the data");
    if (are_enumerators(blocks, literal.at)) continue;
    for (const auto& id : ids) {
      if (text == id || (!is_ordinary(id) && holds_word(text, id))) complain(id + " is an id of the data");
    }
  }
  return complaints;
}

}  // namespace cunzheng::tidy
