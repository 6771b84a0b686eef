// The house rules hold in the whole tree: every check over every file, and what only the tree as a whole can show.

#include "tests/tidy/tree.hpp"

#include "tests/tidy/checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::tidy {
namespace {

const std::filesystem::path root = CUNZHENG_SOURCE_DIR;

// Files that may break a rule, with the reason. A line here is a debt: it goes when the file no longer needs it.
struct Exception {
  std::string_view check;
  std::string_view path;
  std::string_view reason;
};
const std::vector<Exception> exceptions{};

const std::vector<Source>& tree() {
  static const auto sources = read_tree(root);
  return sources;
}

const Source* file(std::string_view path) {
  const auto found = std::find_if(tree().begin(), tree().end(), [&](const Source& s) { return s.path == path; });
  return found == tree().end() ? nullptr : &*found;
}

bool is_excepted(std::string_view check, std::string_view path) {
  return std::any_of(exceptions.begin(), exceptions.end(),
                     [&](const Exception& e) { return e.check == check && e.path == path; });
}

// Fails once for each complaint, so that one run shows all of them.
void expect_none(std::string_view name, const std::function<Complaints(const Source&)>& check) {
  ASSERT_FALSE(tree().empty()) << "nothing to read in " << root;
  for (const auto& source : tree()) {
    const auto complaints = check(source);
    if (is_excepted(name, source.path)) {
      EXPECT_FALSE(complaints.empty()) << source.path << " keeps the rule '" << name << "': strike its exception";
      continue;
    }
    for (const auto& complaint : complaints) {
      ADD_FAILURE_AT((root / complaint.path).c_str(), static_cast<int>(complaint.line)) << complaint.what;
    }
  }
}

TEST(Tree, IncludesFollowTheLayers) { expect_none("layers", layers); }

TEST(Tree, PureRoomsTakeTimeAndChanceAsArguments) { expect_none("determinism", determinism); }

TEST(Tree, AwaitsAreOfTheShapeThatGccCompilesRight) { expect_none("await_shapes", await_shapes); }

TEST(Tree, IteratorStatusIsRead) { expect_none("unread_iterators", unread_iterators); }

TEST(Tree, NothingIsMarkedUnfinished) { expect_none("leftovers", leftovers); }

TEST(Tree, NoPathOfOneMachine) { expect_none("private_places", private_places); }

TEST(Tree, FilesAreShortEnoughToRead) { expect_none("too_long", too_long); }

TEST(Tree, RulesNamedInCodeAreListed) {
  const auto* list = file("shared/domain/RULES.md");
  ASSERT_NE(list, nullptr) << "the list of rules is missing";
  const auto listed = rules_in(list->text);
  expect_none("unknown_rules", [&](const Source& source) { return unknown_rules(source, listed); });
}

// No item, purpose, requester, kind of meeting, matter or day of the law stands in code: a district replaces the data.
TEST(Tree, NoIdOfTheDataIsNamedInCode) {
  std::set<std::string> ids;
  for (const auto& source : tree()) {
    if (source.path.starts_with("deploy/data/") && source.path.ends_with(".json")) add_ids(source.text, ids);
  }
  // One of each kind: the files were read as they are meant.
  for (const auto* id : {"residence-in-community", "n5-no-crime", "party-matters", "school-enrolment", "court",
                         "public_utility", "representatives_meeting", "homestead", "township_approved",
                         "deliberation_ref", "trial-relief-household", "stop", "measures-36-2026"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
  expect_none("named_data", [&](const Source& source) { return named_data(source, ids); });
}

TEST(Tree, NoFolderIsEmpty) { EXPECT_EQ(empty_folders(root), std::vector<std::string>()); }

// A folder of code that the table of layers does not know would be checked by nobody.
TEST(Tree, EveryFolderOfCodeIsARoomAndHasCode) {
  for (const auto* above : {"shared", "sync"}) {
    for (const auto& folder : std::filesystem::directory_iterator(root / above)) {
      if (!folder.is_directory()) continue;
      const auto room = folder.path().lexically_relative(root).generic_string();
      EXPECT_TRUE(is_room(room)) << room << " has no row in the table of layers";
      const auto lies_here = [&](const Source& s) { return is_code(s) && s.path.starts_with(room + "/"); };
      EXPECT_TRUE(std::any_of(tree().begin(), tree().end(), lies_here)) << room << " has no code";
    }
  }
}

// A fuzz target that starts from nothing finds little: each has inputs to begin with, and to replay.
TEST(Tree, EveryFuzzTargetHasACorpus) {
  constexpr std::string_view before = "tests/fuzz/";
  constexpr std::string_view after = "_fuzz.cpp";
  for (const auto& source : tree()) {
    if (!source.path.starts_with(before) || !source.path.ends_with(after)) continue;
    const auto name = source.path.substr(before.size(), source.path.size() - before.size() - after.size());
    const auto corpus = root / "tests/fuzz/corpus" / name;
    EXPECT_TRUE(std::filesystem::is_directory(corpus) && !std::filesystem::is_empty(corpus)) << corpus << " is missing";
  }
}

}  // namespace
}  // namespace cunzheng::tidy
