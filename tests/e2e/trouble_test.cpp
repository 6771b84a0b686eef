// What goes wrong with disks, copies, backups and clocks, with real programs: nothing that was told is lost, nothing
// goes on silently, nothing else stops.

#include "hub/setup.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/memory_laptop.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <future>

namespace cunzheng::test {
namespace {

// One row of a register is changed on the disk, behind the hub's back, into another row that is well sealed. `rebuild`
// says that the registers were not what the entries say, and leaves them as they were before, byte for byte.
TEST_F(HubLaptop, RebuildAfterADamagedRowGivesTheSameBytes) {
  const auto laptop = ready_laptop("A", "v1");
  for (const auto& who : {jia, yi, bing}) ASSERT_EQ(answer_of(laptop.issue(residence(who))), "issued");
  laptop.sync();
  const auto before = district_.hub().ask({"rebuild"});
  EXPECT_TRUE(before.at("same").as_bool()) << "as it grew, arrival by arrival, it is as made anew";
  const auto register_before = json::serialize(district_.rows("certificate"));
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  {
    auto identity = hub::read_identity(district_.hub().store(), {});
    ASSERT_TRUE(identity);
    crypto::SystemRandom random;
    bool was_reset = false;
    auto rows =
        store::open_row_store({district_.hub().store(), &random, nullptr, nullptr}, identity->store_key, &was_reset);
    ASSERT_TRUE(rows);
    ASSERT_FALSE(was_reset);
    std::vector<std::pair<Bytes, Bytes>> certificates;
    ASSERT_TRUE((*rows)->scan("certificate", {}, [&](ByteView key, ByteView value) {
      certificates.emplace_back(bytes_of(key), bytes_of(value));
      return true;
    }));
    ASSERT_EQ(certificates.size(), 3U);
    ASSERT_TRUE((*rows)->apply({{{"certificate", certificates[0].first}, certificates[1].second}}));
  }
  district_.serve();
  EXPECT_NE(json::serialize(district_.rows("certificate")), register_before) << "the damage is there";
  const auto rebuilt = district_.hub().ask({"rebuild"});
  EXPECT_FALSE(rebuilt.at("same").as_bool());
  EXPECT_NE(text_at(rebuilt, "before"), text_at(before, "after"));
  EXPECT_EQ(text_at(rebuilt, "after"), text_at(before, "after"));
  EXPECT_EQ(json::serialize(district_.rows("certificate")), register_before);
}

// A disk of a few megabytes for one folder, as root; ended with this object.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& at, int megabytes = 6) : at_(at) {
    std::filesystem::create_directories(at);
    const auto options = "size=" + std::to_string(megabytes) + "m,mode=0700";
    is_mounted_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  // As if somebody had filled it with pictures, and thrown them away again.
  bool fill() { return write_until_full(at_ / "pictures"); }
  void clear() { std::filesystem::remove(at_ / "pictures"); }

 private:
  static bool write_until_full(const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary);
    const std::string block(64U << 10, 'p');
    for (int k = 0; out && k < 2000; ++k) out << block << std::flush;
    return !out;
  }

  std::filesystem::path at_;
  bool is_mounted_ = false;
};

// The disk runs full while a laptop issues: a clear error and no acknowledgement. With room again it goes on, and all
// that it had told is there.
TEST_F(HubLaptop, AFullDiskLosesNothingThatWasTold) {
  SmallDisk disk(folder_.path() / "A");
  if (!disk.is_mounted()) GTEST_SKIP() << "no tmpfs can be mounted here (not root, or a container without the right)";
  auto laptop = ready_laptop("A", "v1");
  laptop.start();
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  ASSERT_TRUE(disk.fill());

  const auto applications = folder_.path() / "batch";
  std::ofstream(applications) << batch_of(400, yi);
  const auto finished = laptop.party().start(laptop.issue_command({"--batch", applications.string()})).finish();
  const auto told = acknowledged(finished.out);
  EXPECT_LT(told.size(), 400U) << "the disk took everything";
  EXPECT_NE(finished.out.find("\"code\":\"unavailable\""), std::string::npos)
      << finished.out.substr(0, 2000) << finished.err;
  EXPECT_NE(laptop.issue(residence(bing)).exit_code, 0) << "nothing is told while it cannot be written";
  laptop.stop(SIGTERM);

  disk.clear();
  EXPECT_EQ(laptop.tell({"fsck"}).exit_code, 0);
  const auto again = laptop.issue(residence(bing));
  EXPECT_EQ(answer_of(again), "issued") << json::serialize(again.error);
  laptop.sync();
  const auto at_hub = machine_numbers(district_.rows("certificate"));
  for (const auto& number : told) EXPECT_TRUE(std::binary_search(at_hub.begin(), at_hub.end(), number)) << number;
  EXPECT_EQ(at_hub, machine_numbers(laptop.ask({"register", "certificate"}).at("rows").get_array()));
  EXPECT_EQ(std::adjacent_find(at_hub.begin(), at_hub.end()), at_hub.end());
}

// A hub is set back to an older copy of its store: certificates, a receipt, a catalogue revision and a code's use are
// gone from it. At the first laptop that comes it notices, opens a new epoch before it writes anything, and gets its
// tail back (checklist 8, D15). Nothing acknowledged is lost, nothing doubled, the laptop is told.
TEST_F(HubLaptop, AHubFromAnOldCopyGetsItsTailBack) {
  const auto laptop = ready_laptop("A", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  laptop.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  const auto copy = folder_.path() / "copy-of-hub";
  copy_folder(district_.hub().store(), copy);

  district_.serve();
  ASSERT_EQ(answer_of(laptop.issue(residence(yi))), "issued");
  ASSERT_EQ(district_.publish_catalogue(8).exit_code, 0);
  laptop.sync();
  ASSERT_EQ(revision_of(laptop), 8);
  const auto everything = district_.rows("certificate");
  ASSERT_EQ(everything.size(), 2U);
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  std::filesystem::remove_all(district_.hub().store());
  copy_folder(copy, district_.hub().store());

  district_.serve();
  ASSERT_EQ(district_.rows("certificate").size(), 1U);
  ASSERT_EQ(number_at(district_.hub().ask({"status"}).at("published").get_object(), "catalogue"), 7);
  const auto synced = laptop.ask({"sync", "--once"});
  laptop.sync();
  const auto status = district_.hub().ask({"status"});
  EXPECT_EQ(number_at(status, "epoch"), 2) << json::serialize(status);
  EXPECT_EQ(number_at(status.at("published").get_object(), "catalogue"), 8) << "its own tail, brought back";
  EXPECT_EQ(machine_numbers(district_.rows("certificate")), machine_numbers(everything));
  const auto alarms = laptop.ask({"status"}).at("alarms").get_array();
  EXPECT_FALSE(alarms.empty()) << "the laptop says that the hub went back: " << json::serialize(synced);

  // And life goes on in the new epoch.
  ASSERT_EQ(answer_of(laptop.issue(residence(bing))), "issued");
  ASSERT_EQ(district_.publish_catalogue(9).exit_code, 0);
  laptop.sync();
  EXPECT_EQ(revision_of(laptop), 9);
  EXPECT_EQ(number_at(laptop.ask({"status"}), "unsent"), 0);
  EXPECT_EQ(district_.rows("certificate").size(), 3U);
  EXPECT_EQ(district_.hub().tell({"rebuild"}).data.at("same"), true);
}

// A laptop's store is copied and both copies issue. Both papers exist: the hub keeps and shows both, as branches of one
// journal, with a finding; the copy that comes second is stopped and must enrol again (checklist 7, D09).
TEST_F(HubLaptop, ACopiedLaptopIsRecognised) {
  const auto laptop = ready_laptop("A", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  laptop.sync();
  copy_folder(laptop.party().store(), folder_.path() / "copy");
  const Party copy(program_folder() / "cunzheng", folder_.path() / "copy",
                   {"--passphrase-file", district_.passphrase("laptop-A").string()});

  ASSERT_EQ(answer_of(laptop.issue(residence(yi, "甲校"))), "issued");
  const auto command = laptop.issue_command({"--input", "-"});
  const auto at_copy = copy.tell(command, json::serialize(residence(bing, "乙校")));
  ASSERT_EQ(at_copy.exit_code, 0) << json::serialize(at_copy.error);
  laptop.sync();
  copy.tell({"sync", "--once"});

  const auto rows = district_.rows("certificate");
  EXPECT_EQ(rows.size(), 3U) << "both branches are in the register";
  EXPECT_GE(count_rule(district_.findings(), "forked_journal"), 1U);
  EXPECT_FALSE(copy.ask({"status"}).at("may_write").as_bool());
  const auto refused = copy.tell(command, json::serialize(residence(gui)));
  EXPECT_EQ(code_of(refused), "conflict") << json::serialize(refused.data);
  EXPECT_EQ(rule_of(refused), "D09");

  // Enrolled again it has a letter of its own, and the village's papers are all there.
  const auto enrolled =
      copy.ask({"enrol", "--hub", district_.address(), "--code", district_.new_code("v1"), "--label", "A2"});
  EXPECT_EQ(text_at(enrolled, "series"), "B");
  const auto issued = copy.tell(command, json::serialize(residence(gui)));
  EXPECT_EQ(answer_of(issued), "issued") << json::serialize(issued.error);
  EXPECT_EQ(copy.tell({"sync", "--once"}).exit_code, 0);
  EXPECT_EQ(district_.rows("certificate").size(), 4U);
}

// ---- clocks. libfaketime gives one process another time.

const char* const faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

Process::Arguments at_time(const std::string& shift) {
  return {std::string("LD_PRELOAD=") + faketime, "FAKETIME=" + shift, "FAKETIME_DONT_FAKE_MONOTONIC=1"};
}

struct Outcome {
  int exit_code;
  json::object reply;  // or {"error": ...}
};
Outcome tell_at(const Party& party, const std::string& shift, Process::Arguments command, std::string_view input = {}) {
  auto process = party.start_with(at_time(shift), std::move(command));
  process.write(input);
  const auto finished = process.finish();
  const auto value = codec::parse_json(finished.exit_code == 0 ? finished.out : finished.err);
  return {finished.exit_code, value && value->is_object() ? value->get_object() : json::object{{"text", finished.err}}};
}

// A laptop's clock is a year behind, then a year ahead: nothing with a date goes out unless a person names the day from
// paper; what does is marked, keeps its place in the series, and is a finding at the hub (O6). With the clock set right
// it goes on as before.
TEST_F(HubLaptop, AClockAYearOffIsNoticed) {
  if (!std::filesystem::exists(faketime)) GTEST_SKIP() << "libfaketime is not installed";
  const auto laptop = ready_laptop("A", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  const auto command = laptop.issue_command({"--input", "-"});
  for (const auto* shift : {"-365d", "+365d"}) {
    const auto refused = tell_at(laptop.party(), shift, command, json::serialize(residence(yi)));
    EXPECT_NE(refused.exit_code, 0) << shift << json::serialize(refused.reply);
    ASSERT_TRUE(refused.reply.contains("error")) << json::serialize(refused.reply);
    EXPECT_EQ(text_at(refused.reply.at("error").get_object(), "rule"), "O6") << shift;
    const auto status = tell_at(laptop.party(), shift, {"status"});
    EXPECT_EQ(text_at(status.reply.at("clock").get_object(), "confidence"), "doubtful") << shift;
  }
  EXPECT_EQ(laptop.certificates(), 1U);
  const auto wrong_day = tell_at(laptop.party(), "+365d", {"status"}).reply.at("clock").get_object();
  auto confirmed = command;
  confirmed.insert(confirmed.end(), {"--confirm-date", text_at(wrong_day, "now").substr(0, 10)});
  const auto issued = tell_at(laptop.party(), "+365d", confirmed, json::serialize(residence(yi)));
  ASSERT_EQ(text_at(issued.reply, "answer"), "issued") << json::serialize(issued.reply);
  EXPECT_EQ(text_at(issued.reply, "clock"), "doubtful");

  const auto right_again = laptop.issue(residence(bing));
  EXPECT_EQ(answer_of(right_again), "issued") << json::serialize(right_again.error);
  laptop.sync();
  EXPECT_EQ(district_.rows("certificate").size(), 3U);
  EXPECT_GE(count_rule(district_.findings(), "clock_doubtful"), 1U);
}

// The hub's clock is a year ahead for a while: laptops that hear of it ask for the day from paper rather than date
// anything wrongly; with the hub's clock set right they go on without more ado, though words of the wrong year stand in
// its journals.
TEST_F(HubLaptop, AHubsClockAYearOffStopsNobodyForLong) {
  if (!std::filesystem::exists(faketime)) GTEST_SKIP() << "libfaketime is not installed";
  const auto laptop = ready_laptop("A", "v1");
  ASSERT_EQ(answer_of(laptop.issue(residence(jia))), "issued");
  laptop.sync();
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  district_.serve({}, at_time("+365d"));
  ASSERT_EQ(answer_of(laptop.issue(residence(yi))), "issued");
  laptop.sync();
  const auto doubtful = laptop.issue(residence(bing));
  EXPECT_EQ(rule_of(doubtful), "O6") << json::serialize(doubtful.data);
  const auto day = text_at(laptop.ask({"status"}).at("clock").get_object(), "now").substr(0, 10);
  const auto confirmed = laptop.issue(residence(bing), {"--confirm-date", day});
  EXPECT_EQ(answer_of(confirmed), "issued") << json::serialize(confirmed.error);
  laptop.sync();

  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  district_.serve();
  laptop.sync();
  EXPECT_EQ(answer_of(laptop.issue(residence(gui))), "issued");
  EXPECT_NE(text_at(laptop.ask({"status"}).at("clock").get_object(), "confidence"), "doubtful");
  laptop.sync();
  EXPECT_EQ(district_.rows("certificate").size(), 4U);
  EXPECT_EQ(number_at(laptop.ask({"status"}), "unsent"), 0);
  EXPECT_EQ(district_.hub().tell({"rebuild"}).data.at("same"), true);
}

// A code that nobody used in its 72 hours enrols nobody.
TEST_F(HubLaptop, AnExpiredCodeEnrolsNobody) {
  if (!std::filesystem::exists(faketime)) GTEST_SKIP() << "libfaketime is not installed";
  const auto code = district_.new_code("v1");
  const auto in_time = district_.new_code("v1");
  const auto enrol = [&](const std::string& name, const std::string& with) {
    return district_.laptop_party(name).tell({"enrol", "--hub", district_.address(), "--code", with, "--body", "v1"});
  };
  const auto taken = enrol("A", in_time);
  EXPECT_EQ(taken.exit_code, 0) << json::serialize(taken.error);
  ASSERT_EQ(district_.stop_hub(SIGTERM).exit_code, 0);
  district_.serve({}, at_time("+73h"));
  EXPECT_EQ(code_of(enrol("B", code)), "refused");
  EXPECT_EQ(number_at(district_.hub().ask({"status"}), "devices"), 1);
}

// The hub's disk runs full while villages send: it says so and stops, and nothing is acknowledged that is not on the
// disk. With room again it serves, and everything comes.
TEST(HubDisk, AFullOneLosesNothing) {
  TempFolder folder;
  SmallDisk disk(folder.path() / "hub", 64);
  if (!disk.is_mounted()) GTEST_SKIP() << "no tmpfs can be mounted here (not root, or a container without the right)";
  TrialDistrict district(folder.path());
  district.serve();
  district.publish_all();
  link::Loop loop;
  MemoryLaptop laptop(loop, district.address(), district.new_code("v1"));
  laptop.write_certificates(100, 10);
  laptop.connect();
  loop.run_until([&] { return laptop.hub_holds_all(); }, loop.now() + 60'000);
  ASSERT_TRUE(laptop.hub_holds_all());
  ASSERT_TRUE(disk.fill());

  laptop.write_certificates(2000, 10, 5);
  laptop.connect();
  auto waiting = std::async(std::launch::async, [&] { return district.wait_for_hub(); });
  const auto is_over = [&] { return waiting.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
  loop.run_until(is_over, loop.now() + 60'000);
  const auto ended = waiting.get();
  EXPECT_NE(ended.exit_code, 0);
  EXPECT_NE((ended.err + ended.out).find("disk"), std::string::npos) << ended.err.substr(0, 1000);
  EXPECT_FALSE(laptop.hub_holds_all());

  disk.clear();
  EXPECT_EQ(district.hub().tell({"fsck"}).exit_code, 0);
  district.serve();
  laptop.connect();
  loop.run_until([&] { return laptop.hub_holds_all(); }, loop.now() + 60'000);
  EXPECT_TRUE(laptop.hub_holds_all());
  EXPECT_EQ(district.rows("certificate").size(), 2100U);
  EXPECT_EQ(district.hub().tell({"rebuild"}).data.at("same"), true);
}

}  // namespace
}  // namespace cunzheng::test
