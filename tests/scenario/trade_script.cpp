#include "tests/scenario/trade_script.hpp"

#include "tests/support/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace cunzheng::test {
namespace {

namespace fs = std::filesystem;
using program::OptionSpec;
using program::Takes;

constexpr std::int64_t minute_ms = 60'000;

// "--seal-keeper" -> "seal_keeper", "NUMBER" -> "number"
std::string argument_of(const OptionSpec& option) {
  std::string name = option.name;
  const bool is_positional = !name.starts_with("--");
  if (!is_positional) name = name.substr(2);
  for (auto& c : name) {
    if (c == '-') c = '_';
    if (is_positional && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool is_positional(const OptionSpec& option) { return !option.name.starts_with("--"); }

Instant time_of(const std::string& day, const std::string& time) {
  const auto date = CivilDate::parse(day);
  int hour = 0;
  int minute = 0;
  if (!date || std::sscanf(time.c_str(), "%d:%d", &hour, &minute) != 2) {
    throw ScriptError("expected a day and a time, 2026-05-11 09:30");
  }
  return start_of(*date) + (hour * 60LL + minute) * minute_ms;
}

// "+1y", "-3d", "+2h", "+10m"
std::int64_t span_of(const std::string& text) {
  constexpr std::int64_t day_ms = 24 * 60 * minute_ms;
  const auto count = std::stoll(text);
  switch (text.back()) {
    case 'y':
      return count * 365 * day_ms;
    case 'd':
      return count * day_ms;
    case 'h':
      return count * 60 * minute_ms;
    case 'm':
      return count * minute_ms;
    default:
      throw ScriptError("expected +1y, -3d, +2h or +10m: " + text);
  }
}

// The sign between a path and its value, not one inside brackets or quotes.
std::size_t equals_in(const std::string& word) {
  bool is_quoted = false;
  int depth = 0;
  for (std::size_t k = 0; k < word.size(); ++k) {
    if (word[k] == '"') is_quoted = !is_quoted;
    if (word[k] == '[' || word[k] == '{') ++depth;
    if (word[k] == ']' || word[k] == '}') --depth;
    if (word[k] == '=' && depth == 0 && !is_quoted) return k;
  }
  return std::string::npos;
}

void need(const Status& status) {
  if (!status) throw ScriptError(status.error().field + ": " + status.error().what.zh);
}

}  // namespace

// One command of a place.
struct TradePlayer::Order {
  const program::CommandSpec* spec = nullptr;
  json::object arguments;
  Words show;
  Words columns;
  Words where;
  enum class Part { arguments, with, show, columns, where } part = Part::arguments;

  const OptionSpec* option(const std::string& argument) const {
    const auto& all = spec->options;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& o) { return argument_of(o) == argument; });
    return found == all.end() ? nullptr : &*found;
  }
  // The JSON the command takes: "input", or "person".
  const OptionSpec* json_option() const {
    const auto& all = spec->options;
    const auto found = std::find_if(all.begin(), all.end(), [](const auto& o) { return o.takes == Takes::json; });
    return found == all.end() ? nullptr : &*found;
  }
  const OptionSpec* next_positional() const {
    for (const auto& each : spec->options) {
      if (is_positional(each) && !arguments.contains(argument_of(each))) return &each;
    }
    return nullptr;
  }
};

TradePlayer::TradePlayer(fs::path folder) : folder_(std::move(folder)) {}
TradePlayer::~TradePlayer() = default;

// ---------------------------------------------------------------- lines

std::string TradePlayer::play(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("|")) lines.push_back(line);
  }
  std::string played;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    played += lines[k] + "\n";
    if (!lines[k].starts_with("> ")) continue;
    auto step_text = lines[k].substr(2);
    while (k + 1 < lines.size() && lines[k + 1].starts_with("  ")) {
      ++k;
      played += lines[k] + "\n";
      step_text += " " + lines[k];
    }
    try {
      for (const auto& line : step(words_of(step_text))) played += line.empty() ? "|\n" : "| " + line + "\n";
    } catch (const std::exception& error) {
      throw ScriptError("> " + step_text + "\n  " + error.what());
    }
  }
  return played;
}

TradePlayer::Lines TradePlayer::step(const Words& given) {
  auto words = given;
  for (auto& word : words) {
    for (const auto& [name, value] : kept_) {
      const auto at = word.find("$" + name);
      if (at != std::string::npos) word.replace(at, name.size() + 1, value);
    }
  }
  if (words.empty()) throw ScriptError("an empty step");
  if (words[0] == "day") {
    set_day(words);
    return {};
  }
  if (!world_) throw ScriptError("the first step says the day");
  Lines out;
  if (set_up(words, out)) return out;
  return at_place(words);
}

bool TradePlayer::set_up(const Words& words, Lines& out) {
  const auto& what = words[0];
  if (what == "clock") {
    set_clock(words);
  } else if (what == "person") {
    forms_[words.at(1)] = json::object{{"name", words.at(1)}, {"id_number", words.at(2)}};
  } else if (what == "form") {
    make_form(words);
  } else if (what == "staff") {
    for (std::size_t k = 2; k < words.size(); ++k) {
      const auto equals = words[k].find('=');
      if (equals == std::string::npos) throw ScriptError("expected post=name: " + words[k]);
      staff_[words[1]][words[k].substr(0, equals)] = words[k].substr(equals + 1);
    }
  } else if (what == "enrol") {
    need(world_->enrol(words.at(1), words.at(2), words.at(1)));
  } else if (what == "carry") {
    world_->carry_officers(words.at(1), words.at(2));
  } else if (what == "restart") {
    need(world_->restart(words.at(1)));
  } else if (what == "apart") {
    apart_.insert(words.begin() + 1, words.end());
  } else if (what == "keep") {
    keep(words);
  } else if (what == "sync") {
    out = sync(words);
  } else if (words.size() == 3 && world_->has(what) && words[1] == "save") {
    world_->save(what, words[2]);
  } else if (words.size() == 3 && world_->has(what) && words[1] == "restore") {
    need(world_->restore(what, words[2]));
  } else {
    return false;
  }
  return true;
}

void TradePlayer::set_day(const Words& words) {
  const auto at = time_of(words.at(1), words.size() > 2 ? words[2] : "09:00");
  if (!world_) {
    world_ = std::make_unique<TradeWorld>(at);
    return;
  }
  if (at < world_->now()) throw ScriptError("time does not go back; for a laptop's clock alone: clock");
  world_->set_now(at);
}

void TradePlayer::set_clock(const Words& words) {
  const auto& place = words.at(1);
  const auto& to = words.at(2);
  if (to == "right") return world_->set_ahead(place, 0);
  if (to.starts_with('+') || to.starts_with('-')) return world_->set_ahead(place, span_of(to));
  world_->set_ahead(place, time_of(to, words.size() > 3 ? words[3] : "09:00").ms - world_->now().ms);
}

// form NAME [like OTHER | from FILE] path=value...
void TradePlayer::make_form(const Words& words) {
  json::value made = json::object{};
  std::size_t next = 2;
  if (words.size() > 3 && words[2] == "like") made = form(words[3]);
  if (words.size() > 3 && words[2] == "from") made = json::parse(text_of_file(words[3]));
  if (words.size() > 3 && (words[2] == "like" || words[2] == "from")) next = 4;
  for (; next < words.size(); ++next) {
    const auto at = equals_in(words[next]);
    if (at == std::string::npos) throw ScriptError("expected path=value: " + words[next]);
    const auto path = words[next].substr(0, at);
    set_at(made, path, value_for(path, words[next].substr(at + 1)));
  }
  forms_[words.at(1)] = std::move(made);
}

// keep NAME = path
void TradePlayer::keep(const Words& words) {
  if (words.size() != 4 || words[2] != "=") throw ScriptError("expected: keep NAME = path");
  const auto* value = find_at(last_, words[3]);
  if (value == nullptr) throw ScriptError("the last reply has no " + words[3] + ": " + json::serialize(last_));
  kept_[words[1]] = shown(value);
  ids_.name(kept_[words[1]], "$" + words[1]);
}

// sync A B [cut after N]
TradePlayer::Lines TradePlayer::sync(const Words& words) {
  Lines out;
  auto end = std::find(words.begin(), words.end(), "cut");
  std::optional<std::size_t> cut_after;
  if (end != words.end()) cut_after = std::stoul(words.back());
  if (end == words.begin() + 1) throw ScriptError("sync whom?");
  for (auto laptop = words.begin() + 1; laptop != end; ++laptop) {
    const auto reply = world_->sync(*laptop, cut_after);
    world_->pass(1000);
    auto lines = outcome(reply, {});
    lines.front() = *laptop + "　" + lines.front();
    out.insert(out.end(), lines.begin(), lines.end());
  }
  return out;
}

// ---------------------------------------------------------------- commands of both programs

TradePlayer::Lines TradePlayer::at_place(const Words& words) {
  const auto& place = words[0];
  if (!world_->has(place)) throw ScriptError("neither a step nor a place: " + place);
  auto order = read_order(place, words);
  add_staff(place, order);
  add_passphrases(order);
  const auto reply = world_->run(place, order.spec->name, order.arguments);
  world_->pass(1000);
  if (reply) last_ = reply->data;
  auto lines = outcome(reply, order);
  // From now on this officer's id is shown as the name.
  const auto* officer = reply ? find_at(last_, "officer") : nullptr;
  const auto* name = order.arguments.if_contains("name");
  if (officer != nullptr && name != nullptr) ids_.name(shown(officer), shown(name));
  return lines;
}

TradePlayer::Order TradePlayer::read_order(const std::string& place, const Words& words) {
  Order order;
  std::size_t next = 0;
  std::string name;
  for (std::size_t k = 1; k < words.size() && k <= 3; ++k) {
    name += (k == 1 ? "" : " ") + words[k];
    for (const auto& spec : world_->commands_of(place)) {
      if (spec.name != name) continue;
      order.spec = &spec;
      next = k + 1;
    }
  }
  if (order.spec == nullptr) throw ScriptError("no such command of this place: " + words.at(1));
  for (; next < words.size(); ++next) take_word(order, words[next]);
  return order;
}

void TradePlayer::take_word(Order& order, const std::string& word) {
  using Part = Order::Part;
  static const std::map<std::string, Part> parts{
      {"with", Part::with}, {"show", Part::show}, {"columns", Part::columns}, {"where", Part::where}};
  if (const auto part = parts.find(word); part != parts.end()) {
    order.part = part->second;
    return;
  }
  if (order.part == Part::show) return order.show.push_back(word);
  if (order.part == Part::columns) return order.columns.push_back(word);
  if (order.part == Part::where) return order.where.push_back(word);
  const auto equals = equals_in(word);
  if (order.part == Part::with) {
    const auto* input = order.json_option();
    if (input == nullptr || equals == std::string::npos) throw ScriptError("expected path=value of a form: " + word);
    const auto path = word.substr(0, equals);
    auto& form = order.arguments[argument_of(*input)];
    set_at(form, path, value_for(path, word.substr(equals + 1)));
    return;
  }
  const OptionSpec* option = nullptr;
  auto value = word;
  if (equals != std::string::npos) {
    option = order.option(word.substr(0, equals));
    if (option == nullptr) throw ScriptError(order.spec->name + " takes no " + word.substr(0, equals));
    value = word.substr(equals + 1);
  } else if (const auto* flag = order.option(word); flag != nullptr && flag->takes == Takes::nothing) {
    order.arguments[word] = true;
    return;
  } else {
    option = order.next_positional();
    if (option == nullptr) option = order.json_option();
    if (option == nullptr) throw ScriptError("too many words for " + order.spec->name + ": " + word);
  }
  auto& argument = order.arguments[argument_of(*option)];
  if (value.starts_with('"') && value.ends_with('"') && value.size() > 1) value = value.substr(1, value.size() - 2);
  switch (option->takes) {
    case Takes::nothing:
      argument = value == "true";
      break;
    case Takes::number:
      argument = static_cast<std::int64_t>(std::stoll(value));
      break;
    case Takes::file:
      argument = json::string(file(value));
      break;
    case Takes::json:
      argument = value.starts_with('{') ? value_of(value) : form(value.starts_with('@') ? value.substr(1) : value);
      break;
    case Takes::words:
      argument = json::string(argument.is_string() ? std::string(argument.get_string()) + " " + value : value);
      break;
    case Takes::text:
      argument = json::string(value);
      break;
  }
}

// Whoever usually does it, unless the step names somebody ("-": nobody).
void TradePlayer::add_staff(const std::string& place, Order& order) {
  if (order.spec->name == "register") return;  // there a handler is looked for
  const auto whose = place == TradeWorld::hub_place ? place : world_->body_of(place);
  for (const auto& [argument, who] : staff_[whose]) {
    const bool is_taken = order.option(argument) != nullptr;
    if (is_taken && !order.arguments.contains(argument)) order.arguments[argument] = json::string(who);
    if (is_taken && order.arguments[argument] == "-") order.arguments.erase(argument);
  }
}

// Each person has a passphrase of their own and types it themselves; a transcript does not speak of it.
void TradePlayer::add_passphrases(Order& order) {
  constexpr std::string_view ending = "_passphrase_file";
  for (const auto& option : order.spec->options) {
    const auto argument = argument_of(option);
    if (order.arguments.contains(argument)) continue;
    if (argument == "root_key") order.arguments[argument] = json::string(world_->root_key_file());
    if (!argument.ends_with(ending)) continue;
    const auto of = argument.substr(0, argument.size() - ending.size());
    const auto* who = order.arguments.if_contains(of == "officer" ? "name" : of);
    if (of == "root") order.arguments[argument] = json::string(world_->passphrase_file("root"));
    if (who != nullptr && who->is_string()) {
      order.arguments[argument] = json::string(world_->passphrase_file(std::string(who->get_string())));
    }
  }
}

// ---------------------------------------------------------------- forms and files

json::value TradePlayer::form(const std::string& name) const {
  const auto found = forms_.find(name);
  if (found == forms_.end()) throw ScriptError("no form or person of this name: " + name);
  return found->second;
}

// Facts of an application are texts, whatever they look like.
json::value TradePlayer::value_for(const std::string& path, const std::string& text) const {
  if (text.starts_with('@')) return form(text.substr(1));
  if (path.starts_with("facts.") && !text.starts_with('"')) return json::string(text);
  return value_of(text);
}

std::string TradePlayer::file(const std::string& name) {
  if (name.starts_with('@')) return world_->write_file(name.substr(1) + ".json", json::serialize(form(name.substr(1))));
  for (const auto& place : {folder_ / name, source_root() / name}) {
    if (fs::exists(place)) return place.string();
  }
  throw ScriptError("no such file: " + name);
}

std::string TradePlayer::text_of_file(const std::string& name) const {
  const auto path = fs::exists(folder_ / name) ? folder_ / name : source_root() / name;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ScriptError("no such file: " + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

// ---------------------------------------------------------------- outcomes

TradePlayer::Lines TradePlayer::set_down(const std::string& text) {
  Lines out;
  auto named = ids_.named(text);
  const auto folder = world_->folder().string();
  for (auto at = named.find(folder); at != std::string::npos; at = named.find(folder)) named.erase(at, folder.size());
  std::istringstream in(named);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// The first list in the reply; of its rows those that fit.
json::array TradePlayer::rows_of(const json::object& data, const Words& conditions) {
  json::array rows;
  for (const auto& member : data) {
    if (!member.value().is_array()) continue;
    rows = member.value().get_array();
    break;
  }
  for (const auto& condition : conditions) {
    const auto equals = equals_in(condition);
    if (equals == std::string::npos) throw ScriptError("expected column=value: " + condition);
    json::array kept;
    for (const auto& row : rows) {
      if (shown(find_at(row, condition.substr(0, equals))) == condition.substr(equals + 1)) kept.push_back(row);
    }
    rows = std::move(kept);
  }
  for (auto& row : rows)
    row = json::parse(ids_.named(json::serialize(row)));  // before columns are as wide as their ids
  return rows;
}

TradePlayer::Lines TradePlayer::outcome(const Result<program::Reply>& reply, const Order& order) {
  if (!reply) {
    const auto& failure = reply.error();
    auto text = "！" + (failure.field.empty() ? "" : failure.field + ": ") + failure.what.zh;
    if (!failure.rule.empty()) text += " [" + failure.rule + "]";
    return set_down(text);
  }
  const json::value data = reply->data;
  std::string text;
  for (const auto& field : order.show) {
    const auto* value = find_at(data, field);
    if (value == nullptr) throw ScriptError("the reply has no " + field + ": " + json::serialize(data));
    text += field + ": " + shown(value) + "\n";
  }
  if (!order.columns.empty()) {
    for (const auto& line : table_of(rows_of(reply->data, order.where), order.columns)) text += line + "\n";
  }
  if (order.show.empty() && order.columns.empty()) text = reply->human.zh;
  auto lines = set_down(text);
  if (lines.empty()) lines.emplace_back("（无）");
  return lines;
}

}  // namespace cunzheng::test
