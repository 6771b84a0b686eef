// What a hub tells laptops that are connected, and what it stops telling one that is no longer welcome.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/memory_laptop.hpp"
#include "tests/support/source_tree.hpp"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>

namespace cunzheng::test {
namespace {

class Live : public HubLaptop {
 protected:
  static json::object status(const TrialLaptop& laptop) { return laptop.ask({"status"}); }
  static bool is_connected(const TrialLaptop& laptop) { return status(laptop).at("connected").as_bool(); }
  static std::string today(const TrialLaptop& laptop) {
    return text_at(status(laptop).at("clock").get_object(), "now").substr(0, 10);
  }

  // A file of the shipped data under another revision, in force since a year.
  Told publish(const std::string& kind, const std::string& file, std::uint32_t revision) {
    auto data = codec::parse_json(tree_text("deploy/data/" + file)).value();
    data.get_object()["revision"] = revision;
    const auto path = folder_.path() / file;
    std::ofstream(path) << json::serialize(data);
    Process::Arguments command{kind, "publish", "--file", path.string()};
    for (const auto& word : district_.signed_by_both()) command.push_back(word);
    return district_.hub().tell(std::move(command));
  }
  // The shipped catalogue with so many more items that it fills most of an entry.
  Told publish_large_catalogue(std::uint32_t revision, const std::string& effective_from) {
    auto data = codec::parse_json(tree_text("deploy/data/catalogue-8-trial.json")).value();
    data.get_object()["revision"] = revision;
    data.get_object()["effective_from"] = effective_from;
    auto& items = data.get_object()["issuable"].get_array();
    const auto pattern = items[0];
    for (int k = 0; k < 200; ++k) {
      auto item = pattern.get_object();
      const auto number = std::to_string(k);
      item["id"] = "residence-of-kind-" + number;
      item["name"] = json::object{{"zh", "居住证明之" + number}, {"en", "Residence, kind " + number}};
      item["synonyms"] = json::array{};
      items.push_back(std::move(item));
    }
    const auto path = folder_.path() / "large.json";
    std::ofstream(path) << json::serialize(data);
    Process::Arguments command{"catalogue", "publish", "--file", path.string()};
    for (const auto& word : district_.signed_by_both()) command.push_back(word);
    return district_.hub().tell(std::move(command));
  }
  // Entries of the hub that the laptop holds, by journal's name.
  static std::int64_t entries_of_hub(const TrialLaptop& laptop) {
    std::int64_t count = 0;
    const auto journals = laptop.ask({"inspect"}).at("journals").get_array();
    for (const auto& each : journals) {
      const auto kind = text_at(each.get_object(), "kind");
      if (kind == "district" || kind == "body") count += number_at(each.get_object(), "last") + 1;
    }
    return count;
  }
};

// Everything that a hub can say reaches a laptop that is connected, on the connection it has. How long it took is
// printed; the issue asks for two seconds.
TEST_F(Live, EveryKindIsPushedOnTheSameConnection) {
  CuttingProxy line({.target_port = district_.port()});
  auto laptop = district_.enrol("A", "v1", "127.0.0.1:" + std::to_string(line.port()));
  district_.staff(laptop);
  ASSERT_EQ(answer_of(laptop.tell({"commit", "--input", "-", "--handler", "测试壬"}, json::serialize(commitment(gui)))),
            "recorded");
  laptop.start();
  ASSERT_TRUE(wait_until([&] { return is_connected(laptop) && district_.rows("commitment").size() == 1; }));
  const auto connections = line.counts().connections;
  const auto day = today(laptop);

  const auto decide = [&] {
    Process::Arguments command{"credit",           "decide",
                               "--commitment",     text_at(district_.rows("commitment")[0].get_object(), "subject"),
                               "--decision-no",    "示民信决〔2026〕8号",
                               "--decided-on",     day,
                               "--deciding-organ", "示范区民政局",
                               "--heard-on",       day,
                               "--served-on",      day,
                               "--consequences",   "stop",
                               "--evidence",       (source_root() / "README.md").string()};
    for (const auto& word : district_.signed_by_both()) command.push_back(word);
    return district_.hub().tell(std::move(command));
  };
  const auto rule = [&] {
    const auto findings = district_.hub().ask({"findings", "--open"}).at("findings").get_array();
    if (findings.empty()) return Told{};
    const auto& finding = findings[0].get_object();
    return district_.hub().tell({"rule", "--finding", text_at(finding, "id"), "--outcome",
                                 std::string(finding.at("allowed").get_array()[0].get_string()), "--reason", "核对过",
                                 "--officer1", "演示午", "--officer1-passphrase-file",
                                 (folder_.path() / "secrets" / "演示午").string()});
  };
  const auto key = text_at(status(laptop).at("officers").get_array()[0].get_object(), "officer");
  const std::vector<std::pair<const char*, std::function<Told()>>> words{
      {"catalogue", [&] { return district_.publish_catalogue(8); }},
      {"large catalogue", [&] { return publish_large_catalogue(20, day); }},
      {"calendar", [&] { return publish("calendar", "calendar.json", 9); }},
      {"quorums", [&] { return publish("quorums", "quorums.json", 9); }},
      {"forms", [&] { return publish("forms", "commitment-trial.json", 9); }},
      {"appointment",
       [&] {
         return district_.hub().tell({"appoint", "--body", "v1", "--officer", key, "--post", "handler", "--from", day});
       }},
      {"description of the committee",
       [&] {
         return district_.hub().tell({"body", "change", "--body", "v1", "--full-name",
                                      "天津市示范区示范镇示范甲村村民委员会", "--short-name", "示范甲村", "--code12",
                                      "120199101201", "--credit-code", "54120199TX000001XX", "--phone", "022-1"});
       }},
      {"list of exclusions", decide},
      {"ruling", rule},
      {"another laptop of the village",
       [&] {
         Told told;
         told.exit_code = district_.enrol("B", "v1").party().store().empty() ? 1 : 0;
         return told;
       }},
  };
  for (const auto& [what, say] : words) {
    SCOPED_TRACE(what);
    const auto before = entries_of_hub(laptop);
    const auto told = say();
    ASSERT_EQ(told.exit_code, 0) << json::serialize(told.error);
    const auto said = std::chrono::steady_clock::now();
    EXPECT_TRUE(wait_until([&] { return entries_of_hub(laptop) > before; }));
    const auto took = std::chrono::steady_clock::now() - said;
    std::cout << "live push of " << what << ": " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
              << " ms\n";
  }
  EXPECT_EQ(status(laptop).at("devices").get_array().size(), 2U) << "B is seen at A (D14)";
  EXPECT_EQ(line.counts().connections, connections) << "no connection was made anew";
  laptop.stop(SIGTERM);
}

// A stolen laptop is revoked while it is connected: its session ends at once, and it is told why when it comes again.
// What it issues from then on is kept apart and is a finding. The village's other laptops see that it is out.
TEST_F(Live, ARevokedLaptopIsCutOff) {
  auto laptop = ready_laptop("A", "v1");
  const auto other = district_.enrol("B", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  laptop.start();
  ASSERT_TRUE(wait_until([&] { return is_connected(laptop) && district_.rows("certificate").size() == 1; }));
  district_.hub().ask({"device", "revoke", "--body", "v1", "--device", "A", "--reason", "stolen"});
  EXPECT_TRUE(wait_until([&] { return !is_connected(laptop); }));
  ASSERT_EQ(answer_of(laptop.issue(residence(yi))), "issued") << "it does not know";
  EXPECT_EQ(laptop.stop(SIGTERM).exit_code, 0);
  const auto refused = laptop.tell({"sync", "--once"});
  EXPECT_EQ(code_of(refused), "refused") << json::serialize(refused.error);
  EXPECT_NE(text_at(refused.error, "what").find("revoked"), std::string::npos);
  EXPECT_EQ(district_.rows("certificate").size(), 1U);

  other.sync();
  std::size_t revoked = 0;
  const auto devices = status(other).at("devices").get_array();
  for (const auto& device : devices) revoked += device.at("revoked").as_bool() ? 1 : 0;
  EXPECT_EQ(revoked, 1U);

  // Found again, it is enrolled anew, in the same folder: its papers come in, and those of the time between are judged
  // by a person.
  laptop.ask({"enrol", "--hub", district_.address(), "--code", district_.new_code("v1")});
  laptop.sync();
  EXPECT_EQ(district_.rows("certificate").size(), 2U);
  std::size_t apart = 0;
  const auto rows = district_.rows("certificate");
  for (const auto& row : rows) apart += row.at("quarantined").as_bool() ? 1 : 0;
  EXPECT_EQ(apart, 1U);
  EXPECT_GE(district_.findings().size(), 1U);
}

// Every command that shows something speaks both languages, to people and as JSON.
TEST_F(Live, ReadingCommandsSpeakBothLanguages) {
  const auto laptop = ready_laptop("A", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  laptop.sync();
  const auto day = today(laptop);
  const auto quarter = day.substr(0, 4) + "-" + std::to_string((std::stoi(day.substr(5, 2)) + 2) / 3);
  const auto words_of = [&](const Party& party, const char* program, Process::Arguments command, const char* language) {
    command.insert(command.end(), {"--store", party.store().string(), "--lang", language});
    if (program == std::string("cunzheng")) {
      command.insert(command.end(), {"--passphrase-file", (folder_.path() / "secrets" / "laptop-A").string()});
    }
    const auto finished = run(program_folder() / program, command);
    EXPECT_EQ(finished.exit_code, 0) << command[0] << " " << language << ": " << finished.err;
    return finished.out;
  };
  const auto has_chinese = [](const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xe4; });
  };
  const std::vector<Process::Arguments> both{{"status"},
                                             {"register", "certificate"},
                                             {"register", "refusal"},
                                             {"report", day.substr(0, 7)},
                                             {"disclosure", quarter},
                                             {"findings"},
                                             {"fsck"}};
  auto at_laptop = both;
  at_laptop.push_back({"catalogue"});
  auto at_hub = both;
  at_hub.push_back({"officer", "list"});
  at_hub.push_back({"rebuild"});
  const auto compare = [&](const Party& party, const char* program, const std::vector<Process::Arguments>& commands) {
    for (const auto& command : commands) {
      const auto zh = words_of(party, program, command, "zh");
      const auto en = words_of(party, program, command, "en");
      EXPECT_TRUE(has_chinese(zh)) << command[0] << ": " << zh;
      const auto first_line = en.substr(0, en.find('\n'));
      EXPECT_TRUE(std::any_of(first_line.begin(), first_line.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
          << command[0] << ": " << en;
      EXPECT_NE(zh, en) << command[0];
    }
  };
  compare(laptop.party(), "cunzheng", at_laptop);
  compare(district_.hub(), "cunzheng-hub", at_hub);
}

}  // namespace
}  // namespace cunzheng::test
