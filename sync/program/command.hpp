#pragma once
// What a program can be told to do: one name, JSON arguments in, one reply out. The command line, the control socket
// and the pages all come in here, so each use case has one way through.

#include "shared/codec/json.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::program {

namespace json = codec::json;

// A refusal by a rule is a reply too: the program worked and says no for a reason.
struct Reply {
  json::object data;  // for machines
  Text human;         // for people: one or more lines, no line end at the end
};

// Called once, on the loop thread, during run() or later.
using Done = std::function<void(Result<Reply>)>;

class Commands {
 public:
  using Handler = std::function<void(json::object arguments, Done done)>;

  // Each name once.
  void add(std::string name, Handler handler);
  // not_found in field "command" if there is no such command.
  void run(const std::string& name, json::object arguments, Done done) const;
  bool has(const std::string& name) const { return handlers_.contains(name); }

 private:
  std::map<std::string, Handler> handlers_;
};

// ---- arguments; bad input names the argument as its field. null counts as left out.

const json::value* argument(const json::object& arguments, std::string_view name);  // null: left out
Result<std::string> text_argument(const json::object& arguments, std::string_view name);
Result<std::optional<std::string>> optional_text(const json::object& arguments, std::string_view name);
Result<std::string> text_or(const json::object& arguments, std::string_view name, std::string otherwise);
Result<bool> flag_argument(const json::object& arguments, std::string_view name);  // left out: false
Result<std::int64_t> number_argument(const json::object& arguments, std::string_view name, std::int64_t least,
                                     std::int64_t most);
Result<std::optional<std::int64_t>> optional_number(const json::object& arguments, std::string_view name,
                                                    std::int64_t least, std::int64_t most);
Result<std::optional<CivilDate>> optional_date(const json::object& arguments, std::string_view name);

// A whole struct; its fields are named "<name>.<field>".
template <class T>
Result<T> value_argument(const json::object& arguments, std::string_view name) {
  const auto* value = argument(arguments, name);
  if (value == nullptr) return fail(FailureCode::bad_input, {"缺少这一项", "missing"}, std::string(name));
  return codec::from_json<T>(*value, std::string(name));
}

// Nothing else was given: a misspelt argument is not silently ignored.
Status only(const json::object& arguments, std::initializer_list<std::string_view> names);

// {"zh": ..., "en": ...}
json::object text_json(const Text& text);
Text joined(const std::vector<Text>& lines);  // by line feeds; empty ones are left out

}  // namespace cunzheng::program
