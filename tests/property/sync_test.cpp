// Laws of sync: whatever villages and hub hold, however links are cut and disks fail, afterwards all hold the same;
// nobody ever says that something is stored which is not; and where there is nothing new, one answer ends it.

#include "tests/support/session_pair.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace cunzheng::test {
namespace {

constexpr std::uint64_t seeds_usually = 250;

std::uint64_t seeds() {
  const char* const wanted = std::getenv("CUNZHENG_SEEDS");
  return wanted == nullptr ? seeds_usually : std::strtoull(wanted, nullptr, 10);
}

const std::vector<std::string> laptops{"laptop", "neighbour"};

// What each site holds at the start: any beginning of any journal that can have got there, now and then of a branch.
void furnish(SyncWorld& world, SeededRandom& random) {
  const auto some = [&](std::size_t least, std::size_t most) { return random.between(least, most); };
  const bool forked = random.one_in(3);
  world.grow("own", some(1, 12));
  if (forked) world.fork("own", world.journal("own").items().size());
  world.grow("own", world.journal("own").items().size() + some(0, 9));
  for (const auto* name : {"hub", "laptop", "neighbour"}) {
    auto& site = world.site(name);
    const bool is_hub = site.is_hub();
    // Only the hub's disk must hold the statements: a hub without them admits nobody's journal, and rightly.
    if (is_hub || !random.one_in(4)) site.hold("district", some(1, 8));
    if (is_hub || !random.one_in(4)) site.hold("body", some(is_hub ? 3 : 1, 9));
    for (const auto* device : {"own", "neighbour"}) {
      const bool writes_it = std::string(device) == (std::string(name) == "laptop" ? "own" : name);
      if (!writes_it && random.one_in(2)) continue;
      const auto held = world.journal(device).items().size();
      site.hold(device, writes_it ? held : some(1, held));
    }
  }
  if (forked) world.site("laptop").hold("own*", world.journal("own*").items().size() + some(1, 6));
  world.site("hub").writes_receipts = random.one_in(2);
}

Fault draw_fault(SeededRandom& random, const SyncWorld::Counts& so_far) {
  using Kind = Fault::Kind;
  constexpr std::array kinds{Kind::none,
                             Kind::cut_before_output,
                             Kind::cut_after_frame,
                             Kind::truncate_frame,
                             Kind::duplicate_frame,
                             Kind::delay_frame,
                             Kind::store_fails_empty,
                             Kind::store_fails_written,
                             Kind::load_fails};
  const auto kind = kinds[random.below(kinds.size())];
  const auto soon = [&](std::size_t count, std::uint64_t within) { return count + random.below(within); };
  switch (kind) {
    case Kind::cut_before_output:
      return {kind, soon(so_far.outputs, 40), 0};
    case Kind::store_fails_empty:
    case Kind::store_fails_written:
      return {kind, soon(so_far.stores, 6), 0};
    case Kind::load_fails:
      return {kind, soon(so_far.loads, 6), 0};
    default:
      return {kind, soon(so_far.frames.size(), 16), random.below(400)};
  }
}

// Links, writes and faults for a while; two laptops may be linked at once.
void storm(SyncWorld& world, SeededRandom& random) {
  const auto rounds = random.between(1, 8);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    world.fault = draw_fault(random, world.counts());
    const auto& who = laptops[random.below(laptops.size())];
    world.link(who);
    world.wait(static_cast<std::int64_t>(random.below(600)));
    const std::string hubs = random.one_in(2) ? "district" : "body";
    const auto& last = world.head(hubs, world.journal(hubs).last()).head;
    const bool at_end = world.site("hub").holds(last.journal, last.seq, last.id);  // else it must not write there
    if (at_end && random.one_in(2)) world.site("hub").write(hubs, random.between(1, 3));
    if (random.one_in(2)) world.site("neighbour").write("neighbour", random.between(1, 4));
    world.wait(static_cast<std::int64_t>(random.below(2'000)));
    if (random.one_in(3)) world.cut(who);
  }
  world.fault = {};
}

std::string calm(SyncWorld& world) {
  for (int round = 0; round < 3; ++round) {
    for (const auto& laptop : laptops) {
      world.link(laptop);
      world.run_until_quiet();
      world.cut(laptop);
    }
  }
  std::string wrong;
  for (const auto& violation : world.violations()) wrong += violation + "\n";
  for (const auto& laptop : laptops) {
    world.take_minutes();
    auto& talk = world.link(laptop);
    world.run_until_quiet();
    if (world.site(laptop).digest() != world.site("hub").digest()) wrong += laptop + " and hub differ\n";
    if (talk.laptop.in_step != 1 || talk.hub.in_step != 1) wrong += laptop + " is not in step\n";
    if (talk.laptop.frames_sent != 1 || talk.hub.frames_sent != 1) wrong += laptop + " says more than it must\n";
    if (talk.laptop.bytes_sent + talk.hub.bytes_sent > 300) wrong += laptop + " needs more than 300 bytes\n";
    if (wrong.empty()) continue;
    for (const auto& line : world.take_minutes()) wrong += line + "\n";
  }
  return wrong;
}

// After any storm three calm rounds bring everybody to the same set of entries, branches included.
TEST(Sync, ConvergesAfterAnyStorm) {
  std::size_t frames = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    SeededRandom random(seed);
    SyncWorld world(seed);
    world.weather = {
        static_cast<std::int64_t>(random.between(1, 300)), static_cast<std::int64_t>(random.between(2'000, 200'000)),
        static_cast<std::int64_t>(random.between(0, 40)), static_cast<std::int64_t>(random.between(0, 10))};
    furnish(world, random);
    storm(world, random);
    ASSERT_EQ(calm(world), "") << "seed " << seed;
    for (const auto& item : world.journal("own").items()) {
      const auto entry = journal::parse_entry(item.entry);
      ASSERT_TRUE(world.site("hub").holds(world.journal("own").id(), entry->seq, item.id)) << "seed " << seed;
    }
    frames += world.counts().frames.size();
  }
  std::printf("seeds %llu, frames %zu\n", static_cast<unsigned long long>(seeds()), frames);
}

// The watch over the sessions works: a disk that lies makes a site acknowledge what it does not hold, and is caught.
TEST(Sync, LyingDiskIsNoticed) {
  std::size_t noticed = 0;
  for (std::size_t index = 0; index < 3; ++index) {
    SyncWorld world;
    world.site("hub").hold("district", 3);
    world.site("hub").hold("body", 3);
    world.site("laptop").hold("own", 3);
    world.fault = {Fault::Kind::store_lies, index, 0};
    world.link("laptop");
    world.run_until_quiet();
    noticed += world.violations().empty() ? 0U : 1U;
  }
  EXPECT_EQ(noticed, 3U);
}

}  // namespace
}  // namespace cunzheng::test
