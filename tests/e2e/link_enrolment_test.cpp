#include "sync/link/enroller.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/link_site.hpp"
#include "tests/support/memory_slip_book.hpp"

#include <gtest/gtest.h>

namespace cunzheng::link {
namespace {

using test::CuttingProxy;
using test::LinkPair;
using test::MemorySlipBook;
using test::SeededRandom;
using test::TlsRelay;

constexpr sync::HubId hub_id{9, 9};
const Bytes grant_bytes{'g', 'r', 'a', 'n', 't'};

sync::EnrolmentCode code(std::string_view text) { return sync::EnrolmentCode::parse(text).value(); }

class LinkEnrolment : public ::testing::Test {
 protected:
  LinkEnrolment() : book_(hub_id, grant_bytes) {
    book_.now = Instant{1'780'000'000'000};
    book_.issue(right_, "v1", book_.now + sync::slip_valid_ms);
    pair_.server_options.enrolment = ServerOptions::Enrolment{hub_id, &book_, &pair_.random};
    pair_.start();
  }

  Result<Enrolled> enrol(const sync::EnrolmentCode& typed, std::uint16_t port) {
    auto keys = std::make_shared<crypto::KeyPair>(crypto::make_key_pair(random_));
    EnrollerOptions options{
        {"127.0.0.1", port}, typed, {keys->public_key, "示范甲村 1号机", "v1", {}}, {}, {}, &random_, {}};
    options.sign = [keys](ByteView statement) { return crypto::sign(keys->secret, sync::possession_name, statement); };
    options.tap = [this](const TappedFrame& tapped) {
      if (tapped.is_outgoing) sent_.push_back(tapped.frame.empty() ? 0 : tapped.frame[0]);
    };
    sent_.clear();
    std::optional<Result<Enrolled>> outcome;
    Enroller enroller(pair_.loop, std::move(options), [&](Result<Enrolled> result) { outcome = std::move(result); });
    EXPECT_TRUE(pair_.until([&] { return outcome.has_value(); }, 60'000));
    return outcome ? *std::move(outcome) : fail(FailureCode::unavailable, {"没有答复", "no answer"});
  }

  const sync::EnrolmentCode right_ = code("7K-QX4M2-9TRBA");
  MemorySlipBook book_;
  LinkPair pair_;
  SeededRandom random_{7};
  std::vector<std::uint8_t> sent_;  // kinds of the laptop's frames
};

// The whole way over real TLS: a typed code brings the hub's bytes and the pin of its key, once; sessions go on beside.
TEST_F(LinkEnrolment, CodeBringsGrantAndPin) {
  const auto enrolled = enrol(right_, pair_.port());
  ASSERT_TRUE(enrolled) << enrolled.error().what.en;
  EXPECT_EQ(enrolled->grant, grant_bytes);
  EXPECT_EQ(enrolled->hub_id, hub_id);
  EXPECT_EQ(enrolled->hub_pin, test::test_identity().pin);
  EXPECT_EQ(book_.granted().size(), 1U);

  const auto again = enrol(right_, pair_.port());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().field, "code");

  pair_.connector_options.pins = {enrolled->hub_pin};
  pair_.connect();
  pair_.connector->stay_connected();
  EXPECT_TRUE(pair_.until([&] { return pair_.are_in_step(); }));
}

// A wrong code: nothing but Locate was sent, and the person is told what it may be.
TEST_F(LinkEnrolment, WrongCodeGivesNothingAway) {
  const auto refused = enrol(code("7K-QX4M2-9TRBB"), pair_.port());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::refused);
  EXPECT_EQ(sent_, std::vector<std::uint8_t>{2});
  EXPECT_EQ(book_.row(right_).tries, 1U);
  ASSERT_TRUE(pair_.until([&] { return pair_.server->connections() == 0; }));
  EXPECT_EQ(pair_.hub.refused_endings.size(), 1U) << "the hub's log hears of it";
}

// A relay that ends TLS on both sides and passes on every frame: the right code does not help it, the laptop stops at
// Locate (defence D01).
TEST_F(LinkEnrolment, RelayGetsNothingButLocate) {
  TlsRelay relay(test::other_identity().key_pem, test::other_identity().certificate_pem, pair_.port());
  const auto refused = enrol(right_, relay.port());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::refused);
  EXPECT_EQ(sent_, std::vector<std::uint8_t>{2});
  EXPECT_GT(relay.application_bytes(), 0U) << "the relay saw the WebSocket request and Locate";
  EXPECT_LT(relay.application_bytes(), 400U) << "PROTOCOL.md says so; a LaptopProof would not fit in";
  EXPECT_TRUE(book_.granted().empty());
}

// What else can answer at an address: nobody, or a hub that breaks off. The slip stays good.
TEST_F(LinkEnrolment, LineTroubleIsSaidInWords) {
  CuttingProxy proxy({.target_port = pair_.port()});
  proxy.cut_after(1'000);  // within the TLS handshake
  const auto cut = enrol(right_, proxy.port());
  ASSERT_FALSE(cut);
  EXPECT_NE(cut.error().code, FailureCode::refused) << cut.error().what.en;

  book_.disk_is_full = true;
  const auto full = enrol(right_, pair_.port());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, FailureCode::unavailable);
  EXPECT_NE(full.error().what.en.find("cannot store"), std::string::npos) << full.error().what.en;

  book_.disk_is_full = false;
  EXPECT_TRUE(enrol(right_, pair_.port()));
}

// An Enroller that is let go while the code is being stretched calls nobody.
TEST_F(LinkEnrolment, AbandonedWhileStretching) {
  EnrollerOptions options{{"127.0.0.1", pair_.port()}, right_, {}, {}, {}, &random_, {}};
  bool located = false;
  options.tap = [&](const TappedFrame& tapped) { located = located || tapped.is_outgoing; };
  bool called = false;
  auto enroller = std::make_unique<Enroller>(pair_.loop, std::move(options), [&](Result<Enrolled>) { called = true; });
  ASSERT_TRUE(pair_.until([&] { return located; }));
  enroller.reset();
  EXPECT_TRUE(pair_.until([&] { return pair_.server->connections() == 0; }));
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace cunzheng::link
