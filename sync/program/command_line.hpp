#pragma once
// The command line of both programs: a table of commands in, one command with its arguments out. (CLI11 stands behind
// it.)

#include "sync/program/command.hpp"
#include "sync/program/terminal.hpp"

#include <filesystem>
#include <variant>

namespace cunzheng::program {

enum class Takes {
  nothing,  // a flag: true if it stands there
  text,
  number,  // a whole number
  words,   // positional only: the rest of the line, joined by blanks
  file,    // a path, made absolute: a running program may stand elsewhere
  json,    // a file of JSON, "-" for standard input; the argument is its content
};

struct OptionSpec {
  std::string
      name;  // "--hub" becomes the argument "hub", "--seal-keeper" "seal_keeper"; "NUMBER" is positional: "number"
  Text what;
  Takes takes = Takes::text;
  bool required = false;
};

struct CommandSpec {
  std::string name;  // "status"; "officer add" are two words on the line
  Text what;
  std::vector<OptionSpec> options;
};

// Every command also takes --store, --passphrase-file, --json, --lang.
struct CommandLine {
  std::string command;
  json::object arguments;
  std::filesystem::path store;            // empty: not given
  std::filesystem::path passphrase_file;  // empty: not given
  Manner manner;
};

// An exit code instead: help was shown (0) or the line was wrong and the way to use it was shown (2); a JSON file that
// cannot be read (1).
std::variant<CommandLine, int> parse_command_line(const std::string& program, const Text& what,
                                                  const std::vector<CommandSpec>& commands, int argc,
                                                  const char* const* argv);

}  // namespace cunzheng::program
