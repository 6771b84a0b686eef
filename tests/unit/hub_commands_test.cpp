#include "hub/app.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/caller.hpp"
#include "sync/program/files.hpp"
#include "sync/program/key_file.hpp"
#include "sync/program/system_clock.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace cunzheng::test {
namespace {

namespace json = program::json;

const std::string data_folder = (test::source_root() / "deploy/data/").string();

// A real store folder of a hub, made once: making keys takes seconds by intent.
struct Folder {
  TempFolder folder;
  std::filesystem::path store = folder.path() / "hub";

  Folder() {
    write("root.pass", "远山 近水 炊烟 渡口 石桥 早市");
    write("wang.pass", "王区员的一条很长的口令 2026");
    write("li.pass", "李区员的另一条很长的口令 2026");
  }
  void write(const std::string& name, const std::string& line) const {
    std::ofstream(folder.path() / name) << line << "\n";
  }
  std::string at(const std::string& name) const { return (folder.path() / name).string(); }
  hub::InitOptions options() const { return {store, "示范区", at("root.key"), at("root.pass"), {}, "hub.example.cn"}; }

  Result<hub::Identity> init() const {
    crypto::SystemRandom random;
    const program::SystemClock clock;
    return hub::init(options(), clock, random);
  }
  // A command in a program of its own, as the command line runs it when nothing serves.
  Result<program::Reply> run(const std::string& command, json::object arguments) const {
    TRY(const auto app, hub::App::open({store, {}}, program::Log::nowhere()));
    return program::local_caller(app->loop(), app->commands())->call(command, std::move(arguments));
  }
};

std::string text_at(const program::Reply& reply, std::string_view name) {
  return std::string(reply.data.at(name).as_string());
}

// From here on opening the officer's key takes no time: what passphrases cost has tests of its own.
void make_cheap(const Folder& folder, const std::string& officer, const std::string& passphrase_file) {
  const domain::OfficerId id(*array_from_hex<16>(officer));
  const auto file = program::read_officer(folder.store, id);
  ASSERT_TRUE(file);
  const auto passphrase = program::Passphrase::from_file(folder.at(passphrase_file));
  const auto keys = program::open_officer(*file, *passphrase);
  ASSERT_TRUE(keys) << keys.error().what.en;
  crypto::SystemRandom random;
  const auto slot = crypto::make_slot(file->slot.label, passphrase->text(), keys->secret.seed(),
                                      crypto::Argon2Cost::for_tests(), random);
  std::filesystem::remove(folder.store / program::officer_folder_name / officer);
  ASSERT_TRUE(program::write_officer(folder.store, {file->key, *slot}));
}

json::object signed_by_both(const Folder& folder, json::object arguments) {
  arguments["officer1"] = "王区员";
  arguments["officer1_passphrase_file"] = folder.at("wang.pass");
  arguments["officer2"] = "李区员";
  arguments["officer2_passphrase_file"] = folder.at("li.pass");
  return arguments;
}

json::object village() {
  return {{"body", "v1"},
          {"full_name", "天津市示范区示范镇示范甲村村民委员会"},
          {"short_name", "示范甲村"},
          {"code12", "120199101201"},
          {"credit_code", "54120199TX000001XX"},
          {"from", "2020-01-01"}};
}

// init makes three places that belong together and replaces nothing; a copy of the folder without its machine key, or
// with another, opens nothing.
TEST(HubSetup, MakesAHubThatOnlyItsMachineKeyOpens) {
  const Folder folder;
  const auto made = folder.init();
  ASSERT_TRUE(made) << made.error().what.en;
  const auto machine_key = hub::machine_key_beside(folder.store);
  EXPECT_EQ(std::filesystem::status(machine_key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto again = folder.init();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, FailureCode::conflict);

  const auto read = hub::read_identity(folder.store, {});
  ASSERT_TRUE(read) << read.error().what.en;
  EXPECT_EQ(read->keys.public_key, made->keys.public_key);
  EXPECT_EQ(read->root, made->root);
  EXPECT_EQ(read->tls.pin, made->tls.pin);
  EXPECT_FALSE(hub::read_identity(folder.folder.path(), {}));

  const std::filesystem::path other = folder.at("other.key");
  ASSERT_TRUE(program::write_file(other, Bytes(32, 1)));
  EXPECT_EQ(hub::read_identity(folder.store, other).error().field, "machine_key");
  std::filesystem::permissions(machine_key, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_EQ(hub::read_identity(folder.store, {}).error().code, FailureCode::refused);
}

// The life of a district in commands, each run by a program that opens the store anew: officers, a village, data, a
// slip, and what one can see afterwards.
TEST(HubCommands, ADistrictFromInitToItsFirstSlip) {
  const Folder folder;
  ASSERT_TRUE(folder.init());
  const auto officer = [&](const char* name, const char* passphrase) {
    return folder.run("officer add", {{"name", name},
                                      {"officer_passphrase_file", folder.at(passphrase)},
                                      {"root_key", folder.at("root.key")},
                                      {"root_passphrase_file", folder.at("root.pass")}});
  };
  const auto wang = officer("王区员", "wang.pass");
  ASSERT_TRUE(wang) << wang.error().what.en;
  const auto li = officer("李区员", "li.pass");
  ASSERT_TRUE(li) << li.error().what.en;
  make_cheap(folder, text_at(*wang, "officer"), "wang.pass");
  make_cheap(folder, text_at(*li, "officer"), "li.pass");
  EXPECT_EQ(li->data.at("statement").to_number<int>(), 3);
  EXPECT_EQ(officer("李区员", "li.pass").error().field, "name");
  EXPECT_EQ(folder.run("officer list", {})->data.at("officers").as_array().size(), 2U);

  ASSERT_TRUE(folder.run("body add", village()));
  EXPECT_EQ(folder.run("body add", village()).error().field, "body");
  auto misspelt = village();
  misspelt["fullname"] = "x";
  EXPECT_EQ(folder.run("body add", misspelt).error().field, "fullname");

  const auto publish = [&](const char* command, const char* file) {
    return folder.run(command,
                      signed_by_both(folder, {{"file", data_folder + file}, {"effective_from", "2020-01-01"}}));
  };
  const auto catalogue = publish("catalogue publish", "catalogue-7.json");
  ASSERT_TRUE(catalogue) << catalogue.error().what.en << " " << catalogue.error().field;
  EXPECT_EQ(text_at(*catalogue, "effective_from"), "2026-04-01");
  ASSERT_TRUE(publish("forms publish", "commitment.json"));
  EXPECT_EQ(publish("catalogue publish", "catalogue-7.json").error().rule, "R102");
  auto wrong = signed_by_both(folder, {{"file", data_folder + "calendar.json"}});
  wrong["officer2_passphrase_file"] = folder.at("wang.pass");
  EXPECT_EQ(folder.run("calendar publish", wrong).error().field, "officer2");

  folder.write("decision.pdf", "the signed document");
  const auto decided = folder.run(
      "credit decide",
      signed_by_both(folder, {{"person", json::object{{"name", "演示辰"}, {"id_number", "120199194708029152"}}},
                              {"decision_no", "示民信决〔2026〕8号"},
                              {"decided_on", "2026-05-10"},
                              {"deciding_organ", "示范区民政局"},
                              {"heard_on", "2026-05-06"},
                              {"served_on", "2026-05-10"},
                              {"consequences", "credit_record,stop"},
                              {"evidence", folder.at("decision.pdf")}}));
  ASSERT_TRUE(decided) << decided.error().what.en << " " << decided.error().field;
  EXPECT_EQ(decided->data.at("excluded").to_number<int>(), 1);
  const auto masked = folder.run("register", {{"kind", "credit"}});
  ASSERT_TRUE(masked);
  const auto shown = json::serialize(masked->data);
  EXPECT_NE(shown.find("演示辰"), shown.npos);
  EXPECT_EQ(shown.find("120199194708029152"), shown.npos) << "numbers are shown in part";
  EXPECT_NE(json::serialize(folder.run("register", {{"kind", "credit"}, {"reader", "full"}})->data)
                .find("120199194708029152"),
            shown.npos);

  const auto slip = folder.run("enrolment new", {{"body", "v1"}, {"label", "一号机"}, {"valid_hours", 24}});
  ASSERT_TRUE(slip) << slip.error().what.en;
  EXPECT_TRUE(sync::EnrolmentCode::parse(text_at(*slip, "code")));
  EXPECT_TRUE(text_at(*slip, "hub").starts_with("hub.example.cn"));
  EXPECT_EQ(folder.run("enrolment new", {{"body", "v9"}}).error().field, "body");
  EXPECT_EQ(folder.run("enrolment new", {{"body", "v1"}, {"valid_hours", 100}}).error().field, "valid_hours");

  const auto status = folder.run("status", {});
  ASSERT_TRUE(status);
  EXPECT_EQ(status->data.at("epoch").to_number<int>(), 1);
  EXPECT_EQ(status->data.at("bodies").to_number<int>(), 1);
  EXPECT_EQ(status->data.at("officers").to_number<int>(), 2);
  EXPECT_TRUE(status->data.at("serving").is_null());
  EXPECT_EQ(status->data.at("rejected_facts").to_number<int>(), 0);
  EXPECT_EQ(status->data.at("published").at("catalogue").to_number<int>(), 7);
  EXPECT_EQ(status->data.at("published").at("exclusion_list").to_number<int>(), 1);

  const auto rebuilt = folder.run("rebuild", {});
  ASSERT_TRUE(rebuilt);
  EXPECT_TRUE(rebuilt->data.at("same").as_bool());
  EXPECT_TRUE(folder.run("fsck", {}));
  EXPECT_TRUE(folder.run("findings", {{"open", true}})->data.at("findings").as_array().empty());
  const auto entries = folder.run("inspect", {{"journal", "body/v1"}});
  ASSERT_TRUE(entries) << entries.error().what.en;
  EXPECT_EQ(entries->data.at("entries").as_array().size(), 2U);
  EXPECT_EQ(folder.run("inspect", {})->data.at("journals").as_array().size(), 3U);
  EXPECT_EQ(folder.run("register", {{"kind", "nonsense"}}).error().code, FailureCode::not_found);
}

}  // namespace
}  // namespace cunzheng::test
