#include "tests/support/hub_world.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

using domain::Post;
using journal::EntryId;

struct Office : HubWorld {
  Result<EntryId> appoint(const cunzheng::hub::AppointmentOrder& order) {
    return ask<EntryId>([&](auto done) { hub->casework.appoint(order, done); });
  }
  Result<EntryId> appoint_key(std::uint64_t seed, const std::string& name, Post post, const std::string& from) {
    return appoint({"v1", {}, seeded_keys(seed).public_key, name, post, day(from), {}});
  }
  Result<EntryId> revoke(const cunzheng::hub::RevocationOrder& order) {
    return ask<EntryId>([&](auto done) { hub->casework.revoke(order, done); });
  }
  Result<EntryId> rule(const cunzheng::hub::RulingOrder& order) {
    return ask<EntryId>([&](auto done) { hub->casework.rule(order, wang, done); });
  }
};

// ---- committees

// R2, R3, O3: what is wrong with a description is named; two committees never share a code, for numbers are made of it.
TEST(HubCasework, ChecksACommitteesDescription) {
  Office world;
  ASSERT_TRUE(world.add_village("v1"));
  const auto add = [&](auto change) {
    auto body = HubWorld::village("v2");
    change(body);
    return world.ask<EntryId>([&](auto done) { world.hub->casework.add_body(body, done); });
  };
  using Body = journal::BodyDescribed;
  const std::vector<std::tuple<const char*, std::function<void(Body&)>, std::string>> cases{
      {"taken id", [](Body& body) { body.body = "v1"; }, "body"},
      {"id of other letters", [](Body& body) { body.body = "V 2"; }, "body"},
      {"no such ending", [](Body& body) { body.full_name = "示范乙村"; }, "full_name"},
      {"no short name", [](Body& body) { body.short_name = ""; }, "short_name"},
      {"control characters", [](Body& body) { body.short_name = "示范\n乙村"; }, "short_name"},
      {"eleven digits", [](Body& body) { body.code12 = "12019910120"; }, "code12"},
      {"the other's division code", [](Body& body) { body.code12 = "120199101201"; }, "code12"},
      {"a wrong check digit", [](Body& body) { body.credit_code = "54120199TX0000028Y"; }, "credit_code"},
      {"the other's credit code", [](Body& body) { body.credit_code = "54120199TX000001XX"; }, "credit_code"},
  };
  for (const auto& [name, change, field] : cases) {
    const auto refused = add(change);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().field, field) << name;
  }
  EXPECT_TRUE(add([](Body& body) { body.credit_code = "54120199tx0000028x"; })) << "small letters are read";
  EXPECT_EQ(world.hub->directory.facts().body_on("v2", day("2026-05-11"))->credit_code, "54120199TX0000028X");
}

// A committee's attributes are dated: the day of the act decides which hold. Its id stays.
TEST(HubCasework, ACommitteeMayChangeItsAttributes) {
  Office world;
  ASSERT_TRUE(world.add_village());
  auto body = HubWorld::village();
  body.code12 = "120199101299";
  body.from = day("2026-06-01");
  ASSERT_TRUE(world.ask<EntryId>([&](auto done) { world.hub->casework.change_body(body, done); }));
  const auto& facts = world.hub->directory.facts();
  EXPECT_EQ(facts.body_on("v1", day("2026-05-31"))->code12, "120199101201");
  EXPECT_EQ(facts.body_on("v1", day("2026-06-01"))->code12, "120199101299");
  body.body = "v9";
  EXPECT_EQ(world.ask<EntryId>([&](auto done) { world.hub->casework.change_body(body, done); }).error().code,
            FailureCode::not_found);
}

// ---- officers

// R4: an officer whose key came from a laptop of the village is appointed by id or by name; a new head is a new
// appointment, and each day has its head.
TEST(HubCasework, AppointsOfficersWhoseKeysArrived) {
  Office world;
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  const auto keys = HubWorld::seeded_keys(60);
  const auto id = program::officer_id(keys.public_key);
  const journal::OfficerKeyMade made{id, keys.public_key,
                                     crypto::sign(keys.secret, "officer-key", laptop.opening.journal.value())};
  const auto said = laptop.write(made, {"演示子"}, world.clock.now());
  ASSERT_TRUE(world.take("v1", {laptop.opening, said}));

  ASSERT_TRUE(world.appoint({"v1", "演示子", {}, {}, Post::head, day("2020-01-01"), {}}));
  ASSERT_TRUE(world.appoint({"v1", to_hex(id.value()), {}, {}, Post::handler, day("2020-01-01"), day("2020-12-31")}));
  ASSERT_TRUE(world.appoint_key(61, "演示寅", Post::head, "2026-03-19"));
  const auto posts = world.hub->directory.facts().posts("v1");
  EXPECT_EQ(posts.head_on(day("2026-03-18")), id);
  EXPECT_EQ(posts.head_on(day("2026-03-19")), program::officer_id(HubWorld::seeded_keys(61).public_key));
  EXPECT_TRUE(posts.holds(id, Post::handler, day("2020-12-31")));
  EXPECT_FALSE(posts.holds(id, Post::handler, day("2021-01-01")));
  EXPECT_EQ(world.hub->directory.facts().officer(id)->name, "演示子");

  EXPECT_EQ(world.appoint({"v1", "没有此人", {}, {}, Post::head, day("2026-01-01"), {}}).error().field, "officer");
  ASSERT_TRUE(world.add_village("v2"));
  EXPECT_FALSE(world.appoint({"v2", "演示子", {}, {}, Post::head, day("2026-01-01"), {}}))
      << "a key of another village";
}

// R113: nobody is head and keeper of the seal at once. A backward term and a weak key are refused.
TEST(HubCasework, RefusesUnsoundAppointments) {
  Office world;
  ASSERT_TRUE(world.add_village());
  ASSERT_TRUE(world.appoint_key(60, "演示子", Post::head, "2020-01-01"));
  const auto both = world.appoint_key(60, "演示子", Post::seal_keeper, "2026-01-01");
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().rule, "R113");
  ASSERT_TRUE(world.appoint_key(61, "演示丑", Post::seal_keeper, "2020-01-01"));
  EXPECT_EQ(world.appoint_key(61, "演示丑", Post::head, "2026-01-01").error().rule, "R113");
  EXPECT_EQ(world
                .appoint({"v1",
                          {},
                          HubWorld::seeded_keys(62).public_key,
                          "测试壬",
                          Post::handler,
                          day("2026-02-01"),
                          day("2026-01-01")})
                .error()
                .field,
            "to");
  EXPECT_EQ(
      world.appoint({"v1", {}, crypto::PublicKey{}, "测试壬", Post::handler, day("2026-01-01"), {}}).error().field,
      "key");
  EXPECT_EQ(world.appoint_key(63, "", Post::handler, "2026-01-01").error().field, "name");
}

// ---- laptops

// O9, D12: a revoked laptop's sessions end, what it wrote up to the named place stands, what comes later is stored and
// quarantined.
// R4, R113: what would leave a committee without a head, or put the seal into the head's hand, on any day of the term.
TEST(HubCasework, LooksAtEveryDayOfATerm) {
  Office world;
  ASSERT_TRUE(world.add_village("v1"));
  ASSERT_TRUE(world.appoint_key(1, "演示子", Post::head, "2026-01-01"));
  const auto second = world.appoint_key(2, "演示寅", Post::head, "2026-01-01");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().field, "from");
  EXPECT_EQ(second.error().rule, "R4");
  ASSERT_TRUE(world.appoint_key(3, "演示丑", Post::seal_keeper, "2026-03-01"));
  const auto early = world.appoint_key(3, "演示丑", Post::head, "2026-02-01");
  ASSERT_FALSE(early) << "he would keep the seal from March on";
  EXPECT_EQ(early.error().rule, "R113");
  EXPECT_TRUE(world.appoint_key(2, "演示寅", Post::head, "2026-06-01"));
}

TEST(HubCasework, RevokesALaptopFromAPlaceOn) {
  Office world;
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  const auto first = laptop.write(journal::InquiryRecorded{}, {"一", "答"}, world.clock.now());
  const auto second = laptop.write(journal::InquiryRecorded{}, {"二", "答"}, world.clock.now());
  ASSERT_TRUE(world.take("v1", {laptop.opening, first, second}));

  EXPECT_EQ(world.revoke({"v1", "Z", hub::RevocationOrder::AllHeld{}, journal::RevocationReason::stolen}).error().field,
            "device");
  EXPECT_EQ(world.revoke({"v1", "A", journal::Seq{9}, journal::RevocationReason::stolen}).error().field,
            "last_trusted");
  ASSERT_TRUE(world.revoke({"v1", "A", journal::Seq{1}, journal::RevocationReason::stolen}));
  EXPECT_EQ(world.revoked, (std::vector{laptop.writer.key()}));
  EXPECT_EQ(world.hub->directory.facts().device(laptop.writer.key())->revoked->last_trusted, first.head.head);
  const auto findings = world.findings();
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].rule, registers::FindingRule::after_revocation);
  EXPECT_EQ(findings[0].subject.value(), second.head.head.id.value());
}

TEST(HubCasework, RevokesByDefaultFromWhatIsHeld) {
  Office world;
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  ASSERT_TRUE(world.take("v1", {laptop.opening}));
  ASSERT_TRUE(world.revoke(
      {"v1", to_hex(laptop.writer.key().value()), hub::RevocationOrder::AllHeld{}, journal::RevocationReason::lost}));
  EXPECT_EQ(world.hub->directory.facts().device(laptop.writer.key())->revoked->last_trusted, laptop.opening.head.head);
  auto other = world.laptop(22, "v1", "B");
  ASSERT_TRUE(world.revoke({"v1", "B", std::monostate{}, journal::RevocationReason::copied}));
  EXPECT_FALSE(world.hub->directory.facts().device(other.writer.key())->revoked->last_trusted);
}

// ---- rulings

// R100: a ruling needs a finding, an outcome of its set, a reason and an officer of the district; it closes the finding
// and is signed.
TEST(HubCasework, RulesOnAFinding) {
  Office world;
  world.certify_officers();
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  const auto paper = laptop.write(journal::InquiryRecorded{}, {"一", "答"}, world.clock.now());
  ASSERT_TRUE(world.take("v1", {laptop.opening, paper}));
  ASSERT_TRUE(world.revoke({"v1", "A", journal::Seq{0}, journal::RevocationReason::stolen}));
  const auto open = world.findings();
  ASSERT_EQ(open.size(), 1U);
  const auto id = open[0].id;

  using Outcome = journal::RulingOutcome;
  EXPECT_EQ(world.rule({id, Outcome::stands, " ", {}}).error().field, "reason");
  EXPECT_EQ(world.rule({id, Outcome::confirmed_as_fallback, "理由", {}}).error().field, "outcome");
  EXPECT_EQ(world.rule({domain::FindingId{}, Outcome::stands, "理由", {}}).error().code, FailureCode::not_found);
  EXPECT_EQ(world.rule({id, Outcome::stands, "理由", day("2030-01-01")}).error().field, "decided_on");
  const auto stranger = HubWorld::signatory(400);
  EXPECT_EQ(world
                .ask<EntryId>([&](auto done) {
                  world.hub->casework.rule({id, Outcome::stands, "理由", {}}, stranger, done);
                })
                .error()
                .rule,
            "D18");
  EXPECT_EQ(world.findings().size(), 1U);

  ASSERT_TRUE(world.rule({id, Outcome::stands, "丢失前所写，有纸质底稿", {}}));
  EXPECT_TRUE(world.findings().empty());
  const auto rulings = world.written<journal::RulingMade>(hub::body_journal("v1"));
  ASSERT_EQ(rulings.size(), 1U);
  EXPECT_TRUE(
      crypto::verify(world.wang.keys.public_key, "ruling", rulings[0].body.signed_bytes(), rulings[0].body.signature));
  EXPECT_EQ(rulings[0].personal->reason, "丢失前所写，有纸质底稿");
}

}  // namespace
}  // namespace cunzheng::test
