#include "tests/support/hub_world.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

struct Village {
  HubWorld world;
  HubWorld::Laptop laptop = begun();

  HubWorld::Laptop begun() {
    EXPECT_TRUE(world.add_village());
    return world.laptop(21);
  }
  journal::Range say(const std::string& what) {
    return laptop.write(journal::InquiryRecorded{}, {what, "答"}, world.clock.now());
  }
  std::vector<journal::Head> receipts() {
    std::vector<journal::Head> heads;
    for (const auto& each : world.written<journal::Received>(hub::body_journal("v1"))) heads.push_back(each.body.head);
    return heads;
  }
  std::size_t inquiries() {
    const auto rows = world.registers<std::vector<codec::json::value>>(
        [](const registers::Projection& projection) { return projection.rows("inquiry", "v1"); });
    return rows ? rows->size() : 0;
  }
};

// What simply goes on is stored with its receipt in the same step, and live sessions hear of both journals.
TEST(HubIntake, StoresAndReceiptsTogether) {
  Village v;
  const auto first = v.say("一");
  const auto second = v.say("二");
  v.world.grown.clear();
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first, second}));
  EXPECT_EQ(v.receipts(), (std::vector{second.head.head}));
  ASSERT_EQ(v.world.grown.size(), 2U);
  EXPECT_TRUE(std::any_of(v.world.grown.begin(), v.world.grown.end(),
                          [&](const hub::Growth& growth) { return growth.head == second.head.head && growth.is_new; }));
  EXPECT_EQ(v.inquiries(), 2U);
}

// The same entries once more, as after a lost acknowledgement, in other pieces: acknowledged, nothing new, no receipt.
TEST(HubIntake, RepeatedEntriesChangeNothing) {
  Village v;
  const auto first = v.say("一");
  const auto second = v.say("二");
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first, second}));
  ASSERT_TRUE(v.world.take("v1", {first}));
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first, second}));
  EXPECT_EQ(v.receipts().size(), 1U);
  EXPECT_EQ(v.inquiries(), 2U);
}

// Partly known, partly new: what is new is stored and gets its receipt.
TEST(HubIntake, OverlappingRangesAreTaken) {
  Village v;
  const auto first = v.say("一");
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first}));
  const auto second = v.say("二");
  ASSERT_TRUE(v.world.take("v1", {first, second}));
  EXPECT_EQ(v.receipts(), (std::vector{first.head.head, second.head.head}));
  EXPECT_EQ(v.world.hub->directory.end_of(v.laptop.opening.journal), second.head.head);
}

// A gap is answered with the place to send from, and does not hurt what follows.
TEST(HubIntake, AGapIsRefusedWithThePlace) {
  Village v;
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening}));
  const auto first = v.say("一");
  const auto second = v.say("二");
  const auto refused = v.world.take("v1", {second});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::conflict);
  EXPECT_EQ(refused.error().field, "send_from 1");
  EXPECT_TRUE(v.receipts().size() == 1U);
  ASSERT_TRUE(v.world.take("v1", {first, second}));
  EXPECT_EQ(v.inquiries(), 2U);
}

// D09: two copies of one laptop write on. Both branches are stored, read and told to the village; a finding is open.
TEST(HubIntake, AForkKeepsBothBranches) {
  Village v;
  const auto first = v.say("一");
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first}));
  HubWorld::Laptop clone{"v1", "A", journal::Writer(first.head.head, 2, HubWorld::seeded_keys(21)), v.laptop.opening,
                         SeededRandom(77)};
  const auto here = v.say("甲机");
  const auto there = clone.write(journal::InquiryRecorded{}, {"乙机", "答"}, v.world.clock.now());
  ASSERT_TRUE(v.world.take("v1", {here}));
  ASSERT_TRUE(v.world.take("v1", {there}));
  const auto more = clone.write(journal::InquiryRecorded{}, {"乙机又", "答"}, v.world.clock.now());
  ASSERT_TRUE(v.world.take("v1", {more}));

  const auto scope = v.world.hub->directory.scope("v1");
  const auto shows = [&](const journal::EntryId& id) {
    return std::any_of(scope.begin(), scope.end(), [&](const journal::Head& head) { return head.id == id; });
  };
  EXPECT_TRUE(shows(here.head.head.id));
  EXPECT_TRUE(shows(more.head.head.id));
  EXPECT_TRUE(v.world.hub->directory.is_branch(scope.back().journal)) << "branches are told last";
  EXPECT_EQ(v.world.hub->directory.admit(v.laptop.writer.key())->own, v.laptop.opening.journal);
  EXPECT_EQ(v.inquiries(), 4U);
  const auto findings = v.world.findings();
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const registers::Finding& finding) {
    return finding.rule == registers::FindingRule::forked_journal;
  }));

  // The branch is known again after a restart, and goes on.
  v.world.restart();
  const auto last = clone.write(journal::InquiryRecorded{}, {"乙机再", "答"}, v.world.clock.now());
  ASSERT_TRUE(v.world.take("v1", {last}));
  EXPECT_EQ(v.inquiries(), 5U);
}

// While ranges that overlap are on their way, what goes on behind them waits for their outcome and is not mistaken for
// the journal's end.
TEST(HubIntake, WaitsForWhatIsUnsettled) {
  Village v;
  const auto first = v.say("一");
  ASSERT_TRUE(v.world.take("v1", {v.laptop.opening, first}));
  const auto second = v.say("二");
  const auto third = v.say("三");
  int answered = 0;
  const auto count = [&](const Status& status) {
    EXPECT_TRUE(status);
    ++answered;
  };
  v.world.hub->intake.take("v1", {first, second, third}, count);
  v.world.hub->intake.take("v1", {second}, count);
  ASSERT_TRUE(v.world.loop.run_until([&] { return answered == 2; }, v.world.loop.now() + 20'000));
  EXPECT_EQ(v.world.hub->directory.end_of(v.laptop.opening.journal), third.head.head);
}

// O8: a hub that went on writing after a restore, before anybody told it, has forked its own journal. When the village
// shows its branch, a new epoch begins.
TEST(HubIntake, AForkOfTheHubsOwnJournalBeginsAnEpoch) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  auto backup = world.copy_of_disk();
  world.laptop(21);
  const auto told = *world.hub->directory.end_of(*world.hub->directory.own_journal(journal::JournalKind::body, "v1"));
  std::vector<journal::Range> tail;
  world.hub->store().run_and_wait([&](store::EntryStore& store) { tail = *store.read(told.journal, told.seq, {}); });

  HubWorld restored(std::move(backup), "2026-05-12");
  restored.laptop(22, "v1", "B");
  restored.laptop(23, "v1", "C");
  ASSERT_TRUE(restored.take("v1", tail));
  EXPECT_EQ(restored.hub->ledger.epoch(), 2U);
  EXPECT_TRUE(restored.hub->directory.admit(HubWorld::seeded_keys(21).public_key)) << "the branch's facts hold";
  EXPECT_TRUE(restored.hub->directory.admit(HubWorld::seeded_keys(22).public_key));
}

// D31: one damaged entry of the hub's own journal, with no heads around it, does not keep the rest from the villages.
TEST(HubGate, ReadsAroundADamagedEntryOfItsOwn) {
  HubWorld world;
  std::vector<journal::Draft> drafts;
  for (int k = 0; k < 5; ++k) drafts.push_back(journal::draft_of(HubWorld::village(), {}, {}, world.random));
  ASSERT_TRUE(world.ask<std::vector<journal::EntryId>>(
      [&](auto done) { world.hub->ledger.write(hub::body_journal("v1"), std::move(drafts), done); }));
  const auto id = *world.hub->directory.own_journal(journal::JournalKind::body, "v1");
  world.hub->store().run_and_wait([&](store::EntryStore& store) {
    dynamic_cast<store::MemStore&>(store).damage({id, 3});
    EXPECT_FALSE(store.read(id, 1, {})) << "the range has one head, behind the damaged entry";
  });
  std::optional<Result<std::vector<journal::Range>>> loaded;
  world.hub->gate.load({}, {1, id, 1, 1000, 1U << 20},
                       [&](Result<std::vector<journal::Range>> ranges) { loaded = std::move(ranges); });
  ASSERT_TRUE(world.loop.run_until([&] { return loaded.has_value(); }, world.loop.now() + 20'000));
  ASSERT_TRUE(*loaded);
  std::size_t items = 0;
  std::size_t stubs = 0;
  for (const auto& range : **loaded) {
    EXPECT_TRUE(journal::verify_range(range, world.identity.keys.public_key));
    for (const auto& item : range.items) {
      ++items;
      stubs += item.is_stub() ? 1 : 0;
    }
  }
  EXPECT_EQ(items, 5U);
  EXPECT_EQ(stubs, 1U);
}

}  // namespace
}  // namespace cunzheng::test
