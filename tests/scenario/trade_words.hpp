#pragma once
// Words of a transcript: values as a clerk writes them, places inside JSON, and how outcomes are set down.

#include "shared/codec/json.hpp"

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace cunzheng::test {

namespace json = codec::json;

// The transcript says something that cannot be done; what() names it.
struct ScriptError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Split at blanks, but not inside "...", {...} and [...].
std::vector<std::string> words_of(const std::string& line);

// "facts.address", "rows[2].state", "findings[rule=rechecked].id". Null: nothing is there.
const json::value* find_at(const json::value& root, const std::string& path);
const json::value* find_at(json::value&& root, const std::string& path) = delete;
// Objects on the way are made; elements of arrays must be there.
void set_at(json::value& root, const std::string& path, json::value value);

// What `text` means in a form: JSON where it begins with {, [ or "; true, false, null; a number of at most nine digits;
// otherwise the text itself. [a,b] is a list of texts.
json::value value_of(const std::string& text);

// A value in one line: texts as they are, {zh, en} in Chinese, lists with 、 between.
std::string shown(const json::value* value);
// Rows under headings, columns as wide as their contents; a Chinese character is two wide.
std::vector<std::string> table_of(const json::array& rows, const std::vector<std::string>& columns);

// Ids are hashes: they change with every byte of an entry, and nobody reads them. In outcomes they stand as #1, #2...
// in the order in which they first appear, or under the name that the script gave them.
class Ids {
 public:
  void name(const std::string& value, const std::string& name);
  std::string named(std::string text);

 private:
  std::map<std::string, std::string> names_;    // value -> name
  std::map<std::string, std::size_t> numbers_;  // hex -> number
};

}  // namespace cunzheng::test
