// Who gets in: greetings that are changed, moved to another link, of another version, too early or too late.

#include "tests/support/session_pair.hpp"

#include <gtest/gtest.h>

namespace cunzheng::test {
namespace {

using sync::CloseReason;
using sync::Message;
namespace message = sync::message;

// Both sides hold enough to talk about.
void furnish(SyncWorld& world) {
  world.site("hub").hold("district", 3);
  world.site("hub").hold("body", 3);
  world.site("laptop").hold("district", 2);
  world.site("laptop").hold("own", 4);
}

// One session alone, fed by hand.
struct Alone {
  Alone(SyncWorld& in_world, bool is_hub)
      : world(in_world),
        talk(world, world.site("laptop"), world.site("hub")),
        session(is_hub ? talk.hub_options : talk.laptop_options, world.site(is_hub ? "hub" : "laptop")) {}

  std::vector<sync::Output> give(sync::Input input) { return session.step(std::move(input), world.now() + elapsed_ms); }
  std::vector<sync::Output> link_up() { return give(sync::in::LinkUp{binding}); }
  std::vector<sync::Output> frame(Bytes bytes) { return give(sync::in::FrameArrived{std::move(bytes)}); }

  SyncWorld& world;
  Talk talk;
  sync::Session session;
  Hash binding{};
  std::int64_t elapsed_ms = 0;
};

Bytes sent_in(const std::vector<sync::Output>& outputs) {
  for (const auto& output : outputs) {
    if (const auto* send = std::get_if<sync::out::Send>(&output)) return send->frame;
  }
  return {};
}

std::optional<CloseReason> closed_in(const std::vector<sync::Output>& outputs) {
  for (const auto& output : outputs) {
    if (const auto* close = std::get_if<sync::out::Close>(&output)) return close->reason;
  }
  return std::nullopt;
}

Bytes hello_of(Alone& laptop) { return sent_in(laptop.link_up()); }

message::Hello as_hello(const Bytes& frame) { return std::get<message::Hello>(*sync::parse_frame(frame)); }

// The laptop's key signs whatever the test likes.
Bytes signed_hello(SyncWorld& world, const message::Hello::Said& said, const Hash& binding = {}) {
  const auto& key = world.journal("own").secret();
  return sync::to_frame(message::Hello{said, crypto::sign(key, "hello", sync::hello_statement(binding, said))});
}

// Defence D02: every bit of a greeting matters. A Hello with one bit flipped opens no session at the hub, a Welcome
// with one bit flipped none at the laptop, and neither is answered with anything but goodbye.
TEST(Greeting, EveryBitIsCovered) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  const auto hello = hello_of(laptop);
  Alone hub(world, true);
  hub.link_up();
  const auto welcome = sent_in(hub.frame(hello));
  ASSERT_TRUE(hub.session.peer().has_value());
  for (const bool to_hub : {true, false}) {
    const auto& good = to_hub ? hello : welcome;
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
      Alone listener(world, to_hub);
      listener.link_up();
      auto changed = good;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      const auto outputs = listener.frame(changed);
      ASSERT_TRUE(listener.session.closed()) << "bit " << bit;
      ASSERT_FALSE(listener.session.peer().has_value());
      ASSERT_TRUE(closed_in(outputs).has_value());
      ASSERT_EQ(outputs.size(), 2U);
      ASSERT_EQ(sync::parse_frame(sent_in(outputs))->index(), Message(message::Bye{}).index());
    }
  }
}

// Defence D01: signatures are of one TLS connection. Behind a relay the two ends have different ones.
TEST(Greeting, RelayedIsNotAdmitted) {
  SyncWorld world;
  furnish(world);
  Talk talk(world, world.site("laptop"), world.site("hub"));
  Alone laptop(world, false);
  const auto hello = hello_of(laptop);
  Alone hub(world, true);
  hub.binding[0] = 1;
  hub.link_up();
  EXPECT_EQ(closed_in(hub.frame(hello)), CloseReason::not_admitted);

  Alone honest_hub(world, true);
  honest_hub.link_up();
  const auto welcome = sent_in(honest_hub.frame(hello));
  Alone other_laptop(world, false);
  other_laptop.binding[0] = 1;
  other_laptop.link_up();
  EXPECT_EQ(closed_in(other_laptop.frame(welcome)), CloseReason::not_admitted);
}

// Defence D03: a Welcome answers one Hello. That of yesterday opens nothing today, even on the same binding.
TEST(Greeting, AnswerOfAnotherQuestionIsNotTaken) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  Alone hub(world, true);
  hub.link_up();
  const auto welcome = sent_in(hub.frame(hello_of(laptop)));
  world.site("laptop").write("own", 1);
  Alone later(world, false);
  later.link_up();
  EXPECT_EQ(closed_in(later.frame(welcome)), CloseReason::not_admitted);
}

// Another hub's key, an unknown device, a revoked one.
TEST(Greeting, KeysDecide) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  const auto hello = as_hello(hello_of(laptop));

  Alone hub(world, true);
  hub.link_up();
  auto unknown = hello.said;
  unknown.device = world.journal("stranger").key();
  const auto statement = sync::hello_statement({}, unknown);
  const auto signature = crypto::sign(world.journal("stranger").secret(), "hello", statement);
  EXPECT_EQ(closed_in(hub.frame(sync::to_frame(message::Hello{unknown, signature}))), CloseReason::not_admitted);

  Alone impostor(world, true);
  impostor.talk.hub_options.sign = [&](ByteView said) {
    return crypto::sign(world.journal("stranger").secret(), "welcome", said);
  };
  impostor.session = sync::Session(impostor.talk.hub_options, world.site("hub"));
  impostor.link_up();
  EXPECT_EQ(closed_in(laptop.frame(sent_in(impostor.frame(sync::to_frame(hello))))), CloseReason::not_admitted);

  world.site("hub").is_revoked = true;
  Alone strict(world, true);
  strict.link_up();
  EXPECT_EQ(closed_in(strict.frame(sync::to_frame(hello))), CloseReason::not_admitted);
}

// Versions: another one is said to be another one; a newest version above ours is no obstacle, out of order is.
TEST(Greeting, VersionsAreCompared) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  const auto said = as_hello(hello_of(laptop)).said;
  const auto answer_to = [&](const Bytes& frame) {
    Alone hub(world, true);
    hub.link_up();
    return closed_in(hub.frame(frame));
  };
  auto changed = said;
  changed.version_most = 9;
  EXPECT_EQ(answer_to(signed_hello(world, changed)), std::nullopt);
  changed.version_most = 0;
  EXPECT_EQ(answer_to(signed_hello(world, changed)), CloseReason::bad_frame);
  changed.version = 2;
  changed.version_most = 3;
  EXPECT_EQ(answer_to(signed_hello(world, changed)), CloseReason::version);
  EXPECT_EQ(answer_to(Bytes{1, 7, 1, 2, 3}), CloseReason::version);  // a layout nobody here can read

  const auto outputs = laptop.frame(Bytes{2, 2, 0, 0});
  EXPECT_EQ(closed_in(outputs), CloseReason::version);
  EXPECT_EQ(to_hex(sent_in(outputs)), "0a03");
}

// Before a device is known it may say 16 KiB, in one kind of frame, within ten seconds.
TEST(Greeting, StrangersGetLittle) {
  SyncWorld world;
  furnish(world);
  const auto answer_to = [&](const Bytes& frame) {
    Alone hub(world, true);
    hub.link_up();
    return closed_in(hub.frame(frame));
  };
  Alone laptop(world, false);
  auto said = as_hello(hello_of(laptop)).said;
  said.heads.assign(1'300, said.heads.front());
  EXPECT_EQ(answer_to(signed_hello(world, said)), CloseReason::bad_frame);
  said.heads.resize(900);
  EXPECT_EQ(answer_to(signed_hello(world, said)), std::nullopt);
  for (const Message& other :
       {Message(message::Welcome{}), Message(message::Ping{}), Message(message::Level{}), Message(message::Bye{}),
        Message(message::Ranges{{world.range("own", 0, 1)}}), Message(message::SendFrom{})}) {
    EXPECT_EQ(answer_to(sync::to_frame(other)), CloseReason::bad_frame) << other.index();
  }
  EXPECT_EQ(answer_to({}), CloseReason::bad_frame);

  for (const bool is_hub : {true, false}) {
    Alone waiting(world, is_hub);
    const auto outputs = waiting.link_up();
    const auto* wake = std::get_if<sync::out::WakeAt>(&outputs.back());
    ASSERT_NE(wake, nullptr);
    EXPECT_EQ(wake->at, world.now() + 10'000);
    waiting.elapsed_ms = 9'000;
    waiting.give(sync::in::LinkAlive{});  // a trickle of bytes buys no time
    waiting.elapsed_ms = 9'999;
    EXPECT_EQ(closed_in(waiting.give(sync::in::TimerFired{})), std::nullopt);
    waiting.elapsed_ms = 10'000;
    EXPECT_EQ(closed_in(waiting.give(sync::in::TimerFired{})), CloseReason::timeout);
  }
}

// A laptop with more journals than a Hello can name still gets in and converges; it names fewer.
TEST(Greeting, VeryManyJournalsStillFit) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  laptop.talk.laptop_options.limits.hello_bytes_max = 140;
  laptop.session = sync::Session(laptop.talk.laptop_options, world.site("laptop"));
  const auto frame = hello_of(laptop);
  EXPECT_LE(frame.size(), 140U);
  EXPECT_LT(as_hello(frame).said.heads.size(), 2U);
  Alone hub(world, true);
  hub.link_up();
  EXPECT_EQ(closed_in(hub.frame(frame)), std::nullopt);
}

// What the greeting tells the programs: whose device, how often it was started, what time the hub has.
TEST(Greeting, TellsWhoIsThere) {
  SyncWorld world;
  furnish(world);
  Alone laptop(world, false);
  laptop.talk.laptop_options.boot_counter = 41;
  laptop.session = sync::Session(laptop.talk.laptop_options, world.site("laptop"));
  EXPECT_FALSE(laptop.session.peer().has_value());
  Alone hub(world, true);
  hub.talk.hub_options.wall_ahead_ms = 1'000'000;
  hub.session = sync::Session(hub.talk.hub_options, world.site("hub"));
  hub.link_up();
  hub.elapsed_ms = 1'234;
  EXPECT_EQ(hub.session.body(), "");
  laptop.frame(sent_in(hub.frame(hello_of(laptop))));
  ASSERT_TRUE(hub.session.peer() && laptop.session.peer());
  EXPECT_EQ(hub.session.peer()->key, world.journal("own").key());
  EXPECT_EQ(hub.session.peer()->boot_counter, 41U);
  EXPECT_EQ(hub.session.body(), "v1");
  EXPECT_EQ(laptop.session.peer()->hub_time, world.now() + 1'001'234);
}

}  // namespace
}  // namespace cunzheng::test
