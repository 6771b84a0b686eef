#pragma once
// A hub in one process for tests: real parts over the model of the store, a clock that the test sets, chance from a
// seed. Two officers of the district are certified from the start; villages' laptops are written by hand.

#include "hub/hub.hpp"
#include "hub/officers.hpp"
#include "shared/base/verify.hpp"
#include "shared/registers/mem_row_store.hpp"
#include "sync/program/key_file.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>


namespace cunzheng::test {

class SetClock final : public Clock {
 public:
  explicit SetClock(Instant at) : at_(at) {}
  Instant now() const override { return at_; }
  void set(Instant at) { at_ = at; }
  void pass(std::int64_t ms) { at_ = at_ + ms; }

 private:
  Instant at_;
};

inline Instant at_noon(const std::string& day) { return start_of(*CivilDate::parse(day)) + 12LL * 3600 * 1000; }
inline CivilDate day(const std::string& text) { return *CivilDate::parse(text); }

class HubWorld {
 public:
  explicit HubWorld(const std::string& today = "2026-05-11") : HubWorld(nullptr, today) {}
  // A hub that finds this store at its start: a restart, or a restored backup.
  HubWorld(std::unique_ptr<store::EntryStore> disk, const std::string& today)
      : clock(at_noon(today)), root(seeded_keys(7)), identity(make_identity(root)) {
    if (!disk) {
      disk = std::make_unique<store::MemStore>();
      SeededRandom words(11);
      VERIFY(
          disk->append(cunzheng::hub::first_words(identity, root.secret, clock.now() + -3'600'000, words)).has_value());
    }
    open(std::move(disk));
  }

  // The disk as it is now, for a backup or a restart. Nothing may be on its way to it.
  std::unique_ptr<store::MemStore> copy_of_disk() {
    std::unique_ptr<store::MemStore> copy;
    hub->store().run_and_wait([&](store::EntryStore& store) { copy = dynamic_cast<store::MemStore&>(store).clone(); });
    return copy;
  }
  // The program ends and starts again on what is on the disk.
  void restart() {
    auto disk = copy_of_disk();
    hub.reset();
    open(std::move(disk));
  }

  // Begins something that answers with a Result, and runs the loop until it has.
  template <class T, class Begin>
  Result<T> ask(Begin begin) {
    std::optional<Result<T>> answer;
    begin([&](const Result<T>& result) { answer = result; });
    EXPECT_TRUE(loop.run_until([&] { return answer.has_value(); }, loop.now() + 20'000)) << "no answer in 20 s";
    if (!answer) return fail(FailureCode::unavailable, {"没有回答", "no answer"});
    return *answer;
  }

  // ---- the district
  // 王 and 李, certified by the root's second statement.
  void certify_officers() {
    for (const auto* officer : {&wang, &li}) {
      auto statement = *hub->directory.facts().hub();
      const auto next = cunzheng::hub::with_officer(
          statement, {officer->id, officer->keys.public_key, name_of(*officer)}, clock.now());
      write(cunzheng::hub::district_journal, cunzheng::hub::certify(*next, root.secret));
    }
  }
  std::string name_of(const cunzheng::hub::Signatory& officer) const { return &officer == &wang ? "王区员" : "李区员"; }
  std::vector<cunzheng::hub::Signatory> both() const {
    std::vector<cunzheng::hub::Signatory> out;
    for (const auto* each : {&wang, &li})
      out.push_back({each->id, crypto::key_pair_from_seed(each->keys.secret.seed())});
    return out;
  }
  cunzheng::hub::CreditDesk::Signatories both_shared() const {
    return std::make_shared<const std::vector<cunzheng::hub::Signatory>>(both());
  }

  Result<cunzheng::hub::PublishReport> publish(journal::DataKind kind, const std::string& json,
                                               const std::vector<cunzheng::hub::Signatory>& by,
                                               std::optional<CivilDate> from = std::nullopt) {
    return ask<cunzheng::hub::PublishReport>([&](auto done) { hub->publisher.publish(kind, json, from, by, done); });
  }

  // ---- villages
  static journal::BodyDescribed village(const std::string& id = "v1") {
    const bool first = id == "v1";
    return {id,
            first ? "天津市示范区示范镇示范甲村村民委员会" : "天津市示范区示范镇示范乙村村民委员会",
            first ? "示范甲村" : "示范乙村",
            first ? "120199101201" : "120199101202",
            first ? "54120199TX000001XX" : credit_code_of_second,
            "022-00000000",
            day("2020-01-01")};
  }
  static constexpr const char* credit_code_of_second = "54120199TX0000028X";

  Result<journal::EntryId> add_village(const std::string& id = "v1") {
    return ask<journal::EntryId>([&](auto done) { hub->casework.add_body(village(id), done); });
  }

  // A laptop with its key, enrolled for that committee, and the journal it writes.
  struct Laptop {
    std::string body;
    std::string series;
    journal::Writer writer;
    journal::Range opening;
    SeededRandom random;

    journal::Range write(std::vector<journal::Draft> drafts, Instant at) {
      return writer.write(std::move(drafts), {{at, ClockConfidence::plausible, 0}, {}, {}});
    }
    template <class Body>
    journal::Range write(const Body& body_said, const typename Body::Private& personal, Instant at,
                         domain::SubjectId subject = {}) {
      std::vector<journal::Draft> drafts;
      drafts.push_back(journal::draft_of(body_said, personal, subject, random));
      return write(std::move(drafts), at);
    }
  };
  // Enrols by writing the hub's statement; the ways of a slip have tests of their own.
  Laptop laptop(std::uint64_t seed, const std::string& body = "v1", const std::string& series = "A") {
    const auto keys = seeded_keys(seed);
    write(cunzheng::hub::body_journal(body), journal::DeviceEnrolled{keys.public_key, series, series, clock.now()});
    return unenrolled_laptop(seed, body, series);
  }
  Laptop unenrolled_laptop(std::uint64_t seed, const std::string& body = "v1", const std::string& series = "A") {
    SeededRandom chance(seed ^ 0x1a9);
    journal::JournalOpened opening;
    opening.body = body;
    opening.key = seeded_keys(seed).public_key;
    opening.series = series;
    opening.nonce = draw<16>(chance);
    auto opened = journal::Writer::open(opening, seeded_keys(seed),
                                        {{clock.now(), ClockConfidence::plausible, 0}, {}, {}}, chance);
    return {body, series, std::move(opened.writer), std::move(opened.range), chance};
  }

  Status take(const std::string& body, std::vector<journal::Range> ranges) {
    std::optional<Status> answer;
    hub->intake.take(body, std::move(ranges), [&](const Status& status) { answer = status; });
    EXPECT_TRUE(loop.run_until([&] { return answer.has_value(); }, loop.now() + 20'000)) << "no answer in 20 s";
    return answer.value_or(fail(FailureCode::unavailable, {"没有回答", "no answer"}));
  }

  // ---- looking
  template <class Body>
  Result<std::vector<journal::EntryId>> write(const cunzheng::hub::OwnJournal& where, const Body& body,
                                              const typename Body::Private& personal = {}) {
    std::vector<journal::Draft> drafts;
    drafts.push_back(journal::draft_of(body, personal, {}, random));
    return ask<std::vector<journal::EntryId>>([&](auto done) { hub->ledger.write(where, std::move(drafts), done); });
  }

  // All entries of that kind in the hub's journals of that place, all epochs, with what is left of their private part.
  template <class Body>
  struct Written {
    Body body;
    std::optional<typename Body::Private> personal;
    journal::Entry entry;
    journal::EntryId id;
  };
  template <class Body>
  std::vector<Written<Body>> written(const cunzheng::hub::OwnJournal& where) {
    std::vector<Written<Body>> out;
    hub->store().run_and_wait([&](store::EntryStore& store) {
      for (const auto& info : store.journals()) {
        const auto first = store.item({info.head.head.journal, 0});
        const auto opening = journal::read_body<journal::JournalOpened>(*journal::parse_entry(first->item.entry));
        if (!opening || opening->journal_kind != where.kind || opening->body != where.body) continue;
        for (auto seq = info.first; seq <= info.head.head.seq; ++seq) {
          const auto stored = store.item({info.id, seq});
          const auto entry = journal::parse_entry(stored->item.entry);
          if (!entry || entry->kind.value() != Body::kind) continue;
          const auto personal = journal::read_private<Body>(stored->item.private_part);
          out.push_back({*journal::read_body<Body>(*entry),
                         personal ? std::optional<typename Body::Private>(*personal) : std::nullopt, *entry,
                         stored->item.id});
        }
      }
    });
    return out;
  }

  // Runs `look` over the registers when they are up to date.
  template <class T, class Look>
  Result<T> registers(Look look) {
    return ask<T>([&](auto done) {
      hub->projector.read([this, done, look](const Result<const registers::Projection*>& projection) {
        const auto found = projection ? look(**projection) : Result<T>(tl::make_unexpected(projection.error()));
        loop.post([done, found] { done(found); });
      });
    });
  }
  std::vector<registers::Finding> findings(bool open_only = true) {
    const auto found = registers<std::vector<registers::Finding>>(
        [&](const registers::Projection& projection) { return projection.findings({}, open_only); });
    return found ? *found : std::vector<registers::Finding>{};
  }

  static crypto::KeyPair seeded_keys(std::uint64_t seed) {
    SeededRandom chance(seed);
    return crypto::make_key_pair(chance);
  }
  static cunzheng::hub::Signatory signatory(std::uint64_t seed) {
    auto keys = seeded_keys(seed);
    const auto id = program::officer_id(keys.public_key);
    return {id, std::move(keys)};
  }

  SetClock clock;
  SeededRandom random{20260511};
  crypto::KeyPair root;
  cunzheng::hub::Identity identity;
  cunzheng::hub::Signatory wang = signatory(101);
  cunzheng::hub::Signatory li = signatory(102);
  link::Loop loop;
  program::Log log = program::Log::nowhere();
  std::vector<cunzheng::hub::Growth> grown;  // what live sessions would have heard
  std::vector<crypto::PublicKey> revoked;
  std::unique_ptr<cunzheng::hub::Hub> hub;

 private:
  static cunzheng::hub::Identity make_identity(const crypto::KeyPair& root) {
    SeededRandom chance(5);
    const auto hub_id = draw<16>(chance);
    return {"示范区",
            "hub.example.cn",
            hub_id,
            root.public_key,
            seeded_keys(3),
            {},
            crypto::SymmetricKey::draw(chance),
            crypto::SymmetricKey::draw(chance)};
  }
  void open(std::unique_ptr<store::EntryStore> disk) {
    hub = std::make_unique<cunzheng::hub::Hub>(loop, identity, std::move(disk),
                                               std::make_unique<registers::MemRowStore>(), clock, random, log);
    hub->outside.grew = [this](const cunzheng::hub::Growth& growth) { grown.push_back(growth); };
    hub->outside.device_revoked = [this](const crypto::PublicKey& key) { revoked.push_back(key); };
    const auto loaded = hub->load();
    EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : loaded.error().what.en);
  }
};

}  // namespace cunzheng::test
