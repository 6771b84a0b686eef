// FORMAT.md says what the code does: its examples are the golden vectors, its tables are those of the code.

#include "shared/journal/bodies.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/vectors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

namespace cunzheng::journal {
namespace {

const std::string& document() {
  static const auto text = test::tree_text("shared/FORMAT.md");
  return text;
}

// The text from a heading to the next one.
std::string section(const std::string& heading) {
  const auto from = document().find("\n## " + heading);
  if (from == std::string::npos) {
    ADD_FAILURE() << "FORMAT.md has no section " << heading;
    return {};
  }
  const auto to = document().find("\n## ", from + 1);
  return document().substr(from, to == std::string::npos ? to : to - from);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// All cells of the rows of a section's tables that match the pattern.
std::vector<std::smatch> rows_of(const std::vector<std::string>& lines, const std::regex& pattern) {
  std::vector<std::smatch> rows;
  for (const auto& line : lines) {
    std::smatch row;
    if (std::regex_search(line, row, pattern)) rows.push_back(row);
  }
  return rows;
}

Bytes golden(const std::string& file, const std::string& name) {
  for (const auto& value : test::read_vector(file)) {
    if (value.name == name) return value.bytes;
  }
  ADD_FAILURE() << file << " has no " << name;
  return {};
}

// A worked example that nobody runs goes stale: each one, marked "<!-- vector: file name -->", is read out of the text
// and compared with its golden vector, offsets too (checklist 1).
TEST(Format, ExamplesAreGoldenVectors) {
  static const std::regex marker(R"(^<!-- vector: (\S+) (.+) -->$)");
  static const std::regex example_line(R"(^ *(\d+)  ([0-9a-f]+)(  .*)?$)");
  std::set<std::string> seen;
  const auto lines = lines_of(document());
  for (std::size_t k = 0; k < lines.size(); ++k) {
    std::smatch named;
    if (!std::regex_match(lines[k], named, marker)) continue;
    Bytes shown;
    ASSERT_LT(k + 1, lines.size());
    ASSERT_EQ(lines[++k], "```") << "line " << k;
    for (++k; k < lines.size() && lines[k] != "```"; ++k) {
      std::smatch parts;
      ASSERT_TRUE(std::regex_match(lines[k], parts, example_line)) << lines[k];
      EXPECT_EQ(std::stoul(parts[1]), shown.size()) << lines[k];
      const auto bytes = from_hex(parts[2].str());
      ASSERT_TRUE(bytes.has_value()) << lines[k];
      append(shown, *bytes);
    }
    EXPECT_EQ(to_hex(shown), to_hex(golden(named[1], named[2]))) << named[0];
    seen.insert(named[0]);
  }
  EXPECT_EQ(seen.size(), 4U);
}

// The table of an entry's places leaves no gap and ends where the parents begin.
TEST(Format, EntryTableHasNoGap) {
  const auto lines = lines_of(section("2. "));
  std::size_t at = 0;
  for (const auto& row : rows_of(lines, std::regex(R"(^\| (\d+) \| (\d+) \| )"))) {
    EXPECT_EQ(std::stoul(row[1]), at) << row[0];
    at = std::stoul(row[1]) + std::stoul(row[2]);
  }
  EXPECT_EQ(at, 164U);
}

struct KindRow {
  std::uint16_t kind;
  std::string name;
  std::uint16_t version;
  std::string journal;
  auto operator<=>(const KindRow&) const = default;
};

std::ostream& operator<<(std::ostream& out, const KindRow& row) {
  return out << row.kind << " " << row.name << " " << row.version << " " << row.journal;
}

std::string journal_of(std::uint16_t kind) {
  std::vector<std::string> places;
  for (const auto journal : {JournalKind::device, JournalKind::district, JournalKind::body, JournalKind::office}) {
    if (may_stand_in(BodyKind(kind), journal)) places.emplace_back(codec::name_of(journal));
  }
  if (places.size() == 4) return "any";
  return places == std::vector<std::string>{"district", "body", "office"} ? "body"
         : places.size() == 1                                             ? places[0]
                                                                          : "?";
}

template <class... Bodies>
std::set<KindRow> kinds_in_code(BodyList<Bodies...>) {
  return {KindRow{Bodies::kind, Bodies::name, Bodies::version, journal_of(Bodies::kind)}...};
}

// Every body kind stands in the table with its number, version and journal, and no other does.
TEST(Format, BodyTableIsThatOfTheCode) {
  const auto lines = lines_of(section("4. "));
  std::set<KindRow> shown;
  for (const auto& row : rows_of(lines, std::regex(R"(^\| (\d+) \| (\w+) \| (\d+) \| (\w+) \|)"))) {
    shown.insert({static_cast<std::uint16_t>(std::stoul(row[1])), row[2],
                  static_cast<std::uint16_t>(std::stoul(row[3])), row[4]});
  }
  EXPECT_EQ(shown, kinds_in_code(AllBodies{}));
}

// ---- names of hashes, signatures and keys

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The first literal of such a call, if it looks like a name: `tagged_hash("entry", ...)`, `sign(key, "head", ...)`.
void names_given_to(const std::string& function, const std::string& text, std::set<std::string>& names) {
  constexpr std::size_t reach = 200;
  for (auto at = text.find(function + "("); at != std::string::npos; at = text.find(function + "(", at + 1)) {
    if (at > 0 && is_word(text[at - 1])) continue;
    const auto quote = text.find_first_of("\";{}", at);
    if (quote == std::string::npos || quote - at > reach || text[quote] != '"') continue;
    const auto name = text.substr(quote + 1, text.find('"', quote + 1) - quote - 1);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || c == '-' || c == '/' || c == ' ';
    });
    if (plain) names.insert(name);
  }
}

std::set<std::string> names_in_code() {
  std::set<std::string> names;
  static const std::regex enrolment(R"re("(enrol-[a-z]+)")re");
  for (const auto* room : {"shared", "sync", "client", "hub"}) {
    const auto folder = test::source_root() / room;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
      const auto ending = file.path().extension();
      if (!file.is_regular_file() || (ending != ".cpp" && ending != ".hpp")) continue;
      const auto text = test::tree_text(file.path().lexically_relative(test::source_root()).string());
      for (const auto* function : {"sign", "verify", "tagged_hash", "tagged_hasher", "derive", "signed_by_officers",
                                   "sign_all", "signed_paper"}) {
        names_given_to(function, text, names);
      }
      // Those of an enrolment are named constants.
      for (auto hit = std::sregex_iterator(text.begin(), text.end(), enrolment); hit != std::sregex_iterator(); ++hit) {
        names.insert((*hit)[1]);
      }
    }
  }
  return names;
}

// A name of a hash, a signature or a derived key that the document does not know cannot be checked by anybody else; one
// that the code does not know is stale.
TEST(Format, NamesAreThoseOfTheCode) {
  const auto lines = lines_of(section("5. "));
  std::set<std::string> shown;
  for (const auto& row : rows_of(lines, std::regex(R"(^\| `([^`]+)` \|)"))) {
    EXPECT_TRUE(shown.insert(row[1]).second) << row[1] << " stands twice";
  }
  const auto code = names_in_code();
  for (const auto& name : code) EXPECT_TRUE(shown.contains(name)) << name << " is in the code and not in section 5";
  for (const auto& name : shown) EXPECT_TRUE(code.contains(name)) << name << " is in section 5 and not in the code";
}

}  // namespace
}  // namespace cunzheng::journal
