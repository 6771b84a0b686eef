// The story that deploy/try.sh plays, and proof that its checker can turn red.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/source_tree.hpp"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <iostream>

namespace cunzheng::test {
namespace {

json::object last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  const auto begin = text.find_last_of('\n', end);
  const auto value = codec::parse_json(text.substr(begin == std::string::npos ? 0 : begin + 1, end - begin));
  return value && value->is_object() ? value->get_object() : json::object{};
}

// The whole story: cut off, killed, merged. Its last line has the fields of the promise, and they fit together.
TEST(Story, PlaysToItsEnd) {
  const std::filesystem::path script = test::source_root() / "deploy/story.sh";
  Process process("/bin/bash", {script.string(), program_folder().string()});
  const auto finished = process.finish(std::chrono::minutes(8));  // on a slow day, with sanitizers
  std::cout << finished.out;
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto summary = last_line(finished.out);
  std::vector<std::string> names;
  for (const auto& each : summary) names.emplace_back(each.key());
  EXPECT_EQ(names, (std::vector<std::string>{"issued", "merged", "refusals", "deliberations", "commitments", "findings",
                                             "rulings", "excluded_known_at_other_village", "catalogue_revision",
                                             "acked", "unacked", "lost", "duplicated"}));
  EXPECT_GE(number_at(summary, "issued"), 20);
  EXPECT_EQ(number_at(summary, "issued"), number_at(summary, "merged"));
  EXPECT_GE(number_at(summary, "refusals"), 5);
  EXPECT_GE(number_at(summary, "deliberations"), 2);
  EXPECT_GE(number_at(summary, "commitments"), 2);
  EXPECT_GE(number_at(summary, "findings"), 1);
  EXPECT_GE(number_at(summary, "rulings"), 1);
  EXPECT_GE(number_at(summary, "unacked"), 1);
  EXPECT_EQ(number_at(summary, "lost"), 0);
  EXPECT_EQ(number_at(summary, "duplicated"), 0);
  EXPECT_EQ(summary.at("excluded_known_at_other_village"), true);
  EXPECT_EQ(json::serialize(summary.at("catalogue_revision")), R"({"hub":8,"laptops":[8,8,8]})");
}

class Checker : public HubLaptop {
 protected:
  Finished compare(const json::array& rows, const std::string& acknowledgements) {
    const auto register_file = folder_.path() / "register";
    std::ofstream(register_file) << json::serialize(json::object{{"kind", "certificate"}, {"rows", rows}});
    const auto kept = folder_.path() / "acks";
    std::filesystem::remove(kept);
    EXPECT_EQ(run(program_folder() / "checker", {"keep", kept.string()}, acknowledgements).exit_code, 0);
    return run(program_folder() / "checker", {"compare", register_file.string(), kept.string()});
  }
};

// The checker compares what a laptop told with the register of a hub, and turns red when the hub lacks one certificate:
// first with a row taken out of the register, then with a hub that really lost it, because its store was set back, and
// that no laptop has talked to since. Doubled numbers turn it red too.
TEST_F(Checker, TurnsRedWhenTheHubLacksACertificate) {
  const auto laptop = ready_laptop("A", "v1");
  std::string acknowledgements;
  const auto issue = [&](const Resident& who) {
    const auto told = laptop.issue(residence(who));
    ASSERT_EQ(answer_of(told), "issued") << json::serialize(told.error);
    acknowledgements += json::serialize(told.data) + "\n";
  };
  issue(jia);
  issue(yi);
  laptop.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  copy_folder(district_.hub().store(), folder_.path() / "copy");
  district_.serve();
  issue(bing);
  laptop.sync();

  auto rows = district_.rows("certificate");
  ASSERT_EQ(rows.size(), 3U);
  const auto green = compare(rows, acknowledgements);
  EXPECT_EQ(green.exit_code, 0) << green.out;
  EXPECT_EQ(number_at(last_line(green.out), "acked"), 3);
  EXPECT_EQ(number_at(last_line(green.out), "lost"), 0);

  auto fewer = rows;
  fewer.pop_back();
  const auto red = compare(fewer, acknowledgements);
  EXPECT_NE(red.exit_code, 0);
  EXPECT_EQ(number_at(last_line(red.out), "lost"), 1);
  auto more = rows;
  more.push_back(rows[0]);
  EXPECT_EQ(number_at(last_line(compare(more, acknowledgements).out), "duplicated"), 1);

  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  std::filesystem::remove_all(district_.hub().store());
  copy_folder(folder_.path() / "copy", district_.hub().store());
  ASSERT_EQ(district_.hub().tell({"rebuild"}).exit_code, 0);
  const auto lost = compare(district_.rows("certificate"), acknowledgements);
  EXPECT_NE(lost.exit_code, 0);
  EXPECT_EQ(number_at(last_line(lost.out), "lost"), 1);

  district_.serve();
  laptop.sync();  // any living laptop brings it back
  laptop.sync();
  EXPECT_EQ(compare(district_.rows("certificate"), acknowledgements).exit_code, 0);
}

}  // namespace
}  // namespace cunzheng::test
