#include "tests/tidy/source.hpp"

#include <algorithm>
#include <cctype>

namespace cunzheng::tidy {
namespace {

enum class Part { code, line_comment, block_comment, text, character, raw_text };

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// For each character: does it belong to a comment or to the inside of a literal?
std::vector<bool> prose_marks(std::string_view text) {
  std::vector<bool> marks(text.size(), false);
  Part part = Part::code;
  std::string raw_end;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    switch (part) {
      case Part::code:
        if (c == '/' && (next == '/' || next == '*')) {
          part = next == '/' ? Part::line_comment : Part::block_comment;
          marks[at] = marks[at + 1] = true;
          ++at;
        } else if (c == '"' && at > 0 && text[at - 1] == 'R' && (at == 1 || !is_word_character(text[at - 2]))) {
          const auto paren = std::min(text.find('(', at), text.size());
          raw_end = ")" + std::string(text.substr(at + 1, paren - at - 1)) + "\"";
          part = Part::raw_text;
          at = paren;
        } else if (c == '"') {
          part = Part::text;
        } else if (c == '\'' && (at == 0 || !is_word_character(text[at - 1]))) {  // not the separator in 1'000
          part = Part::character;
        }
        break;
      case Part::line_comment:
        if (c == '\n') part = Part::code;
        marks[at] = c != '\n';
        break;
      case Part::block_comment:
        marks[at] = true;
        if (c == '*' && next == '/') {
          marks[++at] = true;
          part = Part::code;
        }
        break;
      case Part::text:
      case Part::character:
        if (c == (part == Part::text ? '"' : '\'') || c == '\n') {
          part = Part::code;
        } else {
          marks[at] = true;
          if (c == '\\' && at + 1 < text.size()) marks[++at] = true;
        }
        break;
      case Part::raw_text:
        if (text.substr(at, raw_end.size()) == raw_end) {
          at += raw_end.size() - 1;
          part = Part::code;
        } else {
          marks[at] = true;
        }
        break;
    }
  }
  return marks;
}

}  // namespace

bool is_code(const Source& source) { return source.path.ends_with(".cpp") || source.path.ends_with(".hpp"); }

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 +
         static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
}

std::string code_only(std::string_view text) {
  const auto prose = prose_marks(text);
  std::string code(text);
  for (std::size_t at = 0; at < code.size(); ++at) {
    if (prose[at] && code[at] != '\n') code[at] = ' ';
  }
  return code;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_word_character(text[at])) continue;
    auto end = at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    words.push_back({at, text.substr(at, end - at)});
    at = end;
  }
  return words;
}

std::vector<Word> literals_of(std::string_view text) {
  const auto code = code_only(text);
  std::vector<Word> literals;
  for (auto open = code.find('"'); open != code.npos; open = code.find('"', open + 1)) {
    const auto close = code.find_first_of("\"\n", open + 1);
    if (close == code.npos) break;
    const auto row = std::string_view(code).substr(code.rfind('\n', open) + 1);
    if (code[close] == '"' && !row.starts_with("#include")) {
      literals.push_back({open + 1, text.substr(open + 1, close - open - 1)});
    }
    open = close;
  }
  return literals;
}

std::vector<Include> includes_of(const Source& source) {
  constexpr std::string_view directive = "#include";
  const auto code = code_only(source.text);  // an #include in a comment or in a planted text is none
  std::vector<Include> includes;
  std::size_t line = 0;
  for (std::size_t start = 0; start < code.size(); ++line) {
    const auto end = std::min(code.find('\n', start), code.size());
    const std::string_view row = std::string_view(source.text).substr(start, end - start);
    if (code.compare(start, directive.size(), directive) == 0) {
      const auto open = row.find_first_of("\"<");
      const auto close = open == row.npos ? row.npos : row.find_first_of("\">", open + 1);
      if (close != row.npos) {
        includes.push_back({line + 1, std::string(row.substr(open + 1, close - open - 1)), row[open] == '"'});
      }
    }
    start = end + 1;
  }
  return includes;
}

std::vector<Block> blocks_of(std::string_view code) {
  std::vector<Block> blocks;
  std::vector<std::size_t> open;    // indices of blocks not yet closed
  std::vector<int> parentheses{0};  // depth within each of them: the ';' of a for head ends no statement
  std::size_t head_start = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    switch (code[at]) {
      case '(':
        ++parentheses.back();
        break;
      case ')':
        --parentheses.back();
        break;
      case ';':
        if (parentheses.back() <= 0) head_start = at + 1;
        break;
      case '{':
        blocks.push_back({at, code.size(), std::string(code.substr(head_start, at - head_start))});
        open.push_back(blocks.size() - 1);
        parentheses.push_back(0);
        head_start = at + 1;
        break;
      case '}':
        if (!open.empty()) {
          blocks[open.back()].close = at;
          open.pop_back();
          parentheses.pop_back();
        }
        head_start = at + 1;
        break;
      default:
        break;
    }
  }
  return blocks;
}

std::vector<Block> blocks_around(const std::vector<Block>& blocks, std::size_t position) {
  std::vector<Block> around;
  for (const auto& block : blocks) {
    if (block.open < position && position < block.close) around.insert(around.begin(), block);
  }
  return around;
}

bool fits(std::string_view path, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == pattern.npos) return path == pattern;
  const auto before = pattern.substr(0, star);
  const auto after = pattern.substr(star + 1);
  return path.size() >= before.size() + after.size() && path.starts_with(before) && path.ends_with(after);
}

}  // namespace cunzheng::tidy
