#pragma once
// The laptop's program over a store in memory, with a clock that the test moves and a hub written by hand: whole use
// cases without disk, network or another process.

#include "client/app.hpp"
#include "client/batch.hpp"
#include "shared/journal/writer.hpp"
#include "sync/program/caller.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/hand_written_hub.hpp"
#include "tests/support/papers.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace cunzheng::client::testing {

using program::Reply;

inline CivilDate day(const char* text) { return CivilDate::parse(text).value(); }
inline Instant at(const char* date, int hour, int minute = 0) {
  return start_of(day(date)) + (hour * 60LL + minute) * 60'000;
}

class TestClock final : public Clock {
 public:
  explicit TestClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void set(Instant to) { now_ = to; }

 private:
  Instant now_;
};

// A member of the committee's staff.
struct Staff {
  std::string name;
  crypto::KeyPair keys;
  std::string passphrase;
  program::OfficerFile file;

  domain::OfficerId id() const { return program::officer_id(keys.public_key); }
};

// A hub that has published what the district of the scenarios has, by 09:00 on 2026-05-11. The committee's three hold
// their posts since 2020 and have their keys on each of its laptops.
class District : public test::HandWrittenHub {
 public:
  District() : HandWrittenHub(at("2026-05-11", 9, 0)) {
    publish(journal::DataKind::catalogue, "deploy/data/catalogue-7.json", day("2026-04-01"));
    publish(journal::DataKind::calendar, "deploy/data/calendar.json", day("2020-01-01"));
    publish(journal::DataKind::quorums, "deploy/data/quorums.json", day("2018-01-01"));
    publish(journal::DataKind::commitment_forms, "deploy/data/commitment-trial.json", day("2020-01-01"));
    appoint(head.keys.public_key, head.name, domain::Post::head, day("2020-01-01"));
    appoint(handler.keys.public_key, handler.name, domain::Post::handler, day("2020-01-01"));
    appoint(keeper.keys.public_key, keeper.name, domain::Post::seal_keeper, day("2020-01-01"));
  }

 private:
  test::SeededRandom random_{99};

 public:
  const Staff head = make_staff("演示子");
  const Staff handler = make_staff("测试壬");
  const Staff keeper = make_staff("演示丑");

 private:
  Staff make_staff(const std::string& name) {
    const auto phrase = "eight plain words of " + name;
    auto keys = crypto::make_key_pair(random_);
    const auto slot =
        crypto::make_slot("officer", phrase, keys.secret.seed(), crypto::Argon2Cost::for_tests(), random_).value();
    const program::OfficerFile file{keys.public_key, slot};
    return {name, std::move(keys), phrase, file};
  }
};

class Laptop {
 public:
  // At 09:30; enrolled under `series`.
  Laptop(District& hub, const std::string& series, std::uint64_t seed = 7)
      : clock(hub.now + 30 * 60'000),
        random_(seed),
        hub_(hub),
        device_(crypto::make_key_pair(random_)),
        series_(series) {
    hub.enrol(device_.public_key, series);
    for (const auto* staff : {&hub.head, &hub.handler, &hub.keeper}) {
      std::ofstream(phrase_file(*staff)) << staff->passphrase << "\n";
      EXPECT_TRUE(program::write_officer(folder_.path(), staff->file));
    }
  }

  // The store as it is now, opened: what `hear` brought, and the own journal.
  void open() {
    auto entries = std::make_unique<store::MemStore>();
    entries_ = entries.get();
    hear_into(*entries);
    journal::JournalOpened opening;
    opening.body = "v1";
    opening.key = device_.public_key;
    opening.series = series_;
    opening.nonce = draw<16>(random_);
    const auto opened = journal::Writer::open(opening, copy_of(device_),
                                              {{clock.now(), ClockConfidence::plausible, 0}, {}, {}}, random_);
    put(*entries, {opened.range});
    start(std::move(entries));
  }

  // Ends the program and starts it again on the same disk.
  void reopen() {
    auto disk = entries_->clone();
    app_.reset();
    loop_ = std::make_unique<link::Loop>();
    entries_ = disk.get();
    start(std::move(disk));
  }

  // What the hub wrote since, and ranges of other laptops, come in as they would from a session.
  void hear(std::vector<journal::Range> ranges) {
    std::optional<Status> stored;
    app_->agent().store({}, std::move(ranges), [&](Status status) { stored = std::move(status); });
    loop_->run_until([&] { return stored.has_value(); }, loop_->now() + 10'000);
    ASSERT_TRUE(stored && stored->has_value()) << (stored && !*stored ? stored->error().what.en : "not stored in time");
  }
  void hear() { hear(heard()); }

  Result<Reply> run(const std::string& command, json::object arguments = {}) {
    const auto caller = program::local_caller(*loop_, app_->commands());
    return caller->call(command, std::move(arguments));
  }
  // The reply's data; a failure fails the test.
  json::object data(const std::string& command, json::object arguments = {}) {
    auto reply = run(command, std::move(arguments));
    if (reply) return reply->data;
    ADD_FAILURE() << command << ": " << reply.error().what.en << " [" << reply.error().field << "] "
                  << reply.error().rule;
    return {};
  }
  Failure failure(const std::string& command, json::object arguments = {}) {
    auto reply = run(command, std::move(arguments));
    if (!reply) return reply.error();
    ADD_FAILURE() << command << " went through: " << json::serialize(reply->data);
    return {};
  }

  std::string phrase_file(const Staff& staff) const {
    return (folder_.path() / ("phrase-" + to_hex(staff.id().value()))).string();
  }
  json::object signing() const {
    return {{"handler", hub_.handler.name},
            {"handler_passphrase_file", phrase_file(hub_.handler)},
            {"head", hub_.head.name},
            {"head_passphrase_file", phrase_file(hub_.head)},
            {"seal_keeper", hub_.keeper.name}};
  }
  json::object with_input(json::object arguments, json::object input) const {
    arguments["input"] = std::move(input);
    return arguments;
  }
  json::object issue(json::object input) { return data("issue", with_input(signing(), std::move(input))); }
  std::vector<json::value> rows(const std::string& kind) {
    auto rows = app_->books().registers().rows(kind, "v1");
    return rows ? *rows : std::vector<json::value>{};
  }

  // Everything of the own journal, as it would be sent.
  std::vector<journal::Range> own_ranges() { return entries_->read(*app_->books().own_journal(), 0, {}).value(); }

  App& app() { return *app_; }
  link::Loop& loop() { return *loop_; }
  store::MemStore& entries() { return *entries_; }

  TestClock clock;

 private:
  static crypto::KeyPair copy_of(const crypto::KeyPair& pair) { return crypto::key_pair_from_seed(pair.secret.seed()); }

  static void put(store::EntryStore& entries, const std::vector<journal::Range>& ranges) {
    const auto stored = entries.append(ranges);
    ASSERT_TRUE(stored) << stored.error().what.en;
  }

  // The hub's journals are for all its laptops: each goes on from where it stopped reading.
  std::vector<journal::Range> heard() {
    const auto& all = hub_.written();
    std::vector<journal::Range> fresh(all.begin() + static_cast<std::ptrdiff_t>(heard_), all.end());
    heard_ = all.size();
    return fresh;
  }
  void hear_into(store::EntryStore& entries) { put(entries, heard()); }

  void start(std::unique_ptr<store::EntryStore> entries) {
    Enrolment enrolment;
    enrolment.hub = "127.0.0.1:1";
    enrolment.grant = hub_.grant(series_);
    enrolment.device_key = device_.public_key;
    OpenedStore opened{folder_.path(), enrolment, data_key_.copy(), copy_of(device_), std::move(entries)};
    auto app = App::open(std::move(opened), {*loop_, clock, random_, log_});
    ASSERT_TRUE(app) << app.error().what.en;
    app_ = *std::move(app);
  }

  test::SeededRandom random_;
  District& hub_;
  std::size_t heard_ = 0;
  test::TempFolder folder_;
  crypto::KeyPair device_;
  std::string series_;
  crypto::SymmetricKey data_key_ = crypto::SymmetricKey::draw(random_);
  program::Log log_ = program::Log::nowhere();
  std::unique_ptr<link::Loop> loop_ = std::make_unique<link::Loop>();
  store::MemStore* entries_ = nullptr;
  std::unique_ptr<App> app_;
};

}  // namespace cunzheng::client::testing
