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
  // All that the hub has, as its registers and journals say it.
  std::vector<json::object> hub_has() const {
    std::vector<json::object> replies;
    for (const auto* kind : {"certificate", "refusal", "deliberation", "commitment", "inquiry", "application"}) {
      replies.push_back(district_.hub().ask({"register", kind}));
    }
    const auto journals = district_.hub().ask({"inspect"}).at("journals").get_array();
    for (const auto& journal : journals) {
      replies.push_back(district_.hub().ask({"inspect", "--journal", text_at(journal.get_object(), "journal")}));
    }
    return replies;
  }

  Finished compare(const std::vector<json::object>& has) {
    const auto hub_file = folder_.path() / "hub-has";
    std::ofstream out(hub_file);
    for (const auto& reply : has) out << json::serialize(reply) << "\n";
    out.close();
    const auto kept = folder_.path() / "acks";
    std::filesystem::remove(kept);
    const auto passed = run(program_folder() / "checker", {"keep", kept.string()}, told_);
    EXPECT_EQ(passed.exit_code, 0);
    EXPECT_EQ(passed.out, told_) << "keep passes everything on";
    return run(program_folder() / "checker", {"compare", hub_file.string(), kept.string()});
  }

  void tell(const Told& told, std::string_view answer) {
    ASSERT_EQ(answer_of(told), answer) << json::serialize(told.error);
    told_ += json::serialize(told.data) + "\n";
  }

  json::array& rows_of(std::vector<json::object>& has, std::string_view kind) const {
    for (auto& reply : has) {
      if (text_at(reply, "kind") == kind) return reply.at("rows").get_array();
    }
    throw TrialFailed("no such register");
  }

  void expect(std::vector<json::object> has, std::int64_t lost, std::int64_t duplicated, const std::string& what) {
    const auto finished = compare(has);
    EXPECT_EQ(finished.exit_code, lost + duplicated == 0 ? 0 : 1) << what << ": " << finished.out << finished.err;
    const auto said = last_line(finished.out);
    EXPECT_EQ(number_at(said, "lost"), lost) << what << ": " << finished.out;
    EXPECT_EQ(number_at(said, "duplicated"), duplicated) << what << ": " << finished.out;
  }

  std::string told_ = "what is no acknowledgement\n";
};

// The checker compares what a laptop told with what a hub has, and turns red when the hub lacks one entry: first with
// rows taken out of registers or changed, then with a hub that really lost it, because its store was set back, and that
// no laptop has talked to since. What stands there twice turns it red too.
TEST_F(Checker, TurnsRedWhenTheHubLacksAnEntry) {
  const auto laptop = ready_laptop("A", "v1");
  const auto by_handler = [&](const char* command, const json::object& input) {
    return laptop.tell({command, "--input", "-", "--handler", "测试壬"}, json::serialize(input));
  };
  tell(laptop.issue(residence(jia)), "issued");
  tell(laptop.issue(residence(yi)), "issued");
  tell(by_handler("refuse", no_crime(bing)), "refused");
  tell(by_handler("commit", commitment(gui)), "recorded");
  laptop.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  copy_folder(district_.hub().store(), folder_.path() / "copy");
  district_.serve();
  tell(by_handler("inquire", {{"question", "要带什么材料"}, {"answer", "身份证件"}}), "recorded");
  const auto second = text_at(laptop.ask({"status"}), "last_printed_number");
  tell(laptop.tell({"spoil", second, "--handler", "测试壬", "--reason", "打印走纸"}), "spoiled");
  laptop.sync();

  const auto whole = hub_has();
  expect(whole, 0, 0, "all is there");
  EXPECT_EQ(number_at(last_line(compare(whole).out), "acked"), 6);
  EXPECT_EQ(number_at(last_line(compare(whole).out), "certificates"), 2);

  for (const auto* kind : {"certificate", "refusal", "commitment", "inquiry"}) {
    auto fewer = whole;
    auto& rows = rows_of(fewer, kind);
    ASSERT_FALSE(rows.empty()) << kind;
    rows.erase(rows.begin());
    expect(fewer, 1, 0, std::string("a row less of ") + kind);
    auto more = whole;
    rows_of(more, kind).push_back(json::value(rows_of(more, kind)[0]));
    // A certificate has two things that may stand there once only: its entry and its number.
    expect(more, 0, std::string_view(kind) == "certificate" ? 2 : 1, std::string("a row twice of ") + kind);
  }
  auto another = whole;
  rows_of(another, "certificate")[0].get_object()["entry"] = std::string(64, '0');
  expect(another, 1, 0, "the same number with another entry");
  auto swapped = whole;
  auto& both = rows_of(swapped, "certificate");
  std::swap(both[0].get_object()["machine_number"], both[1].get_object()["machine_number"]);
  for (auto& row : both) row.get_object()["state"] = "spoiled";
  expect(swapped, 2, 0, "the same entries with other numbers");
  auto unspoiled = whole;
  for (auto& row : rows_of(unspoiled, "certificate")) row.get_object()["state"] = "issued";
  expect(unspoiled, 1, 0, "a spoiled one that stands");
  auto short_journal = whole;
  for (auto& reply : short_journal) {
    if (const auto* entries = reply.if_contains("entries"); entries != nullptr && entries->get_array().size() > 8) {
      reply["entries"].get_array().pop_back();
    }
  }
  expect(short_journal, 1, 0, "a journal without its end");

  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  std::filesystem::remove_all(district_.hub().store());
  copy_folder(folder_.path() / "copy", district_.hub().store());
  ASSERT_EQ(district_.hub().tell({"rebuild"}).exit_code, 0);
  expect(hub_has(), 2, 0, "set back: neither the question nor the spoiled one");

  district_.serve();
  laptop.sync();  // any living laptop brings it back
  laptop.sync();
  expect(hub_has(), 0, 0, "brought back");
}

}  // namespace
}  // namespace cunzheng::test
