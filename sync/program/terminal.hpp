#pragma once
// How a command's outcome is shown: standard output for replies, standard error for failures, and the exit code.

#include "sync/program/command.hpp"

namespace cunzheng::program {

struct Manner {
  bool as_json = false;  // one line of JSON instead of text
  Language language = Language::zh;
};

inline constexpr int exit_ok = 0;  // a refusal by a rule is ok: the program worked
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;

// The reply's data or text with a line end, flushed; a failure in words with field and rule, or
// {"error": {code, what, field, rule}}, to standard error.
int show(const Result<Reply>& outcome, const Manner& manner);

// One line of JSON, flushed.
void show_line(const json::object& line);

json::object failure_json(const Failure& failure, Language language);
Failure failure_from_json(const json::object& error);

}  // namespace cunzheng::program
