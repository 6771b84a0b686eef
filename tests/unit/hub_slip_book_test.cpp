#include "tests/support/hub_world.hpp"

namespace cunzheng::test {
namespace {

using sync::EnrolmentCode;

crypto::SymmetricKey key_from(std::uint64_t seed) {
  SeededRandom chance(seed);
  return crypto::SymmetricKey::draw(chance);
}

// A slip made with a key at hand: what stretching does has tests of its own, and takes half a second each time.
struct Slip {
  EnrolmentCode code;
  std::uint64_t key = 0;
};
Slip make_slip(HubWorld& world, std::uint64_t key, const std::string& body = "v1") {
  const auto code = world.hub->slips.draw_code();
  const auto until = world.ask<Instant>([&](auto done) {
    world.hub->slips.make({code, key_from(key)}, body, "新电脑", sync::slip_valid_ms, done);
  });
  EXPECT_TRUE(until.has_value());
  return {code, key};
}

// One whole enrolment as the two ends have it: both value machines, the hub's answers through its real slip book.
struct Attempt {
  HubWorld& world;
  sync::LaptopEnrolment laptop;
  sync::HubEnrolment hub;
  crypto::SymmetricKey typed;  // what the laptop makes of the code that was typed
  std::vector<sync::LaptopEnrolment::Input> to_laptop;
  std::vector<sync::HubEnrolment::Input> to_hub;
  std::optional<program::Grant> grant;
  std::optional<Failure> failure;

  void laptop_said(std::vector<sync::LaptopEnrolment::Output> outputs) {
    for (auto& output : outputs) {
      if (auto* send = std::get_if<sync::out::Send>(&output))
        to_hub.emplace_back(sync::in::FrameArrived{std::move(send->frame)});
      if (std::get_if<sync::out::StretchCode>(&output)) to_laptop.emplace_back(sync::in::CodeStretched{typed.copy()});
      if (auto* done = std::get_if<sync::out::Enrolled>(&output)) grant = *codec::decode<program::Grant>(done->grant);
      if (auto* no = std::get_if<sync::out::EnrolmentFailed>(&output)) failure = no->failure;
    }
  }
  void hub_said(std::vector<sync::HubEnrolment::Output> outputs) {
    for (auto& output : outputs) {
      if (auto* send = std::get_if<sync::out::Send>(&output))
        to_laptop.emplace_back(sync::in::FrameArrived{std::move(send->frame)});
      if (auto* count = std::get_if<sync::out::CountTry>(&output)) {
        world.hub->slips.count_try(count->locator, [this](Result<sync::CountedTry> counted) {
          to_hub.emplace_back(sync::in::TryCounted{std::move(counted)});
        });
      }
      if (auto* make = std::get_if<sync::out::MakeGrant>(&output)) {
        world.hub->slips.grant(make->request,
                               [this](Result<Bytes> made) { to_hub.emplace_back(sync::in::GrantMade{std::move(made)}); });
      }
      if (std::get_if<sync::out::Close>(&output)) to_laptop.emplace_back(sync::in::LinkDown{});
    }
  }
  void run() {
    const auto now = world.clock.now();
    const Hash binding{9};
    to_hub.emplace_back(sync::in::LinkUp{binding});
    to_laptop.emplace_back(sync::in::LinkUp{binding});
    const auto is_over = [this] { return grant || failure; };
    const auto deadline = world.loop.now() + 20'000;
    while (!is_over() && world.loop.now() < deadline) {
      while (!to_hub.empty() || !to_laptop.empty()) {
        for (auto& input : std::exchange(to_hub, {})) hub_said(hub.step(std::move(input), now));
        for (auto& input : std::exchange(to_laptop, {})) laptop_said(laptop.step(std::move(input), now));
      }
      if (!is_over()) world.loop.run_until([this] { return !to_hub.empty() || !to_laptop.empty(); }, deadline);
    }
    ASSERT_TRUE(is_over());
  }
};

Result<program::Grant> enrol(HubWorld& world, const EnrolmentCode& code, std::uint64_t typed, std::uint64_t device,
                             const std::string& expected_body = {}) {
  const auto keys = std::make_shared<crypto::KeyPair>(HubWorld::seeded_keys(device));
  sync::Enrolee enrolee{keys->public_key, "电脑", expected_body, {}};
  Attempt attempt{
      world,
      sync::LaptopEnrolment(
          code, enrolee,
          [keys](ByteView statement) { return crypto::sign(keys->secret, sync::possession_name, statement); },
          draw<32>(world.random)),
      sync::HubEnrolment(world.identity.hub_id, world.hub->slips, draw<32>(world.random),
                         crypto::SymmetricKey::draw(world.random)),
      key_from(typed),
      {},
      {},
      {},
      {}};
  attempt.run();
  if (attempt.grant) return *attempt.grant;
  return tl::make_unexpected(*attempt.failure);
}

// With the right code a laptop is bound to the slip's village under a letter of its own, and gets the root and the
// hub's certified keys. The slip and the binding are entries.
TEST(HubSlipBook, TheRightCodeEnrols) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto slip = make_slip(world, 1);
  const auto grant = enrol(world, slip.code, slip.key, 31);
  ASSERT_TRUE(grant) << grant.error().what.en;
  EXPECT_EQ(grant->root, world.root.public_key);
  EXPECT_EQ(grant->body, "v1");
  EXPECT_EQ(grant->series, "A");
  EXPECT_TRUE(crypto::verify(world.root.public_key, "hub-statement", grant->hub.statement, grant->hub.by_root));
  const auto device = HubWorld::seeded_keys(31).public_key;
  EXPECT_TRUE(world.hub->directory.admit(device));
  const auto tried = world.written<journal::EnrolmentTried>(hub::office_journal);
  ASSERT_EQ(tried.size(), 2U);
  EXPECT_FALSE(tried[0].body.used);
  EXPECT_TRUE(tried[1].body.used);
  EXPECT_EQ(tried[1].body.key, device);
}

// D04: a code works once, also after the hub was restarted.
TEST(HubSlipBook, ACodeWorksOnce) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto slip = make_slip(world, 1);
  ASSERT_TRUE(enrol(world, slip.code, slip.key, 31));
  EXPECT_FALSE(enrol(world, slip.code, slip.key, 32));
  world.restart();
  EXPECT_FALSE(enrol(world, slip.code, slip.key, 33));
  EXPECT_EQ(world.hub->directory.facts().devices_of("v1").size(), 1U);
}

// D04: five wrong tries and the slip is dead: the sixth fails with the right code. A restart does not wash them off.
TEST(HubSlipBook, TheSixthTryFailsWithTheRightCode) {
  for (const bool restarted : {false, true}) {
    HubWorld world;
    ASSERT_TRUE(world.add_village());
    const auto slip = make_slip(world, 1);
    for (std::uint64_t k = 0; k < sync::enrolment_tries_max; ++k)
      EXPECT_FALSE(enrol(world, slip.code, 100 + k, 40 + k));
    if (restarted) world.restart();
    EXPECT_FALSE(enrol(world, slip.code, slip.key, 31)) << (restarted ? "after a restart" : "at once");
    EXPECT_TRUE(world.hub->directory.facts().devices_of("v1").empty());
  }
}

// Four wrong tries leave one.
TEST(HubSlipBook, TheFifthTryMayBeRight) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto slip = make_slip(world, 1);
  for (std::uint64_t k = 0; k + 1 < sync::enrolment_tries_max; ++k)
    EXPECT_FALSE(enrol(world, slip.code, 100 + k, 40 + k));
  EXPECT_TRUE(enrol(world, slip.code, slip.key, 31));
}

// D04: a slip is valid for 72 hours by the hub's clock.
TEST(HubSlipBook, AnExpiredCodeFails) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto slip = make_slip(world, 1);
  world.clock.pass(sync::slip_valid_ms);
  EXPECT_FALSE(enrol(world, slip.code, slip.key, 31));
}

// D04: the code of one village does not enrol a laptop that is meant for another; a locator nobody has is answered too.
TEST(HubSlipBook, ACodeIsBoundToItsVillage) {
  HubWorld world;
  ASSERT_TRUE(world.add_village("v1"));
  ASSERT_TRUE(world.add_village("v2"));
  const auto slip = make_slip(world, 1, "v1");
  EXPECT_FALSE(enrol(world, slip.code, slip.key, 31, "v2"));
  EXPECT_TRUE(enrol(world, slip.code, slip.key, 32, "v1"));
  const auto nobodys = world.hub->slips.draw_code();
  EXPECT_FALSE(enrol(world, nobodys, 1, 33));
  EXPECT_FALSE(world.ask<Instant>([&](auto done) {
    world.hub->slips.make({nobodys, key_from(1)}, "v9", "", sync::slip_valid_ms, done);
  })) << "a slip for a village that is not there";
}

// O3: each laptop of a village gets the next letter, and none twice: not for two that enrol at the same moment, not
// after one was revoked. D05: a key is taken in once.
TEST(HubSlipBook, LettersAndKeysAreGivenOnce) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto first = make_slip(world, 1);
  const auto second = make_slip(world, 2);
  const auto request = [](const Slip& slip, std::uint64_t device) {
    return sync::GrantRequest{slip.code.locator(), "v1", {HubWorld::seeded_keys(device).public_key, "电脑", {}, {}}};
  };
  std::vector<std::string> letters;
  int answered = 0;
  const auto note = [&](const Result<Bytes>& grant) {
    ++answered;
    if (grant) letters.push_back(codec::decode<program::Grant>(*grant)->series);
  };
  world.hub->slips.grant(request(first, 31), note);
  world.hub->slips.grant(request(second, 32), note);
  ASSERT_TRUE(world.loop.run_until([&] { return answered == 2; }, world.loop.now() + 20'000));
  EXPECT_EQ(letters, (std::vector<std::string>{"A", "B"}));

  const auto third = make_slip(world, 3);
  const auto known = enrol(world, third.code, third.key, 31);
  ASSERT_FALSE(known) << "a key that is enrolled already";
  ASSERT_TRUE(world.ask<journal::EntryId>([&](auto done) {
    world.hub->casework.revoke({"v1", "A", hub::RevocationOrder::AllHeld{}, journal::RevocationReason::lost}, done);
  }));
  EXPECT_EQ(enrol(world, third.code, third.key, 33)->series, "C");
}

}  // namespace
}  // namespace cunzheng::test
