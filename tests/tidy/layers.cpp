#include "tests/tidy/checks.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::tidy {
namespace {

using Patterns = std::vector<std::string_view>;

// ---------------------------------------------------------------- our own rooms

struct Layer {
  std::string_view room;
  bool pure;         // takes clock, chance and disk as arguments only
  Patterns may_see;  // other rooms; each sees itself
};

const std::vector<Layer>& layer_table() {
  static const std::vector<Layer> table{
      {"shared/base", true, {}},
      {"shared/codec", true, {"shared/base"}},
      {"shared/crypto", true, {"shared/base", "shared/codec"}},
      {"shared/domain", true, {"shared/base", "shared/codec", "shared/crypto"}},
      {"shared/journal", true, {"shared/base", "shared/codec", "shared/crypto", "shared/domain"}},
      {"shared/registers", true, {"shared"}},
      {"sync/core", true, {"shared"}},
      {"sync/store", false, {"shared"}},
      {"sync/link",
       false,  // carries entries, does not understand them: no shared/domain
       {"shared/base", "shared/codec", "shared/crypto", "shared/journal", "shared/registers", "sync/core"}},
      {"sync/carry", false, {"shared", "sync/core", "sync/store"}},
      {"sync/program", false, {"shared", "sync"}},  // what both programs say or do
      {"client", false, {"shared", "sync"}},
      {"hub", false, {"shared", "sync"}},
      {"tests", false, {"shared", "sync", "client", "hub"}},
  };
  return table;
}

bool lies_in(std::string_view path, std::string_view room) {
  return path.starts_with(room) && path.size() > room.size() && path[room.size()] == '/';
}

const Layer* layer_of(std::string_view path) {
  const auto& table = layer_table();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const Layer& layer) { return lies_in(path, layer.room); });
  return row == table.end() ? nullptr : &*row;
}

// ---------------------------------------------------------------- what others made

struct Foreign {
  std::string_view headers;  // by prefix; the first row that fits counts
  Patterns allowed_in;       // patterns of files
};

const std::vector<Foreign>& foreign_table() {
  // Slow to compile and hard to reason about: few files hold an event loop.
  static const Patterns event_loop{"sync/link/*.cpp",
                                   "sync/store/store_thread.cpp",
                                   "sync/program/control.cpp",
                                   "client/main.cpp",
                                   "client/app.cpp",
                                   "client/gate.cpp",
                                   "client/*agent.cpp",
                                   "client/web/*.cpp",
                                   "hub/main.cpp",
                                   "hub/app.cpp",
                                   "hub/gate.cpp",
                                   "hub/*agent.cpp",
                                   "hub/web/*.cpp",
                                   "tests/*"};
  static const Patterns shell{"sync/program/*", "client/*", "hub/*", "tests/*"};
  static const std::vector<Foreign> table{
      {"tl/", {"shared/base/result.hpp"}},
      {"cereal/cereal.hpp", {"shared/*", "sync/*", "tests/*"}},  // names in serialize()
      {"cereal/", {"shared/codec/*", "tests/*"}},                // its archives trust what they read
      {"boost/json", {"shared/codec/*.cpp", "shared/codec/json.hpp", "sync/program/*", "client/*", "hub/*", "tests/*"}},
      {"boost/asio", event_loop},
      {"boost/beast", event_loop},
      {"boost/system", event_loop},
      {"boost/", {"sync/link/*.cpp", "sync/program/*", "client/*", "hub/*", "tests/*"}},
      {"sodium", {"shared/crypto/*.cpp", "tests/*"}},
      {"openssl/",
       {"shared/crypto/*.cpp", "sync/link/*.cpp", "sync/program/*.cpp", "client/*.cpp", "hub/*.cpp", "tests/*"}},
      {"leveldb/", {"sync/store/leveldb_*.cpp", "tests/*"}},
      {"zstd", {"sync/link/*.cpp", "sync/carry/*.cpp", "tests/*"}},
      {"xlsxwriter", {"sync/program/sheet_file.cpp"}},
      {"CLI/", shell},
      {"fmt/", shell},
      {"spdlog/", shell},
      {"gtest/", {"tests/*"}},
      {"gmock/", {"tests/*"}},
      {"benchmark/", {"tests/*"}},
  };
  return table;
}

// The operating system's own headers: <unistd.h>, <sys/stat.h>.
const Patterns& system_users() {
  static const Patterns users{"sync/store/*.cpp", "sync/link/*.cpp", "sync/carry/*.cpp", "sync/program/*.cpp",
                              "client/*.cpp",     "hub/*.cpp",       "tests/*"};
  return users;
}

// Of the standard library, what a pure room must not have.
constexpr std::array impure_headers{"atomic",  "barrier",       "condition_variable", "ctime",        "filesystem",
                                    "fstream", "future",        "iostream",           "latch",        "locale",
                                    "mutex",   "random",        "semaphore",          "shared_mutex", "stop_token",
                                    "thread",  "unordered_map", "unordered_set"};

constexpr std::array impure_words{"system_clock",  "steady_clock",  "high_resolution_clock", "utc_clock",
                                  "random_device", "unordered_map", "unordered_set",         "getenv",
                                  "setlocale",     "clock_gettime", "gettimeofday",          "localtime",
                                  "srand"};

bool any_fits(std::string_view path, const Patterns& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) { return fits(path, pattern); });
}

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_standard(std::string_view header) { return header.find_first_of("./") == header.npos; }

// Empty: nothing is wrong with it.
std::string wrong_with_own(const Layer& layer, std::string_view header) {
  if (layer_of(header) == nullptr) return "is not written from the root of the tree";
  if (lies_in(header, layer.room)) return {};
  const auto seen = [&](std::string_view room) { return lies_in(header, room); };
  if (std::any_of(layer.may_see.begin(), layer.may_see.end(), seen)) return {};
  return "is out of bounds for " + std::string(layer.room);
}

std::string wrong_with_foreign(const Source& source, const Layer& layer, std::string_view header) {
  if (is_standard(header)) {
    return layer.pure && holds(impure_headers, header) ? "has no place in a pure room" : std::string();
  }
  const auto& table = foreign_table();
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const Foreign& f) { return header.starts_with(f.headers); });
  if (row != table.end()) return any_fits(source.path, row->allowed_in) ? std::string() : "is not for this file";
  if (any_fits(source.path, system_users())) return {};
  return "is foreign here and has no row in the table of layers";
}

}  // namespace

bool is_room(std::string_view folder) {
  const auto& table = layer_table();
  return std::any_of(table.begin(), table.end(), [&](const Layer& layer) { return layer.room == folder; });
}

Complaints layers(const Source& source) {
  if (!is_code(source)) return {};
  const auto* layer = layer_of(source.path);
  if (layer == nullptr) return {{source.path, 0, "lies in no room of the table of layers"}};
  Complaints complaints;
  for (const auto& include : includes_of(source)) {
    const auto wrong =
        include.quoted ? wrong_with_own(*layer, include.header) : wrong_with_foreign(source, *layer, include.header);
    if (!wrong.empty()) complaints.push_back({source.path, include.line, "include of " + include.header + " " + wrong});
  }
  return complaints;
}

Complaints determinism(const Source& source) {
  const auto* layer = layer_of(source.path);
  if (!is_code(source) || layer == nullptr || !layer->pure) return {};
  const auto code = code_only(source.text);
  Complaints complaints;
  for (const auto& word : words_of(code)) {
    if (holds(impure_words, word.text)) {
      complaints.push_back({source.path, line_at(code, word.at), std::string(word.text) + " in a pure room"});
    }
  }
  return complaints;
}

}  // namespace cunzheng::tidy
