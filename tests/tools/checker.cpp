// A witness outside the programs: keeps what they acknowledged, and compares it later with what the hub has.
//
//   checker keep FILE             passes standard input on line by line; what in it is an acknowledgement is on FILE
//                                 before it is passed on. An acknowledgement is a line of JSON with "entry".
//   checker compare HUB ACKS...   HUB: JSON lines that the hub answered to `register KIND` and `inspect`, of every
//                                 register and every journal. ACKS: kept files. One JSON line:
//                                 {"acked", "certificates", "lost", "duplicated", "missing": [{what, entry}]}.
//                                 `certificates`: how many of the acknowledgements told a number.
//                                 Exit status 0 only if nothing acknowledged is missing or doubled.
//
// An acknowledgement is kept by the hub if its entry stands in a journal there and, for what has a register, in that
// register: a certificate under the number that was told, a spoiled one as spoiled. Doubled is an entry or a number
// that the hub shows twice, and an entry that was told twice.

#include "shared/codec/json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace json = cunzheng::codec::json;

constexpr std::size_t line_bytes_max = 1U << 30;

std::string text_in(const json::object& object, std::string_view name) {
  const auto* text = object.if_contains(name);
  return text != nullptr && text->is_string() ? std::string(text->get_string()) : std::string();
}

const json::array* array_in(const json::object& object, std::string_view name) {
  const auto* array = object.if_contains(name);
  return array != nullptr ? array->if_array() : nullptr;
}

// Empty: no object.
json::object object_in(const std::string& line) {
  auto value = cunzheng::codec::parse_json(line, line_bytes_max);
  return value && value->is_object() ? std::move(value->get_object()) : json::object();
}

// ---- keep

int keep(const char* file) {
  const int out = ::open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (out < 0) return 1;
  for (std::string line; std::getline(std::cin, line);) {
    const bool is_acknowledgement = !text_in(object_in(line), "entry").empty();
    line += '\n';
    const auto size = static_cast<ssize_t>(line.size());
    if (is_acknowledgement && ::write(out, line.data(), line.size()) != size) return 1;
    std::cout << line << std::flush;
  }
  return ::fsync(out) == 0 && ::close(out) == 0 ? 0 : 1;
}

// ---- compare

// What the hub said it has.
struct Hub {
  std::map<std::string, int> in_journals;                          // by entry
  std::map<std::string, std::map<std::string, int>> in_registers;  // by the register, by entry
  std::map<std::string, int> numbers;                              // of certificates, as machines read them
  std::map<std::string, std::string> number_of;                    // of the certificate with this entry
  std::set<std::string> spoiled;                                   // numbers
};

void add_row(Hub& hub, const std::string& kind, const json::object& row) {
  const auto entry = text_in(row, "entry");
  ++hub.in_registers[kind][entry];
  const auto number = text_in(row, "machine_number");
  if (number.empty()) return;
  ++hub.numbers[number];
  hub.number_of[entry] = number;
  if (text_in(row, "state") == "spoiled") hub.spoiled.insert(number);
}

bool read_hub(const char* file, Hub& hub) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto reply = object_in(line);
    if (const auto* rows = array_in(reply, "rows")) {
      for (const auto& row : *rows) add_row(hub, text_in(reply, "kind"), row.as_object());
    } else if (const auto* entries = array_in(reply, "entries")) {
      for (const auto& entry : *entries) ++hub.in_journals[text_in(entry.as_object(), "id")];
    } else {
      return false;
    }
  }
  return !hub.in_journals.empty();
}

// The register in which the hub must have it; empty: it has none (keys of officers, what the district enters).
std::string register_of(const json::object& told) {
  const auto answer = text_in(told, "answer");
  if (answer == "issued") return "certificate";
  if (answer == "refused") return "refusal";
  if (answer != "recorded" || told.contains("officer")) return {};
  if (told.contains("code")) return "deliberation";
  return told.contains("exclusion") ? "commitment" : "inquiry";
}

bool has(const Hub& hub, const json::object& told) {
  const auto entry = text_in(told, "entry");
  if (!hub.in_journals.contains(entry)) return false;
  const auto number = text_in(told, "machine_number");
  if (text_in(told, "answer") == "spoiled") return hub.spoiled.contains(number);
  const auto kind = register_of(told);
  if (kind.empty()) return true;
  const auto rows = hub.in_registers.find(kind);
  if (rows == hub.in_registers.end() || !rows->second.contains(entry)) return false;
  return kind != "certificate" || hub.number_of.at(entry) == number;
}

std::uint64_t shown_twice(const std::map<std::string, int>& shown) {
  std::uint64_t twice = 0;
  for (const auto& [what, times] : shown) twice += what.empty() || times == 1 ? 0 : 1;
  return twice;
}

int compare(int count, char** files) {
  Hub hub;
  if (!read_hub(files[0], hub)) {
    std::cerr << "checker: " << files[0] << " is not what a hub answers, or holds no journal\n";
    return 2;
  }
  std::uint64_t doubled = shown_twice(hub.numbers) + shown_twice(hub.in_journals);
  for (const auto& [kind, entries] : hub.in_registers) doubled += shown_twice(entries);

  std::set<std::string> acked;
  std::uint64_t certificates = 0;
  json::array missing;
  for (int k = 1; k < count; ++k) {
    std::ifstream kept(files[k]);
    for (std::string line; std::getline(kept, line);) {
      const auto told = object_in(line);
      const auto entry = text_in(told, "entry");
      if (entry.empty()) continue;
      if (!acked.insert(entry).second) ++doubled;
      if (text_in(told, "answer") == "issued") ++certificates;
      if (!has(hub, told)) {
        const auto number = text_in(told, "machine_number");
        missing.push_back(json::object{{"what", number.empty() ? text_in(told, "answer") : number}, {"entry", entry}});
      }
    }
  }
  const bool good = missing.empty() && doubled == 0;
  std::cout << json::serialize(json::object{{"acked", acked.size()},
                                            {"certificates", certificates},
                                            {"lost", missing.size()},
                                            {"duplicated", doubled},
                                            {"missing", missing}})
            << std::endl;
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "keep" && argc == 3) return keep(argv[2]);
  if (what == "compare" && argc >= 3) return compare(argc - 2, argv + 2);
  std::cerr << "usage: checker keep FILE | checker compare HUB ACKS...\n";
  return 2;
}
