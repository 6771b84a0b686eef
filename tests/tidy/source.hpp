#pragma once
// A file of the tree as the checks see it: not parsed, but with comments, literals and braces told apart.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::tidy {

struct Source {
  std::string path;  // from the root of the tree, with '/'
  std::string text;
};

// What a check has against a file. A check returns all it finds, in the order of the lines.
struct Complaint {
  std::string path;
  std::size_t line = 0;  // from 1; 0: the whole file
  std::string what;
};
using Complaints = std::vector<Complaint>;

bool is_code(const Source& source);  // .cpp or .hpp
std::size_t line_at(std::string_view text, std::size_t position);

// Comments and the insides of literals become spaces; length and line ends stay, so positions and lines stay true.
std::string code_only(std::string_view text);

// Names, keywords and numbers, each with where it stands.
struct Word {
  std::size_t at = 0;
  std::string_view text;
};
std::vector<Word> words_of(std::string_view text);  // views into `text`

// The insides of string literals, as they are written. Not those of #include.
std::vector<Word> literals_of(std::string_view text);

struct Include {
  std::size_t line = 0;
  std::string header;
  bool quoted = false;  // "..." and not <...>
};
std::vector<Include> includes_of(const Source& source);

// A pair of braces and what stands before it since the last ';', '{' or '}': "if (full)", "auto take = [this]".
struct Block {
  std::size_t open = 0;
  std::size_t close = 0;  // the end of the text where the brace is never closed
  std::string head;
};
std::vector<Block> blocks_of(std::string_view code);                                       // by `open`
std::vector<Block> blocks_around(const std::vector<Block>& blocks, std::size_t position);  // the innermost first

// One '*' stands for anything: "hub/*.cpp" fits "hub/web/pages.cpp". Without '*': that path only.
bool fits(std::string_view path, std::string_view pattern);

}  // namespace cunzheng::tidy
