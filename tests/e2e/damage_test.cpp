// Damaged stores of real programs: what cannot be opened says what to do, `repair` is the way out, nothing that the
// other side holds is missing afterwards, no number is given twice, and work goes on.

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/long_run.hpp"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <functional>

namespace cunzheng::test {
namespace {

namespace fs = std::filesystem;

// The files of the database with this ending, the newest last.
std::vector<fs::path> files_of(const fs::path& store, const std::string& ending) {
  std::vector<fs::path> found;
  for (const auto& file : fs::directory_iterator(store / "db")) {
    if (file.path().extension() == ending) found.push_back(file.path());
  }
  std::sort(found.begin(), found.end());  // they are numbered
  return found;
}

void flip_bit(const fs::path& file, std::uintmax_t at) {
  std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
  bytes.seekg(static_cast<std::streamoff>(at));
  const auto byte = static_cast<char>(bytes.get() ^ 0x10);
  bytes.seekp(static_cast<std::streamoff>(at));
  bytes.put(byte);
}

struct Injury {
  const char* name;
  void (*inflict)(const fs::path& store);
  bool may_lose_the_end;  // bytes are gone that stood nowhere else
  bool in_short_run;      // each takes some ten seconds
};

const Injury injuries[] = {
    {"CurrentIsMissing", [](const fs::path& store) { fs::remove(store / "db" / "CURRENT"); }, false, true},
    {"ABitIsFlippedInATable",
     [](const fs::path& store) {
       const auto file = files_of(store, ".ldb").back();
       flip_bit(file, fs::file_size(file) / 2);
     },
     true, true},
    {"ABitIsFlippedInTheLog",
     [](const fs::path& store) {
       const auto file = files_of(store, ".log").back();
       flip_bit(file, fs::file_size(file) / 2);
     },
     true, false},
    {"TheLogIsTruncated",
     [](const fs::path& store) {
       const auto file = files_of(store, ".log").back();
       fs::resize_file(file, fs::file_size(file) / 2);
     },
     true, true},
    {"TheCommitMarkIsMissing", [](const fs::path& store) { fs::remove(store / "commit.mark"); }, false, false},
    {"TheManifestIsMissing",
     [](const fs::path& store) {
       for (const auto& file : fs::directory_iterator(store / "db")) {
         if (file.path().filename().string().starts_with("MANIFEST")) fs::remove(file.path());
       }
     },
     false, false},
};

class DamagedStores : public HubLaptop {
 protected:
  DamagedStores() : laptop_(ready_laptop("A", "v1")) {}

  // `play` on the same state for each injury.
  void for_each_injury(const std::function<void(const Injury&)>& play) {
    const auto saved = folder_.path() / "saved";
    fs::create_directory(saved);
    for (const char* name : {"hub", "A"}) {
      fs::remove(folder_.path() / name / "control.sock");  // left by who was killed
      copy_folder(folder_.path() / name, saved / name);
    }
    for (const auto& injury : injuries) {
      if (!injury.in_short_run && !is_long_run()) continue;
      SCOPED_TRACE(injury.name);
      for (const char* name : {"hub", "A"}) {
        fs::remove_all(folder_.path() / name);
        copy_folder(saved / name, folder_.path() / name);
      }
      play(injury);
      if (HasFatalFailure()) return;
    }
  }

  // Runs `repair` if the store does not open, which then must have said so. The reply; empty: it was not needed.
  static json::object repair_if_told(const Party& party) {
    const auto status = party.tell({"status"});
    if (status.exit_code == 0) return {};
    EXPECT_TRUE(code_of(status) == "unreadable" || code_of(status) == "refused") << json::serialize(status.error);
    EXPECT_NE(text_at(status.error, "what").find("repair"), std::string::npos) << json::serialize(status.error);
    auto repaired = party.ask({"repair"});
    EXPECT_TRUE(repaired.at("repaired").as_bool());
    EXPECT_TRUE(fs::exists(text_at(repaired, "kept_original"))) << "the original is kept";
    EXPECT_FALSE(party.ask({"repair"}).at("repaired").as_bool()) << "nothing is left to repair";
    return repaired;
  }
  // Papers with a number, in the order of being told.
  std::vector<std::string> issue(std::size_t count, const std::string& school) const {
    std::vector<std::string> numbers;
    for (std::size_t k = 0; k < count; ++k) {
      const auto told = laptop_.issue(residence(yi, school + std::to_string(k)));
      EXPECT_EQ(answer_of(told), "issued") << json::serialize(told.error);
      numbers.push_back(text_at(told.data, "machine_number"));
    }
    return numbers;
  }
  std::vector<std::string> at_hub() const { return machine_numbers(district_.rows("certificate")); }
  std::vector<std::string> at_laptop() const {
    return machine_numbers(laptop_.ask({"register", "certificate"}).at("rows").get_array());
  }
  static void expect_all_in(const std::vector<std::string>& wanted, const std::vector<std::string>& sorted) {
    for (const auto& number : wanted) EXPECT_TRUE(std::binary_search(sorted.begin(), sorted.end(), number)) << number;
    EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << "a number twice";
  }

  TrialLaptop laptop_;
};

TEST_F(DamagedStores, ALaptopGoesOn) {
  laptop_.start();  // one program, so that the end lies in the log
  const auto synced = issue(4, "甲校");
  ASSERT_TRUE(wait_until([&] { return at_hub().size() == synced.size(); }));
  laptop_.stop(SIGKILL);
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  const auto alone = issue(2, "乙校");
  for_each_injury([&](const Injury& injury) {
    injury.inflict(laptop_.party().store());
    const auto repaired = repair_if_told(laptop_.party());
    district_.serve();
    if (const auto exchange = laptop_.tell({"sync", "--once"});
        exchange.exit_code != 0) {  // found damaged while storing
      EXPECT_NE(text_at(exchange.error, "what").find("repair"), std::string::npos) << json::serialize(exchange.error);
      EXPECT_TRUE(laptop_.ask({"repair"}).at("repaired").as_bool());
    }
    if (!laptop_.ask({"status"}).at("may_write").as_bool()) {
      const auto refused = laptop_.issue(residence(jia));
      EXPECT_EQ(rule_of(refused), "D09") << json::serialize(refused.error);
      EXPECT_NE(text_at(refused.error, "what").find("enrol"), std::string::npos);
      laptop_.ask({"enrol", "--hub", district_.address(), "--code", district_.new_code("v1")});
    }
    laptop_.sync();
    laptop_.sync();
    const auto later = issue(1, "丙校");
    laptop_.sync();

    expect_all_in(synced, at_hub());
    expect_all_in(later, at_hub());
    if (!injury.may_lose_the_end) expect_all_in(alone, at_hub());
    EXPECT_EQ(at_laptop(), at_hub());
    const auto checked = laptop_.ask({"fsck"});
    EXPECT_TRUE(checked.at("sound").as_bool()) << json::serialize(checked) << json::serialize(repaired);
    EXPECT_EQ(district_.hub().tell({"fsck"}).exit_code, 0);
    district_.stop_hub(SIGTERM);
  });
}

TEST_F(DamagedStores, AHubGoesOn) {
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);  // the enrolment lies in a table
  district_.serve();
  const auto first = issue(3, "甲校");
  laptop_.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  district_.serve();
  const auto second = issue(2, "乙校");
  laptop_.sync();
  ASSERT_EQ(district_.publish_catalogue(8).exit_code, 0);
  laptop_.sync();
  district_.stop_hub(SIGKILL);  // the end lies in the log
  for_each_injury([&](const Injury& injury) {
    injury.inflict(district_.hub().store());
    const auto repaired = repair_if_told(district_.hub());
    district_.serve();
    laptop_.sync();
    laptop_.sync();
    expect_all_in(first, at_hub());
    expect_all_in(second, at_hub());
    EXPECT_EQ(at_laptop(), at_hub());

    // And it goes on writing: what a village holds of its past is not written over.
    ASSERT_EQ(district_.publish_catalogue(9).exit_code, 0);
    laptop_.sync();
    EXPECT_EQ(revision_of(laptop_), 9);
    const auto later = issue(1, "丙校");
    laptop_.sync();
    expect_all_in(later, at_hub());
    EXPECT_EQ(count_rule(district_.findings(), "forked_journal"), 0U);
    const auto checked = district_.hub().tell({"fsck"});
    EXPECT_EQ(checked.exit_code, 0) << json::serialize(checked.error) << json::serialize(repaired);
    EXPECT_EQ(district_.hub().tell({"rebuild"}).data.at("same"), true);
    district_.stop_hub(SIGTERM);
  });
}

}  // namespace
}  // namespace cunzheng::test
