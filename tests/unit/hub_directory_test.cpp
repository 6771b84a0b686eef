#include "tests/support/hub_world.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

using journal::JournalKind;

std::vector<JournalKind> kinds_in_scope(const HubWorld& world, const std::string& body) {
  std::vector<JournalKind> kinds;
  for (const auto& head : world.hub->directory.scope(body)) {
    kinds.push_back(world.hub->directory.opening_of(head.journal)->journal_kind);
  }
  return kinds;
}

// A village is told of the district's journal first, then of its own, then of its laptops; never of the office or of
// another village.
TEST(HubDirectory, ScopeIsWhatAVillageMaySee) {
  HubWorld world;
  ASSERT_TRUE(world.add_village("v1"));
  ASSERT_TRUE(world.add_village("v2"));
  auto a = world.laptop(21, "v1", "A");
  auto c = world.laptop(22, "v2", "A");
  ASSERT_TRUE(world.take("v1", {a.opening}));
  ASSERT_TRUE(world.take("v2", {c.opening}));

  EXPECT_EQ(kinds_in_scope(world, "v1"), (std::vector{JournalKind::district, JournalKind::body, JournalKind::device}));
  EXPECT_TRUE(world.hub->directory.in_scope("v1", a.opening.journal));
  EXPECT_FALSE(world.hub->directory.in_scope("v1", c.opening.journal));
  const auto office = world.hub->directory.own_journal(JournalKind::office, {});
  ASSERT_TRUE(office);
  EXPECT_FALSE(world.hub->directory.in_scope("v1", *office));
}

// Whoever is not enrolled, or is revoked, gets no session; a revoked device is told so (O9).
TEST(HubDirectory, AdmitsEnrolledDevicesOnly) {
  HubWorld world;
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  const auto key = laptop.writer.key();
  const auto admitted = world.hub->directory.admit(key);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->body, "v1");
  EXPECT_FALSE(admitted->own) << "its journal has not come yet";
  ASSERT_TRUE(world.take("v1", {laptop.opening}));
  EXPECT_EQ(world.hub->directory.admit(key)->own, laptop.opening.journal);

  EXPECT_EQ(world.hub->directory.admit(HubWorld::seeded_keys(99).public_key).error().code, FailureCode::refused);
  ASSERT_TRUE(world.ask<journal::EntryId>([&](auto done) {
    world.hub->casework.revoke({"v1", "A", hub::RevocationOrder::AllHeld{}, journal::RevocationReason::stolen}, done);
  }));
  const auto refused = world.hub->directory.admit(key);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "O9");
}

// A journal begins only by the word of a device that is enrolled for that village under that letter; nobody makes up a
// journal of the hub.
TEST(HubDirectory, AdmitsJournalsOfEnrolledDevicesOnly) {
  HubWorld world;
  ASSERT_TRUE(world.add_village("v1"));
  ASSERT_TRUE(world.add_village("v2"));
  const auto laptop = world.laptop(21, "v1", "A");
  const auto admit = [&](const HubWorld::Laptop& of, const std::string& body) {
    const auto entry = journal::parse_entry(of.opening.items.front().entry);
    return world.hub->directory.admit_journal(*entry, of.opening.journal, body);
  };
  EXPECT_TRUE(admit(laptop, "v1"));
  EXPECT_FALSE(admit(laptop, "v2")) << "on the session of another village";
  EXPECT_FALSE(admit(world.unenrolled_laptop(55), "v1"));
  EXPECT_EQ(admit(world.unenrolled_laptop(21, "v1", "B"), "v1").error().rule, "O3");

  journal::JournalOpened made_up;
  made_up.journal_kind = JournalKind::body;
  made_up.body = "v1";
  made_up.epoch = 9;
  made_up.key = HubWorld::seeded_keys(21).public_key;
  SeededRandom chance(1);
  const auto opened = journal::Writer::open(made_up, HubWorld::seeded_keys(21), {}, chance);
  const auto entry = journal::parse_entry(opened.range.items.front().entry);
  EXPECT_FALSE(world.hub->directory.admit_journal(*entry, opened.range.journal, "v1"));
}

// Memory after a restart is the memory before it: ends, openings and facts come from the disk.
TEST(HubDirectory, RestartKnowsTheSame) {
  HubWorld world;
  world.certify_officers();
  ASSERT_TRUE(world.add_village());
  auto laptop = world.laptop(21);
  ASSERT_TRUE(world.take("v1", {laptop.opening}));
  const auto before = world.hub->directory.scope("v1");
  world.restart();
  EXPECT_EQ(world.hub->directory.scope("v1"), before);
  EXPECT_TRUE(world.hub->directory.admit(laptop.writer.key()));
  EXPECT_NE(world.hub->directory.facts().district_officer(world.wang.id), nullptr);
}

}  // namespace
}  // namespace cunzheng::test
