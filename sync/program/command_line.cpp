#include "sync/program/command_line.hpp"

#include "sync/program/files.hpp"

#include <CLI/CLI.hpp>

#include <deque>
#include <iostream>
#include <iterator>
#include <map>

namespace cunzheng::program {
namespace {

constexpr std::size_t json_file_bytes_max = 8U << 20;

// Where CLI11 puts what it read. Addresses must stay: in a deque.
struct Slot {
  const OptionSpec* spec = nullptr;
  std::string key;
  bool flag = false;
  std::int64_t number = 0;
  std::string text;
  std::vector<std::string> words;
  CLI::Option* option = nullptr;
};

struct Verb {
  const CommandSpec* spec = nullptr;
  CLI::App* app = nullptr;
  std::deque<Slot> slots;
};

// "--seal-keeper" -> "seal_keeper", "NUMBER" -> "number"
std::string key_of(const std::string& name) {
  std::string key;
  for (const char c : name.substr(name.find_first_not_of('-'))) {
    key += c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

std::string both(const Text& text) { return text.zh + " / " + text.en; }

void add_option(Verb& verb, const OptionSpec& spec) {
  auto& slot = verb.slots.emplace_back();
  slot.spec = &spec;
  slot.key = key_of(spec.name);
  // A positional's name is its key, shown in capitals.
  const auto name = spec.name.front() == '-' ? spec.name : slot.key;
  switch (spec.takes) {
    case Takes::nothing:
      slot.option = verb.app->add_flag(name, slot.flag, both(spec.what));
      break;
    case Takes::number:
      slot.option = verb.app->add_option(name, slot.number, both(spec.what));
      break;
    case Takes::words:
      slot.option = verb.app->add_option(name, slot.words, both(spec.what));
      break;
    case Takes::text:
    case Takes::file:
    case Takes::json:
      slot.option = verb.app->add_option(name, slot.text, both(spec.what));
      break;
  }
  slot.option->required(spec.required);
}

std::string absolute(const std::string& path) { return path.empty() ? path : std::filesystem::absolute(path).string(); }

Result<json::value> read_json(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    TRY(const auto bytes, read_file(file, json_file_bytes_max));
    text = text_of(bytes);
  }
  return codec::parse_json(text, json_file_bytes_max);
}

Status take(const Slot& slot, json::object& arguments) {
  if (slot.option->count() == 0) return {};
  const bool is_text = is_utf8(slot.text) && std::all_of(slot.words.begin(), slot.words.end(),
                                                         [](const std::string& word) { return is_utf8(word); });
  if (!is_text) return fail(FailureCode::bad_input, {"不是UTF-8文字", "not UTF-8"}, slot.key);
  switch (slot.spec->takes) {
    case Takes::nothing:
      arguments[slot.key] = slot.flag;
      break;
    case Takes::text:
      arguments[slot.key] = slot.text;
      break;
    case Takes::number:
      arguments[slot.key] = slot.number;
      break;
    case Takes::file:
      arguments[slot.key] = absolute(slot.text);
      break;
    case Takes::words: {
      std::string joined;
      for (const auto& word : slot.words) joined.append(joined.empty() ? "" : " ").append(word);
      arguments[slot.key] = joined;
      break;
    }
    case Takes::json: {
      auto value = read_json(slot.text);
      if (!value) {
        auto failure = std::move(value).error();
        if (failure.field.empty()) failure.field = slot.key;
        return tl::make_unexpected(std::move(failure));
      }
      arguments[slot.key] = *std::move(value);
      break;
    }
  }
  return {};
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(const std::string& program, const Text& what,
                                                  const std::vector<CommandSpec>& commands, int argc,
                                                  const char* const* argv) {
  CLI::App app(both(what), program);
  app.require_subcommand(1);
  CommandLine line;
  std::string store;
  std::string passphrase_file;
  std::string language;
  bool as_json = false;

  std::deque<Verb> verbs;
  std::map<std::string, CLI::App*> nouns;
  for (const auto& spec : commands) {
    auto* parent = &app;
    auto word = spec.name;
    if (const auto blank = word.find(' '); blank != word.npos) {
      const auto noun = word.substr(0, blank);
      word = word.substr(blank + 1);
      auto& known = nouns[noun];
      if (known == nullptr) known = app.add_subcommand(noun, noun + " ...")->require_subcommand(1);
      parent = known;
    }
    auto& verb = verbs.emplace_back();
    verb.spec = &spec;
    verb.app = parent->add_subcommand(word, both(spec.what));
    for (const auto& option : spec.options) add_option(verb, option);
    verb.app->add_option("--store", store, both({"数据夹", "store folder"}));
    verb.app->add_option("--passphrase-file", passphrase_file,
                         both({"口令所在文件，第一行是口令", "file whose first line is the passphrase"}));
    verb.app->add_flag("--json", as_json, both({"输出JSON", "print JSON"}));
    verb.app->add_option("--lang", language, both({"语言", "language"}))->check(CLI::IsMember({"zh", "en"}));
  }

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  }

  line.store = absolute(store);
  line.passphrase_file = absolute(passphrase_file);
  line.manner = {as_json, language == "en" ? Language::en : Language::zh};
  for (const auto& verb : verbs) {
    if (!verb.app->parsed()) continue;
    line.command = verb.spec->name;
    for (const auto& slot : verb.slots) {
      if (auto taken = take(slot, line.arguments); !taken) {
        return show(tl::make_unexpected(std::move(taken).error()), line.manner);
      }
    }
  }
  return line;
}

}  // namespace cunzheng::program
