// A witness outside the programs: keeps what they acknowledged, and compares it later with what the hub has.
//
//   checker keep FILE                      copies standard input to FILE line by line, durably, until it ends
//   checker compare REGISTER ACKS...       REGISTER: the hub's `register certificate --json`; ACKS: kept files.
//                                          One JSON line: {"acked", "lost", "duplicated", "missing": [numbers]}.
//                                          Exit status 0 only if nothing acknowledged is missing or doubled.
//
// An acknowledgement is a line of JSON with "machine_number"; other lines are no acknowledgements.

#include "shared/codec/json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace {

namespace json = cunzheng::codec::json;

int keep(const char* file) {
  const int out = ::open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (out < 0) return 1;
  std::string line;
  while (std::getline(std::cin, line)) {
    line += '\n';
    if (::write(out, line.data(), line.size()) != static_cast<ssize_t>(line.size())) return 1;
  }
  return ::fsync(out) == 0 && ::close(out) == 0 ? 0 : 1;
}

std::string number_in(const json::value& value) {
  if (!value.is_object()) return {};
  const auto* number = value.as_object().if_contains("machine_number");
  return number != nullptr && number->is_string() ? std::string(number->as_string()) : std::string();
}

int compare(int count, char** files) {
  std::ifstream register_file(files[0]);
  std::stringstream text;
  text << register_file.rdbuf();
  const auto parsed = cunzheng::codec::parse_json(text.str(), 1U << 30);
  if (!parsed || !parsed->is_object() || !parsed->as_object().contains("rows")) {
    std::cerr << "checker: " << files[0] << " is not a register\n";
    return 2;
  }
  std::map<std::string, int> at_hub;
  for (const auto& row : parsed->as_object().at("rows").as_array()) ++at_hub[number_in(row)];

  std::set<std::string> acked;
  std::uint64_t doubled = 0;
  for (int k = 1; k < count; ++k) {
    std::ifstream kept(files[k]);
    std::string line;
    while (std::getline(kept, line)) {
      const auto value = cunzheng::codec::parse_json(line);
      const auto number = value ? number_in(*value) : std::string();
      if (!number.empty() && !acked.insert(number).second) ++doubled;  // one number told twice
    }
  }
  json::array missing;
  for (const auto& number : acked) {
    if (!at_hub.contains(number)) missing.emplace_back(json::string(number));
  }
  for (const auto& [number, times] : at_hub) doubled += number.empty() || times == 1 ? 0 : 1;
  const bool good = missing.empty() && doubled == 0;
  std::cout << json::serialize(json::object{
                   {"acked", acked.size()}, {"lost", missing.size()}, {"duplicated", doubled}, {"missing", missing}})
            << std::endl;
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "keep" && argc == 3) return keep(argv[2]);
  if (what == "compare" && argc >= 3) return compare(argc - 2, argv + 2);
  std::cerr << "usage: checker keep FILE | checker compare REGISTER ACKS...\n";
  return 2;
}
