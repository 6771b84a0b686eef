#include "tests/support/hub_world.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

using journal::JournalKind;

std::size_t checkpoints(HubWorld& world) { return world.written<journal::Checkpoint>(hub::district_journal).size(); }

journal::Head end_of(const HubWorld& world, JournalKind kind, const std::string& body = {}) {
  return *world.hub->directory.end_of(*world.hub->directory.own_journal(kind, body));
}

// The first fact about a village opens its journal; later ones go on with it, each linked to the one before.
TEST(HubLedger, OpensAJournalWithItsFirstFact) {
  HubWorld world;
  EXPECT_FALSE(world.hub->directory.own_journal(JournalKind::body, "v1"));
  const auto described = world.add_village();
  ASSERT_TRUE(described);
  const auto end = end_of(world, JournalKind::body, "v1");
  EXPECT_EQ(end.seq, 1U);
  EXPECT_EQ(end.id, *described);
  world.laptop(21);
  EXPECT_EQ(end_of(world, JournalKind::body, "v1").seq, 2U);
}

// Drafts for several journals become durable together, and their ids come back in the order of the drafts.
TEST(HubLedger, WritesSeveralJournalsInOneStep) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  std::vector<hub::Ledger::Order> orders(2);
  orders[0].where = hub::office_journal;
  orders[0].drafts.push_back(journal::draft_of(journal::EnrolmentTried{}, {}, {}, world.random));
  orders[1].where = hub::body_journal("v1");
  orders[1].drafts.push_back(journal::draft_of(HubWorld::village(), {}, {}, world.random));
  const auto ids =
      world.ask<std::vector<journal::EntryId>>([&](auto done) { world.hub->ledger.write(std::move(orders), done); });
  ASSERT_TRUE(ids);
  ASSERT_EQ(ids->size(), 2U);
  EXPECT_EQ(end_of(world, JournalKind::office).id, ids->at(0));
  EXPECT_EQ(end_of(world, JournalKind::body, "v1").id, ids->at(1));
}

// One checkpoint a day, with the first word of that day; a restart on the same day makes no second one.
TEST(HubLedger, ChecksPointsOnceADay) {
  HubWorld world("2026-05-11");
  ASSERT_TRUE(world.add_village());
  EXPECT_EQ(checkpoints(world), 0U) << "the district spoke today already, when it was made";
  world.clock.set(at_noon("2026-05-12"));
  world.laptop(21);
  world.laptop(22, "v1", "B");
  EXPECT_EQ(checkpoints(world), 1U);
  world.restart();
  world.laptop(23, "v1", "C");
  EXPECT_EQ(checkpoints(world), 1U);
  world.clock.set(at_noon("2026-05-13"));
  world.laptop(24, "v1", "D");
  ASSERT_EQ(checkpoints(world), 2U);
  EXPECT_EQ(world.written<journal::Checkpoint>(hub::district_journal).back().body.day, day("2026-05-13"));
}

// An entry says how far its writer had read the hub's journals: of the hub's own entries, how far they had come.
TEST(HubLedger, EntriesSayWhatWasKnown) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  world.laptop(21);
  const auto enrolled = world.written<journal::DeviceEnrolled>(hub::body_journal("v1"));
  ASSERT_EQ(enrolled.size(), 1U);
  EXPECT_EQ(enrolled[0].entry.known_body, (journal::Known{1, 1}));
  EXPECT_EQ(enrolled[0].entry.known_district.epoch, 1U);
}

// D15, O8: a hub restored from an old copy is shown its own later entries by a village. It opens new journals above the
// old epoch before it stores or writes anything, takes its lost tail back into the old ones, and reuses no position.
TEST(HubLedger, RestoredHubOpensAnEpochAndGetsItsTailBack) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  ASSERT_TRUE(world.take("v1", {laptop.opening}));
  auto backup = world.copy_of_disk();

  const auto paper = laptop.write(journal::InquiryRecorded{}, {"问", "答"}, world.clock.now());
  ASSERT_TRUE(world.take("v1", {paper}));
  const auto lost_end = end_of(world, JournalKind::body, "v1");
  std::vector<journal::Range> tail;  // what the village got before the disk of the hub died
  world.hub->store().run_and_wait(
      [&](store::EntryStore& store) { tail = *store.read(lost_end.journal, lost_end.seq, {}); });

  HubWorld restored(std::move(backup), "2026-05-12");
  const auto restored_end = end_of(restored, JournalKind::body, "v1");
  ASSERT_LT(restored_end.seq, lost_end.seq);
  EXPECT_EQ(restored.hub->ledger.epoch(), 1U);

  ASSERT_TRUE(restored.take("v1", tail));
  EXPECT_EQ(restored.hub->ledger.epoch(), 2U);
  EXPECT_EQ(restored.hub->directory.end_of(lost_end.journal), lost_end) << "the tail is back, in the old journal";
  const auto now = restored.hub->directory.own_journal(JournalKind::body, "v1");
  ASSERT_TRUE(now);
  EXPECT_NE(*now, lost_end.journal);
  EXPECT_EQ(restored.hub->directory.opening_of(*now)->epoch, 2U);
  EXPECT_EQ(restored.hub->directory.opening_of(*now)->predecessor, restored_end);
  EXPECT_TRUE(std::any_of(restored.hub->gate.alarms().begin(), restored.hub->gate.alarms().end(),
                          [](const hub::Alarm& alarm) { return alarm.what == "epoch_begun"; }));

  // The paper comes again, its receipt stands in the new epoch, and nothing follows in the old one.
  ASSERT_TRUE(restored.take("v1", {paper}));
  EXPECT_EQ(restored.hub->directory.end_of(lost_end.journal), lost_end);
  EXPECT_GT(end_of(restored, JournalKind::body, "v1").seq, 0U);

  // The same tail from the village's other laptop changes nothing, and a restart goes on in the new epoch.
  ASSERT_TRUE(restored.take("v1", tail));
  EXPECT_EQ(restored.hub->ledger.epoch(), 2U);
  restored.restart();
  EXPECT_EQ(restored.hub->ledger.epoch(), 2U);
  EXPECT_EQ(restored.hub->directory.own_journal(JournalKind::body, "v1"), now);
}

// The session's alarm comes before the ranges: it alone moves the epoch, once for all sessions that raise it.
TEST(HubLedger, TheAlarmMovesTheEpochOnce) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  const auto old = *world.hub->directory.own_journal(JournalKind::district, {});
  link::SessionInfo session;
  session.body = "v1";
  world.hub->gate.alarm(session, {sync::AlarmKind::shown_newer_self, old, 40});
  EXPECT_EQ(world.hub->ledger.epoch(), 2U);
  world.hub->gate.alarm(session, {sync::AlarmKind::shown_newer_self, old, 41});
  world.hub->gate.alarm(session, {sync::AlarmKind::unknown_journal, old, 0});
  EXPECT_EQ(world.hub->ledger.epoch(), 2U);
  world.laptop(21);
  EXPECT_NE(end_of(world, JournalKind::district).journal, old);
}

// A whole journal of the hub that the copy does not know comes back: an epoch above that journal's is opened, and the
// village's facts of the lost journal hold again.
TEST(HubLedger, ALostJournalComesBack) {
  HubWorld world;
  auto backup = world.copy_of_disk();
  ASSERT_TRUE(world.add_village());
  const auto laptop = world.laptop(21);
  const auto lost = end_of(world, JournalKind::body, "v1");
  std::vector<journal::Range> all;
  world.hub->store().run_and_wait([&](store::EntryStore& store) { all = *store.read(lost.journal, 0, {}); });

  HubWorld restored(std::move(backup), "2026-05-12");
  EXPECT_FALSE(restored.hub->directory.admit(laptop.writer.key()));
  ASSERT_TRUE(restored.take("v1", all));
  EXPECT_EQ(restored.hub->ledger.epoch(), 2U);
  EXPECT_TRUE(restored.hub->directory.admit(laptop.writer.key()));
  restored.laptop(22, "v1", "B");
  const auto now = *restored.hub->directory.own_journal(JournalKind::body, "v1");
  EXPECT_EQ(restored.hub->directory.opening_of(now)->epoch, 2U);
  EXPECT_EQ(restored.hub->directory.opening_of(now)->predecessor, lost);
}

// A store that fails stops everything: nothing is acknowledged from then on, and the program is told.
TEST(HubLedger, NothingIsWrittenAfterTheStoreFailed) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  std::optional<Failure> heard;
  world.hub->outside.store_failed = [&](const Failure& failure) { heard = failure; };
  // A journal that goes on from an entry nobody has: what a store answers when memory and disk differ.
  auto laptop = world.unenrolled_laptop(21);
  auto second = laptop.write(journal::InquiryRecorded{}, {}, world.clock.now());
  std::optional<Status> answer;
  world.hub->directory.pending({&laptop.opening, 1});
  world.hub->ledger.append({second}, [&](const Status& status) { answer = status; });
  ASSERT_TRUE(world.loop.run_until([&] { return answer.has_value(); }, world.loop.now() + 20'000));
  EXPECT_FALSE(*answer);
  ASSERT_TRUE(heard);
  EXPECT_FALSE(world.add_village("v2"));
}

}  // namespace
}  // namespace cunzheng::test
