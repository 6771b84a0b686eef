#include "tests/support/cutting_proxy.hpp"
#include "tests/support/link_site.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace cunzheng::link {
namespace {

using test::CuttingProxy;
using test::LinkPair;
using test::TlsRelay;

class Link : public ::testing::Test {
 protected:
  void SetUp() override { pair_.emplace(); }
  LinkPair& pair() { return *pair_; }
  // A new world, with `entries` on each side that the other lacks.
  LinkPair& fresh(std::size_t entries) {
    pair_.emplace();
    pair_->hub.site().hold("district", 3 + entries);
    pair_->laptop.site().hold("own", 1 + entries);
    return *pair_;
  }

  std::optional<LinkPair> pair_;
};

// A session comes up over real TLS, each side gets what it lacked, and each was told whom it talks to.
TEST_F(Link, BothEndsHoldTheSame) {
  auto& p = fresh(40);
  p.start();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step() && p.hub.in_step_count > 0 && p.laptop.in_step_count > 0; }));
  EXPECT_EQ(p.connector->state().phase, LinkPhase::connected);
  EXPECT_FALSE(p.connector->state().trouble);
  EXPECT_EQ(p.server->sessions(), 1U);
  ASSERT_EQ(p.hub.opened_sessions.size(), 1U);
  EXPECT_EQ(p.hub.opened_sessions[0].body, "v1");
  EXPECT_EQ(p.hub.opened_sessions[0].peer->key, p.world.journal("own").key());
  EXPECT_EQ(p.hub.opened_sessions[0].address, "127.0.0.1");
  ASSERT_EQ(p.laptop.opened_sessions.size(), 1U);
  EXPECT_EQ(p.laptop.opened_sessions[0].peer->key, p.world.journal("district").key());
  EXPECT_TRUE(p.hub.alarms.empty() && p.laptop.alarms.empty());
}

// What is written while the link is up is at the other end within two seconds, both ways, over the same connection.
TEST_F(Link, NewEntriesTravelAtOnce) {
  auto& p = pair();
  p.start();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step(); }));
  for (int round = 0; round < 3; ++round) {
    p.laptop.write("own", 1);
    EXPECT_TRUE(p.until([&] { return p.hub.holds_all_of("own"); }, 2'000));
    p.hub.write("body", 2);
    EXPECT_TRUE(p.until([&] { return p.laptop.holds_all_of("body"); }, 2'000));
  }
  EXPECT_EQ(p.hub.opened_sessions.size(), 1U);
  EXPECT_EQ(p.server->connections(), 1U);
}

// Growth is told only to sessions whose committee has the journal in scope.
TEST_F(Link, GrowthOutOfScopeIsNotTold) {
  auto& p = pair();
  const auto body = p.world.journal("body").id();
  p.server_options.in_scope = [body](const std::string&, const journal::JournalId& journal) { return journal != body; };
  p.start();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step(); }));
  p.hub.write("body", 1);
  p.hub.write("district", 1);
  ASSERT_TRUE(p.until([&] { return p.laptop.holds_all_of("district"); }, 2'000));
  EXPECT_FALSE(p.laptop.holds_all_of("body"));
}

// The compressor is given back after a pause and a new stream works: live entries arrive after each of several pauses.
TEST_F(Link, StreamsEndAndBeginAgain) {
  auto& p = fresh(40);
  p.server_options.limits.stream_idle_ms = 30;
  p.connector_options.limits.stream_idle_ms = 30;
  p.start();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step(); }));
  for (int round = 0; round < 3; ++round) {
    p.until([] { return false; }, 100);  // longer than a stream may idle
    p.laptop.write("own", 20);
    p.hub.write("body", 20);
    ASSERT_TRUE(p.until([&] { return p.are_in_step(); }, 2'000)) << round;
  }
  EXPECT_EQ(p.hub.opened_sessions.size(), 1U);
}

// Words that repeat cost little: the line carries a fraction of the frames' bytes.
TEST_F(Link, RepeatedWordsCostLittle) {
  auto& p = pair();
  std::uint64_t said = 0;
  p.connector_options.tap = [&](const TappedFrame& tapped) { said += tapped.is_outgoing ? tapped.frame.size() : 0; };
  auto& own = p.world.journal("own");
  const std::string text(400, 'x');
  const Bytes private_part(400, 0x20);
  for (int k = 0; k < 200; ++k) own.add(view_of(text), private_part);
  p.laptop.site().hold("own", own.items().size());
  p.start();
  CuttingProxy proxy({.target_port = p.port()});
  p.connect(proxy.port());
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step(); }));
  EXPECT_GT(said, 200U * 800);
  EXPECT_LT(proxy.counts().up_bytes, said / 4);
}

// The line is cut after every so many bytes, from the first on; each time the next connection brings both sides
// together, and nothing is lost or stored twice.
TEST_F(Link, CutAnywhereThenConverges) {
  std::uint64_t all_bytes = 0;
  for (std::uint64_t place = 0; place == 0 || place < all_bytes; place += 1 + all_bytes / 40) {
    auto& p = fresh(40);
    p.start();
    CuttingProxy proxy({.target_port = p.port()});
    if (all_bytes > 0) proxy.cut_after(place);
    p.connect(proxy.port());
    p.connector->stay_connected();
    if (all_bytes > 0) {
      ASSERT_TRUE(p.until([&] { return proxy.counts().cuts > 0; })) << place << " of " << all_bytes;
      proxy.cut_after(std::nullopt);
    }
    ASSERT_TRUE(p.until([&] {
      p.connector->try_now();
      return p.are_in_step() && p.server->sessions() == 1 && p.connector->state().phase == LinkPhase::connected;
    })) << place
        << " of " << all_bytes;
    EXPECT_TRUE(p.hub.holds_all_of("own") && p.laptop.holds_all_of("district"));
    EXPECT_TRUE(p.hub.alarms.empty() && p.laptop.alarms.empty());
    if (all_bytes == 0) all_bytes = proxy.counts().up_bytes + proxy.counts().down_bytes;
    pair_.reset();  // before the proxy
  }
  EXPECT_GT(all_bytes, 5'000U);
}

// A line that breaks all the time still makes progress: 600 entries each way over 2 Mbit/s cut every 250 ms.
TEST_F(Link, ProgressOverALineCutAgainAndAgain) {
  auto& p = fresh(600);
  p.start();
  CuttingProxy proxy({.target_port = p.port(), .bits_per_second = 1'200'000, .delay_ms = 5, .cut_every_ms = 250});
  p.connect(proxy.port());
  p.connector->stay_connected();
  EXPECT_TRUE(p.until(
      [&] {
        p.connector->try_now();
        return p.are_in_step();
      },
      60'000));
  EXPECT_GE(proxy.counts().cuts, 1U);
  pair_.reset();
}

// Pings keep a silent line alive for as long as both ends are there; an end that is gone without a word is noticed
// by both within the idle time.
TEST_F(Link, SilenceIsToldFromDeath) {
  auto& p = pair();
  p.server_options.limits.idle_ms = 400;
  p.connector_options.limits.idle_ms = 400;
  p.start();
  CuttingProxy proxy({.target_port = p.port()});
  p.connect(proxy.port());
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step() && p.server->sessions() == 1; }));
  EXPECT_FALSE(p.until([&] { return p.server->sessions() == 0; }, 2'000)) << "a silent line was given up";
  EXPECT_EQ(p.connector->state().phase, LinkPhase::connected);

  proxy.set_frozen(true);
  ASSERT_TRUE(p.until([&] { return p.hub.closed_endings.size() == 1 && p.laptop.closed_endings.size() == 1; }, 2'000));
  EXPECT_EQ(p.hub.closed_endings[0].reason, sync::CloseReason::timeout);
  EXPECT_EQ(p.laptop.closed_endings[0].reason, sync::CloseReason::timeout);
  pair_.reset();
}

// One entry that takes the line longer than any silence may last is no silence: it arrives, over one connection.
TEST_F(Link, LargeEntryOverSlowLine) {
  auto& p = pair();
  constexpr std::int64_t patience_ms = 1'500;
  p.server_options.limits.idle_ms = patience_ms;
  p.connector_options.limits.idle_ms = patience_ms;
  p.connector_options.make_session = [&p] {
    auto options = test::laptop_session(p.world);
    options.limits.silence_ms = patience_ms;
    return sync::Session(options, p.laptop.site());
  };
  p.start();
  CuttingProxy proxy({.target_port = p.port(), .bits_per_second = 1'000'000});
  p.connect(proxy.port());
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step() && p.server->sessions() == 1; }));
  p.world.journal("own").add(std::size_t{400'000});
  p.laptop.write("own", 0);
  const auto began = p.loop.now();
  EXPECT_TRUE(p.until([&] { return p.hub.holds_all_of("own"); }, 20'000));
  EXPECT_GT(p.loop.now().ms - began.ms, 2 * patience_ms) << "the line was not slow";
  EXPECT_EQ(p.hub.opened_sessions.size(), 1U);
  pair_.reset();
}

// A relay with a certificate of its own: the handshake ends before one application byte, and the person is told that
// somebody else answers (defence D01).
TEST_F(Link, RelayGetsNoApplicationByte) {
  auto& p = pair();
  p.start();
  TlsRelay relay(test::other_identity().key_pem, test::other_identity().certificate_pem, p.port());
  p.connect(relay.port());
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.connector->state().phase == LinkPhase::waiting; }));
  ASSERT_TRUE(p.until([&] { return relay.finished_connections() > 0; }));
  EXPECT_EQ(relay.application_bytes(), 0U);
  ASSERT_TRUE(p.connector->state().trouble);
  EXPECT_EQ(p.connector->state().trouble->code, FailureCode::refused);
  EXPECT_NE(p.connector->state().trouble->what.en.find("its key differs"), std::string::npos);
  EXPECT_EQ(p.laptop.refused_endings.size(), 1U);
  EXPECT_TRUE(p.laptop.opened_sessions.empty());
}

// Even a relay whose key a laptop was made to pin cannot pass the device's greeting on: it is bound to another TLS
// connection, and the hub admits nobody.
TEST_F(Link, RelayedGreetingIsNotAdmitted) {
  auto& p = pair();
  p.start();
  TlsRelay relay(test::other_identity().key_pem, test::other_identity().certificate_pem, p.port());
  p.connector_options.pins = {test::other_identity().pin};
  p.connect(relay.port());
  std::optional<Status> outcome;
  p.connector->run_once([&](Status status) { outcome = std::move(status); });
  ASSERT_TRUE(p.until([&] { return outcome.has_value(); }));
  EXPECT_FALSE(*outcome);
  EXPECT_GT(relay.application_bytes(), 0U);
  EXPECT_TRUE(p.hub.opened_sessions.empty() && p.laptop.opened_sessions.empty());
  EXPECT_FALSE(p.hub.holds_all_of("own"));
}

// A second pin is for the day the hub changes its key: either is good.
TEST_F(Link, EitherOfTwoPinsIsGood) {
  auto& p = pair();
  p.start();
  p.connector_options.pins = {test::other_identity().pin, test::test_identity().pin};
  p.connect();
  p.connector->stay_connected();
  EXPECT_TRUE(p.until([&] { return p.are_in_step(); }));
}

// One exchange on demand: it ends by itself once both are in step, again and again on the same connector.
TEST_F(Link, OnceMeansOnce) {
  auto& p = fresh(5);
  p.start();
  p.connect();
  for (int round = 0; round < 2; ++round) {
    std::optional<Status> outcome;
    p.connector->run_once([&](Status status) { outcome = std::move(status); });
    ASSERT_TRUE(p.until([&] { return outcome.has_value(); }));
    EXPECT_TRUE(*outcome) << outcome->error().what.en;
    EXPECT_TRUE(p.are_in_step());
    EXPECT_EQ(p.connector->state().phase, LinkPhase::off);
    ASSERT_TRUE(p.until([&] { return p.server->connections() == 0; }));
    p.hub.write("body", 3);
  }
  ASSERT_EQ(p.hub.closed_endings.size(), 2U);
  EXPECT_EQ(p.hub.closed_endings[0].reason, sync::CloseReason::done);
}

// What people are told when the hub is not there, is somebody else, or does not want this device.
TEST_F(Link, TroubleIsSaidInWords) {
  const auto once = [](LinkPair& p) {
    std::optional<Status> outcome;
    p.connector->run_once([&](Status status) { outcome = std::move(status); });
    EXPECT_TRUE(p.until([&] { return outcome.has_value(); }));
    EXPECT_TRUE(outcome && !*outcome);
    return outcome->error();
  };
  {
    auto& p = fresh(1);
    p.start();
    const auto port = p.port();
    p.server.reset();
    p.connect(port);
    const auto nobody = once(p);
    EXPECT_EQ(nobody.code, FailureCode::unavailable);
    EXPECT_NE(nobody.what.en.find("cannot be reached"), std::string::npos) << nobody.what.en;
  }
  {
    auto& p = fresh(1);
    p.hub.site().is_revoked = true;
    p.start();
    p.connect();
    const auto unwanted = once(p);
    EXPECT_EQ(unwanted.code, FailureCode::refused);
    EXPECT_NE(unwanted.what.en.find("does not admit this device"), std::string::npos) << unwanted.what.en;
    ASSERT_TRUE(p.until([&] { return p.server->connections() == 0; }));
    EXPECT_EQ(p.hub.refused_endings.size(), 1U);
  }
  {
    auto& p = fresh(1);
    p.start();
    CuttingProxy proxy({.target_port = p.port()});
    proxy.set_down(true);
    p.connect(proxy.port());
    // Cut off before anything was said: as the reset arrives, nobody was there, or somebody who does not speak TLS.
    const auto cut = once(p).code;
    EXPECT_TRUE(cut == FailureCode::unreadable || cut == FailureCode::unavailable) << static_cast<int>(cut);
    pair_.reset();
  }
}

// A device is revoked while it is connected: its session ends at once, the laptop says why, and it does not come back.
TEST_F(Link, RevokedWhileConnected) {
  auto& p = pair();
  p.start();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.server->sessions() == 1 && p.are_in_step(); }));
  p.hub.site().is_revoked = true;
  const auto revoked = p.world.journal("own").key();
  p.server->close_sessions([&](const SessionInfo& session) { return session.peer->key == revoked; }, "revoked");
  p.laptop.write("own", 1);  // too late
  ASSERT_TRUE(p.until([&] { return p.connector->state().phase == LinkPhase::waiting; }));
  EXPECT_EQ(p.connector->state().trouble->code, FailureCode::refused);
  ASSERT_TRUE(p.until([&] { return p.hub.closed_endings.size() == 1; }));
  EXPECT_EQ(p.hub.closed_endings[0].reason, sync::CloseReason::not_admitted);
  p.connector->try_now();
  ASSERT_TRUE(p.until([&] { return p.hub.refused_endings.size() == 1; }));
  EXPECT_FALSE(p.hub.holds_all_of("own"));
  EXPECT_EQ(p.hub.opened_sessions.size(), 1U);
}

// The hub goes away and comes back on its port: the laptop comes back by itself and sends what it wrote meanwhile.
TEST_F(Link, ComesBackByItself) {
  auto& p = pair();
  p.start();
  p.server_options.port = p.port();
  p.connect();
  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.are_in_step(); }));
  p.server->stop();
  ASSERT_TRUE(
      p.until([&] { return p.server->connections() == 0 && p.connector->state().phase == LinkPhase::waiting; }));
  EXPECT_EQ(p.hub.closed_endings.size(), 1U);
  p.server.reset();
  p.laptop.write("own", 5);
  p.start();
  EXPECT_TRUE(p.until([&] { return p.hub.holds_all_of("own"); }));
  EXPECT_EQ(p.connector->state().phase, LinkPhase::connected);
}

// stop() ends the phase whatever it was in, and tells a waiting run_once.
TEST_F(Link, StopWhateverItDoes) {
  auto& p = pair();
  p.start();
  p.connect();
  p.connector->stop();
  EXPECT_EQ(p.connector->state().phase, LinkPhase::off);

  std::optional<Status> outcome;
  p.connector->run_once([&](Status status) { outcome = std::move(status); });
  p.connector->stop();
  ASSERT_TRUE(p.until([&] { return outcome.has_value(); }));
  EXPECT_FALSE(*outcome);
  EXPECT_EQ(p.connector->state().phase, LinkPhase::off);

  p.connector->stay_connected();
  ASSERT_TRUE(p.until([&] { return p.connector->state().phase == LinkPhase::connected; }));
  p.connector->stop();
  ASSERT_TRUE(p.until([&] { return p.connector->state().phase == LinkPhase::off; }));
  EXPECT_EQ(p.laptop.closed_endings.size(), 1U);
  ASSERT_TRUE(p.until([&] { return p.server->connections() == 0; }));
}

// Objects may go in any order in the middle of everything; nobody is called afterwards.
TEST_F(Link, AbandonedInTheMiddle) {
  for (int moment = 0; moment < 12; ++moment) {
    auto& p = fresh(20);
    p.start();
    p.connect();
    p.connector->stay_connected();
    for (int k = 0; k < moment * 3; ++k) p.until([first = true]() mutable { return !std::exchange(first, false); }, 50);
    const auto told = p.laptop.opened_sessions.size() + p.laptop.refused_endings.size();
    p.connector.reset();
    EXPECT_TRUE(p.until([&] { return p.server->connections() == 0; }));
    EXPECT_EQ(p.laptop.opened_sessions.size() + p.laptop.refused_endings.size(), told);
    EXPECT_TRUE(p.laptop.closed_endings.empty());
    p.server.reset();
  }
}

// What a person may type as the hub's address.
TEST(HubAddress, IsReadAsPeopleTypeIt) {
  const auto read = [](const std::string& text) {
    const auto address = parse_hub_address(text);
    return address ? to_text(*address) : address.error().field;
  };
  EXPECT_EQ(read("hub.example.cn"), "hub.example.cn:8466");
  EXPECT_EQ(read(" Hub.Example.CN:9000 "), "hub.example.cn:9000");
  EXPECT_EQ(read("wss://hub.example.cn:9000/"), "hub.example.cn:9000");
  EXPECT_EQ(read("１９２.0.2.7：8466"), "192.0.2.7:8466");
  EXPECT_EQ(read("[2001:db8::7]:81"), "[2001:db8::7]:81");
  EXPECT_EQ(read("2001:db8::7"), "[2001:db8::7]:8466");
  for (const auto* bad :
       {"", ":80", "hub:0", "hub:70000", "hub:x", "hub/path", "a b", "中心", "[::1", "[::1]x", "hub:"}) {
    EXPECT_EQ(read(bad), "hub") << bad;
  }
}

}  // namespace
}  // namespace cunzheng::link
