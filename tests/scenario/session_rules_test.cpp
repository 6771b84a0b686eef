// What an open session does with frames and answers that no honest, healthy peer would give, and what it never does.

#include "sync/core/wire_range.hpp"
#include "tests/support/session_pair.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace cunzheng::test {
namespace {

using sync::CloseReason;
using sync::Message;
namespace in = sync::in;
namespace message = sync::message;
namespace out = sync::out;

// A hub's session, opened by a laptop that the test plays by hand; nobody answers its reads and writes but the test.
struct OpenHub {
  explicit OpenHub(SyncWorld& in_world)
      : world(in_world),
        talk(world, world.site("laptop"), world.site("hub")),
        session(talk.hub_options, world.site("hub")) {
    give(in::LinkUp{});
    message::Hello hello;
    hello.said.device = world.journal("own").key();
    hello.said.heads = sync::compact(world.site("laptop").scope("v1"));
    const auto statement = sync::hello_statement({}, hello.said);
    hello.signature = crypto::sign(world.journal("own").secret(), "hello", statement);
    hello_frame = sync::to_frame(hello);
    greeting = give(in::FrameArrived{hello_frame});
  }

  std::vector<sync::Output> give(sync::Input input) { return session.step(std::move(input), world.now() + elapsed_ms); }
  std::vector<sync::Output> say(const Message& message) { return give(in::FrameArrived{sync::to_frame(message)}); }

  SyncWorld& world;
  Talk talk;
  sync::Session session;
  std::int64_t elapsed_ms = 0;
  Bytes hello_frame;
  std::vector<sync::Output> greeting;
};

void furnish(SyncWorld& world) {
  world.site("hub").hold("district", 3);
  world.site("hub").hold("body", 3);
  world.site("laptop").hold("district", 3);
  world.site("laptop").hold("body", 3);
  world.grow("own", 40);
}

template <class What>
std::vector<What> all_of(const std::vector<sync::Output>& outputs) {
  std::vector<What> found;
  for (const auto& output : outputs) {
    if (const auto* one = std::get_if<What>(&output)) found.push_back(*one);
  }
  return found;
}

template <class Said>
std::vector<Said> said_in(const std::vector<sync::Output>& outputs) {
  std::vector<Said> found;
  for (const auto& send : all_of<out::Send>(outputs)) {
    const auto message = sync::parse_frame(send.frame);
    if (const auto* one = std::get_if<Said>(&*message)) found.push_back(*one);
  }
  return found;
}

std::optional<CloseReason> closed_in(const std::vector<sync::Output>& outputs) {
  const auto closings = all_of<out::Close>(outputs);
  return closings.empty() ? std::nullopt : std::optional(closings.front().reason);
}

Status no_space() { return fail(FailureCode::unavailable, {"磁盘已满", "disk full"}); }

// ---------------------------------------------------------------- storing and telling

// Nothing is acknowledged before the disk said so; when the disk says no, the session ends and acknowledges nothing
// of what was under way.
TEST(Session, AcknowledgesOnlyWhatIsDurable) {
  SyncWorld world;
  furnish(world);
  OpenHub hub(world);
  const auto first = all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 0, 2)}}));
  const auto second = hub.say(message::Ranges{{world.range("own", 3, 5)}});
  const auto pending = all_of<out::Store>(second);
  ASSERT_TRUE(first.size() == 1 && pending.size() == 1);
  EXPECT_TRUE(said_in<message::Stored>(second).empty());

  const auto done = hub.give(in::StoreDone{first.front().ticket, {}});
  ASSERT_EQ(said_in<message::Stored>(done).size(), 1U);
  EXPECT_EQ(said_in<message::Stored>(done).front().head.seq, 2U);
  EXPECT_TRUE(said_in<message::Level>(done).empty());                      // the other is still under way
  EXPECT_TRUE(hub.give(in::StoreDone{first.front().ticket, {}}).empty());  // said twice: nothing

  const auto failed = hub.give(in::StoreDone{pending.front().ticket, no_space()});
  EXPECT_EQ(closed_in(failed), CloseReason::store_failed);
  EXPECT_TRUE(said_in<message::Stored>(failed).empty());
  EXPECT_TRUE(hub.session.closed());
}

// After the end there is nothing but silence, whatever comes.
TEST(Session, IsSilentAfterTheEnd) {
  SyncWorld world;
  furnish(world);
  for (const bool by_link : {true, false}) {
    OpenHub hub(world);
    const auto stores = all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 0, 2)}}));
    EXPECT_EQ(closed_in(by_link ? hub.give(in::LinkDown{}) : hub.give(in::Leave{})),
              by_link ? std::nullopt : std::optional(CloseReason::done));
    EXPECT_TRUE(hub.session.closed());
    EXPECT_TRUE(hub.give(in::StoreDone{stores.front().ticket, {}}).empty());
    EXPECT_TRUE(hub.give(in::LoadDone{1, std::vector<journal::Range>{}}).empty());
    EXPECT_TRUE(hub.give(in::JournalGrew{world.head("district", 2).head, false}).empty());
    EXPECT_TRUE(hub.give(in::TimerFired{}).empty());
    EXPECT_TRUE(hub.give(in::LinkUp{}).empty());
    EXPECT_TRUE(hub.say(message::Ping{}).empty());
  }
}

// The statement that admits a new journal may be in a batch that is still being written: the question waits for it.
TEST(Session, AdmissionWaitsForTheDisk) {
  SyncWorld world;
  world.site("hub").hold("district", 2);
  world.site("hub").hold("body", 1);  // no statement yet: the hub was restored, the laptop holds the tail
  world.site("laptop").hold("district", 2);
  world.site("laptop").hold("body", 3);
  world.site("laptop").hold("own", 2);
  OpenHub hub(world);
  const auto body = all_of<out::Store>(hub.say(message::Ranges{{world.range("body", 1, 2)}}));
  ASSERT_EQ(body.size(), 1U);
  const auto early = hub.say(message::Ranges{{world.range("own", 0, 1)}});
  EXPECT_TRUE(all_of<out::Alarm>(early).empty());
  EXPECT_TRUE(said_in<message::Refused>(early).empty());
  ASSERT_TRUE(world.site("hub").store().append(body.front().ranges).has_value());
  const auto later = hub.give(in::StoreDone{body.front().ticket, {}});
  ASSERT_EQ(all_of<out::Store>(later).size(), 1U);
  EXPECT_EQ(all_of<out::Store>(later).front().ranges.front().journal, world.journal("own").id());
}

// ---------------------------------------------------------------- frames out of place

// Each kind of frame in an open session, when nobody expects it: closed, answered, or passed over.
TEST(Session, AnswersEveryKindOfFrame) {
  SyncWorld world;
  furnish(world);
  const auto answer_to = [&](const Message& message) {
    OpenHub hub(world);
    const auto outputs = hub.say(message);
    EXPECT_EQ(hub.session.closed(), closed_in(outputs).has_value());
    return outputs;
  };
  EXPECT_EQ(closed_in(answer_to(message::Hello{})), CloseReason::bad_frame);
  EXPECT_EQ(closed_in(answer_to(message::Welcome{})), CloseReason::bad_frame);
  EXPECT_EQ(closed_in(answer_to(message::Bye{CloseReason::timeout})), CloseReason::timeout);
  EXPECT_EQ(said_in<message::Pong>(answer_to(message::Ping{})).size(), 1U);
  const auto head = world.head("own", 3).head;
  for (const Message& harmless :
       {Message(message::Pong{}), Message(message::Stored{head}), Message(message::SendFrom{head.journal, {}}),
        Message(message::Refused{head.journal, {}, message::Why::failed_checks}),
        Message(message::Level{sync::Varint{99}})}) {
    const auto outputs = answer_to(harmless);
    EXPECT_EQ(closed_in(outputs), std::nullopt) << harmless.index();
    EXPECT_TRUE(all_of<out::Send>(outputs).empty()) << harmless.index();
    EXPECT_TRUE(all_of<out::PeerHolds>(outputs).empty()) << harmless.index();
    EXPECT_TRUE(all_of<out::Alarm>(outputs).empty()) << harmless.index();
  }
  OpenHub hub(world);
  EXPECT_TRUE(hub.give(in::FrameArrived{hub.hello_frame}).empty());  // the very same greeting again
  EXPECT_EQ(closed_in(hub.give(in::LinkUp{})), CloseReason::bad_frame);
}

// Frames that are empty, unknown, cut off or too large end the session with a reason.
TEST(Session, ClosesOnWhatIsNoFrame) {
  SyncWorld world;
  furnish(world);
  const auto good = sync::to_frame(message::Ranges{{world.range("own", 0, 2)}});
  std::vector<Bytes> frames{{}, {0}, {11}, {255, 1, 2}, Bytes((2U << 20) + 1, 3), Bytes(good.begin(), good.end() - 1)};
  frames.push_back(good);
  frames.back().push_back(0);
  for (const auto& frame : frames) {
    OpenHub hub(world);
    const auto outputs = hub.give(in::FrameArrived{frame});
    EXPECT_EQ(closed_in(outputs), CloseReason::bad_frame) << frame.size();
    ASSERT_EQ(said_in<message::Bye>(outputs).size(), 1U);
    EXPECT_EQ(said_in<message::Bye>(outputs).front().reason, CloseReason::bad_frame);
    EXPECT_TRUE(all_of<out::Store>(outputs).empty());
  }
}

// Defence D03: all that a laptop ever said, said again in the same session and in the next one, changes nothing.
TEST(Session, RepetitionChangesNothing) {
  SyncWorld world;
  furnish(world);
  world.site("laptop").hold("own", 9);
  world.site("hub").writes_receipts = true;
  world.link("laptop");
  world.run_until_quiet();
  const auto digest = world.site("hub").digest();
  std::vector<Bytes> recorded;
  for (journal::Seq seq = 0; seq < 9; ++seq) {
    recorded.push_back(sync::to_frame(message::Ranges{{world.range("own", seq, seq)}}));
    recorded.push_back(sync::to_frame(message::Stored{world.head("body", 0).head}));
    recorded.push_back(sync::to_frame(message::Level{sync::Varint{seq}}));
  }
  world.site("hub").writes_receipts = false;  // nothing new came, so there is nothing to write a receipt for
  for (int session = 0; session < 2; ++session) {
    auto& talk = world.link("laptop");
    world.run_until_quiet();
    for (const auto& frame : recorded) talk.inject(true, frame);
    for (const auto& frame : recorded) talk.inject(true, frame);
    world.run_until_quiet();
    EXPECT_FALSE(talk.is_over());
    EXPECT_EQ(world.site("hub").digest(), digest);
  }
  EXPECT_EQ(world.violations(), std::vector<std::string>{});
}

// ---------------------------------------------------------------- hostile and endless

// A peer that sends and never waits is stopped at the window, before memory runs out.
TEST(Session, MoreThanTheWindowClosesIt) {
  SyncWorld world;
  furnish(world);
  OpenHub hub(world);
  auto& own = world.journal("own");
  std::vector<Bytes> frames;
  for (int k = 0; k < 8; ++k) {
    own.add(600'000, 20);
    const auto seq = own.last();
    frames.push_back(sync::to_frame(message::Ranges{{k == 0 ? own.range(0, seq) : own.range(seq, seq)}}));
  }
  std::size_t under_way = 0;
  for (const auto& frame : frames) {
    const auto outputs = hub.give(in::FrameArrived{frame});  // and nobody answers its Store
    if (hub.session.closed()) {
      EXPECT_EQ(closed_in(outputs), CloseReason::bad_frame);
      break;
    }
    under_way += frame.size();
  }
  EXPECT_TRUE(hub.session.closed());
  EXPECT_LE(under_way, (1U << 20) + (2U << 20));
}

// Journals that nobody admits are refused one by one, each with one alarm, and not without end.
TEST(Session, StrangersAreCounted) {
  SyncWorld world;
  furnish(world);
  OpenHub hub(world);
  std::size_t refused = 0;
  for (std::uint64_t k = 0; k < 300 && !hub.session.closed(); ++k) {
    const TestJournal stranger(1'000 + k);
    const auto outputs = hub.say(message::Ranges{{stranger.all()}});
    EXPECT_TRUE(all_of<out::Store>(outputs).empty());
    refused += said_in<message::Refused>(outputs).size();
    EXPECT_EQ(all_of<out::Alarm>(outputs).size(), 1U);
  }
  EXPECT_TRUE(hub.session.closed());
  EXPECT_EQ(refused, 257U);
}

// A journal that begins in the middle is asked for from its start, once; the rest of it is passed over meanwhile.
TEST(Session, UnknownJournalIsAskedForFromItsStart) {
  SyncWorld world;
  furnish(world);
  OpenHub hub(world);
  const auto asked = said_in<message::SendFrom>(hub.say(message::Ranges{{world.range("own", 5, 9)}}));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked.front().from.value, 0U);
  EXPECT_TRUE(said_in<message::SendFrom>(hub.say(message::Ranges{{world.range("own", 10, 12)}})).empty());
  EXPECT_EQ(all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 0, 4)}})).size(), 1U);
}

// The store says where it wants a journal from: the peer is asked once, whatever else of it is still under way.
TEST(Session, GapIsAskedForOnce) {
  SyncWorld world;
  furnish(world);
  world.site("hub").hold("own", 3);
  OpenHub hub(world);
  const auto first = all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 5, 6)}}));
  const auto second = all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 7, 8)}}));
  ASSERT_TRUE(first.size() == 1 && second.size() == 1);
  const auto gap = fail(FailureCode::conflict, {"接不上", "does not join"}, "send_from 3");
  const auto asked = said_in<message::SendFrom>(hub.give(in::StoreDone{first.front().ticket, gap}));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked.front().from.value, 3U);
  EXPECT_TRUE(said_in<message::SendFrom>(hub.give(in::StoreDone{second.front().ticket, gap})).empty());
  EXPECT_TRUE(all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 9, 9)}})).empty());
  EXPECT_EQ(all_of<out::Store>(hub.say(message::Ranges{{world.range("own", 3, 9)}})).size(), 1U);
}

// Asked to begin earlier than it did, a session does; asked for what is not written yet, it has nothing to send.
TEST(Session, BeginsWhereItIsAsked) {
  SyncWorld world;
  furnish(world);
  world.site("hub").hold("district", 8);
  OpenHub hub(world);
  const auto load = all_of<out::Load>(hub.greeting).front();
  EXPECT_EQ(load.from, 3U);
  hub.give(in::LoadDone{load.ticket, std::vector{world.range("district", 3, 7)}});
  const auto again = all_of<out::Load>(hub.say(message::SendFrom{world.journal("district").id(), sync::Varint{1}}));
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again.front().from, 1U);
  hub.give(in::LoadDone{again.front().ticket, std::vector{world.range("district", 1, 7)}});
  hub.say(message::Stored{world.head("district", 7).head});
  const auto beyond = hub.say(message::SendFrom{world.journal("district").id(), sync::Varint{99}});
  EXPECT_TRUE(all_of<out::Load>(beyond).empty());
  const auto grown = hub.give(in::JournalGrew{world.range("district", 0, 7).head.head, false});
  EXPECT_TRUE(all_of<out::Load>(grown).empty());
}

// A peer that asks for the same again and again without storing anything gets it four times; then that journal is
// left out, with an alarm, and the others go on.
TEST(Session, AskingInVainEnds) {
  SyncWorld world;
  furnish(world);
  world.site("hub").hold("district", 8);
  OpenHub hub(world);
  auto outputs = hub.greeting;
  int times = 0;
  for (; times < 20; ++times) {
    const auto loads = all_of<out::Load>(outputs);
    if (loads.empty()) break;
    outputs = hub.give(in::LoadDone{loads.front().ticket, std::vector{world.range("district", loads.front().from, 7)}});
    EXPECT_EQ(said_in<message::Ranges>(outputs).size(), 1U);
    outputs = hub.say(message::SendFrom{world.journal("district").id(), sync::Varint{3}});
  }
  EXPECT_EQ(times, 4);
  ASSERT_EQ(all_of<out::Alarm>(outputs).size(), 1U);
  EXPECT_EQ(all_of<out::Alarm>(outputs).front().kind, sync::AlarmKind::range_refused);
  EXPECT_FALSE(hub.session.closed());
  const auto grown = hub.give(in::JournalGrew{world.head("body", 2).head, false});
  EXPECT_EQ(closed_in(grown), std::nullopt);
}

// ---------------------------------------------------------------- whose journals

// Another village's journals never cross: not when they grow, not when a laptop asks for them or sends them.
TEST(Session, OtherVillagesStayAway) {
  SyncWorld world;
  furnish(world);
  world.site("hub").hold("elsewhere", 4);
  world.give_to_village("elsewhere", "v2");
  OpenHub hub(world);
  const auto& elsewhere = world.journal("elsewhere");
  const auto grown = hub.give(in::JournalGrew{elsewhere.head(3).head, true});
  EXPECT_TRUE(all_of<out::Load>(grown).empty());
  const auto asked = hub.say(message::SendFrom{elsewhere.id(), {}});
  EXPECT_TRUE(all_of<out::Load>(asked).empty());
  const auto sent = hub.say(message::Ranges{{elsewhere.all()}});
  EXPECT_TRUE(all_of<out::Store>(sent).empty());
  EXPECT_EQ(said_in<message::Refused>(sent).size(), 1U);
  ASSERT_EQ(all_of<out::Alarm>(sent).size(), 1U);
  EXPECT_EQ(all_of<out::Alarm>(sent).front().kind, sync::AlarmKind::unknown_journal);
}

// A laptop that merely claims a newer head of a hub's journal alarms nobody: the hub wants its own signature first.
TEST(Session, ClaimsAboutTheHubAreNotBelieved) {
  SyncWorld world;
  furnish(world);
  world.grow("district", 6);
  world.site("laptop").hold("district", 6);  // the hub holds 3 of them
  OpenHub hub(world);
  EXPECT_TRUE(all_of<out::Alarm>(hub.greeting).empty());
  auto forged = world.range("district", 3, 5);
  forged.head.signature.value()[0] ^= 1;
  EXPECT_TRUE(all_of<out::Alarm>(hub.say(message::Ranges{{forged}})).empty());
  const auto shown = hub.say(message::Ranges{{world.range("district", 3, 5)}});
  ASSERT_EQ(all_of<out::Alarm>(shown).size(), 1U);
  EXPECT_EQ(all_of<out::Alarm>(shown).front().kind, sync::AlarmKind::shown_newer_self);
  EXPECT_EQ(all_of<out::Alarm>(shown).front().seq, 5U);
  EXPECT_EQ(all_of<out::Store>(shown).size(), 1U);
  EXPECT_TRUE(std::holds_alternative<out::Alarm>(shown.front()));  // before anything is stored
}

// ---------------------------------------------------------------- flow

// Nobody acknowledges: two first batches go out and no more. What is urgent overtakes what is long.
TEST(Session, SendsTwoBatchesAndWhatIsUrgentFirst) {
  SyncWorld world;
  furnish(world);
  world.grow("own", 400);
  world.site("hub").hold("own", 400);
  OpenHub hub(world);
  std::size_t bytes = 0;
  std::size_t batches = 0;
  auto outputs = hub.greeting;
  journal::Seq next = 0;
  for (auto loads = all_of<out::Load>(outputs); !loads.empty(); loads = all_of<out::Load>(outputs)) {
    EXPECT_EQ(loads.front().from, next);
    next += 90;
    outputs = hub.give(in::LoadDone{loads.front().ticket, std::vector{world.range("own", next - 90, next - 1)}});
    for (const auto& send : all_of<out::Send>(outputs)) bytes += send.frame.size();
    ++batches;
    ASSERT_LE(batches, 3U);
  }
  EXPECT_LE(bytes, 3 * (16U << 10));
  world.site("hub").write("district", 1);
  hub.give(in::JournalGrew{world.head("district", 3).head, false});
  hub.elapsed_ms = 2'000;
  const auto acknowledged = hub.say(message::Stored{world.head("own", 89).head});
  ASSERT_EQ(all_of<out::Load>(acknowledged).size(), 1U);
  EXPECT_EQ(all_of<out::Load>(acknowledged).front().journal, world.journal("district").id());
}

// 1,000 certificates of three entries over 64 kbit/s and 600 ms of round trip: at most 1.2 times what their own bytes
// take, and with a cut every 30 s (and three round trips and a second until the next greeting) at most 1.25 times that.
TEST(Session, SlowAndCutLinksAreUsedWell) {
  const auto seconds_for = [](bool cuts) {
    SyncWorld world;
    world.weather = {300, 8'000, 5, 1};
    furnish(world);
    world.site("hub").hold("own", 40);
    world.site("laptop").hold("own", 40);
    for (int k = 0; k < 1'000; ++k) world.site("laptop").write("own", 3);
    const auto payload = sync::to_wire(world.range("own", 40, world.journal("own").last())).size();
    const auto began = world.now();
    const auto done = [&] { return world.site("hub").digest() == world.site("laptop").digest(); };
    world.link("laptop");
    for (std::int64_t ms = 0; !done() && ms < 3'600'000; ms += 100) {
      world.wait(100);
      if (cuts && ms % 30'000 == 29'900) {
        world.cut("laptop");
        world.wait(1'000 + 3 * 600);
        world.link("laptop");
      }
    }
    EXPECT_TRUE(done());
    EXPECT_EQ(world.violations(), std::vector<std::string>{});
    const auto ideal = static_cast<double>(payload) / 8'000.0;
    const auto taken = static_cast<double>(world.now().ms - began.ms) / 1000.0;
    return std::pair{ideal, taken};
  };
  const auto [ideal, calm] = seconds_for(false);
  const auto [same, stormy] = seconds_for(true);
  std::printf("own bytes %.1f s, calm %.1f s (%.3f), cut every 30 s %.1f s (%.3f of calm)\n", ideal, calm, calm / ideal,
              stormy, stormy / calm);
  EXPECT_EQ(ideal, same);
  EXPECT_LE(calm, 1.2 * ideal);
  EXPECT_LE(stormy, 1.25 * calm);
}

// ---------------------------------------------------------------- time

// A peer that owes an answer and says nothing for a minute is gone; a frame half on its way is a sign of life.
TEST(Session, SilenceEndsIt) {
  SyncWorld world;
  furnish(world);
  world.site("hub").hold("district", 5);
  OpenHub hub(world);
  const auto load = all_of<out::Load>(hub.greeting).front();
  hub.give(in::LoadDone{load.ticket, std::vector{world.range("district", 3, 4)}});
  hub.elapsed_ms = 59'999;
  EXPECT_EQ(closed_in(hub.give(in::TimerFired{})), std::nullopt);
  hub.give(in::LinkAlive{});
  hub.elapsed_ms = 119'998;
  const auto again = hub.give(in::TimerFired{});
  EXPECT_EQ(closed_in(again), std::nullopt);
  ASSERT_EQ(all_of<out::WakeAt>(again).size(), 1U);
  EXPECT_EQ(all_of<out::WakeAt>(again).front().at, world.now() + 119'999);
  hub.elapsed_ms = 119'999;
  EXPECT_EQ(closed_in(hub.give(in::TimerFired{})), CloseReason::timeout);
}

// With nothing owed the laptop asks after 30 s and gives up a minute later; the hub waits as long as both together.
TEST(Session, IdleLinksAreAskedAfter) {
  SyncWorld world;
  furnish(world);
  OpenHub hub(world);
  hub.elapsed_ms = 89'999;
  EXPECT_EQ(closed_in(hub.give(in::TimerFired{})), std::nullopt);
  hub.elapsed_ms = 90'000;
  EXPECT_EQ(closed_in(hub.give(in::TimerFired{})), CloseReason::timeout);

  auto& talk = world.link("laptop");
  world.run_until_quiet();
  ASSERT_EQ(talk.laptop.in_step, 1U);
  talk.hub.down = true;  // it no longer answers, and nobody notices
  world.wait(89'000);
  EXPECT_FALSE(talk.laptop.closed.has_value());
  world.wait(2'000);
  EXPECT_EQ(talk.laptop.closed, CloseReason::timeout);
}

}  // namespace
}  // namespace cunzheng::test
