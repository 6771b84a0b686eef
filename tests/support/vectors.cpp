#include "tests/support/vectors.hpp"

#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace cunzheng::test {
namespace {

constexpr std::size_t bytes_a_line = 32;

bool rewrites() { return std::getenv("CUNZHENG_REWRITE") != nullptr; }

std::string to_text(const std::string& about, const std::vector<NamedBytes>& values) {
  std::string out = "# " + about + "\n";
  for (const auto& value : values) {
    out += value.name + "\n";
    for (std::size_t at = 0; at < value.bytes.size(); at += bytes_a_line) {
      const auto count = std::min(bytes_a_line, value.bytes.size() - at);
      out += "  " + to_hex(ByteView(value.bytes).subspan(at, count)) + "\n";
    }
  }
  return out;
}

}  // namespace

std::vector<NamedBytes> read_vector(const std::string& file) {
  std::istringstream text(tree_text("tests/vectors/" + file));
  std::vector<NamedBytes> values;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("#")) continue;
    if (!line.starts_with("  ")) {
      values.push_back({line, {}});
      continue;
    }
    const auto bytes = from_hex(line.substr(2));
    if (!bytes || values.empty()) {
      ADD_FAILURE() << file << ": not a line of a vector: " << line;
      return {};
    }
    append(values.back().bytes, *bytes);
  }
  return values;
}

void expect_vector(const std::string& file, const std::string& about, const std::vector<NamedBytes>& values) {
  const auto path = source_root() / "tests" / "vectors" / file;
  if (rewrites()) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << to_text(about, values);
  }
  const auto golden = read_vector(file);
  ASSERT_EQ(golden.size(), values.size()) << file << ": another number of values";
  for (std::size_t k = 0; k < values.size(); ++k) {
    EXPECT_EQ(golden[k].name, values[k].name) << file;
    EXPECT_EQ(to_hex(golden[k].bytes), to_hex(values[k].bytes))
        << file << ", " << values[k].name << ": the bytes changed. Meant so? See tests/support/vectors.hpp.";
  }
}

}  // namespace cunzheng::test
