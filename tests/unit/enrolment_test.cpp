#include "sync/core/enrolment.hpp"

#include "tests/support/memory_slip_book.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace cunzheng::sync {
namespace {

using test::MemorySlipBook;
using test::SeededRandom;

constexpr Instant noon{1'780'000'000'000};
constexpr HubId hub_id{7, 7, 7};
const Bytes grant_bytes{'r', 'o', 'o', 't'};
const Hash binding_of_this_link{1, 2, 3};

EnrolmentCode code(std::string_view text) { return EnrolmentCode::parse(text).value(); }
const EnrolmentCode right = code("7K-QX4M2-9TRBA");
const EnrolmentCode wrong_secret = code("7K-QX4M2-9TRBB");
const EnrolmentCode unknown_locator = code("8K-QX4M2-9TRBA");

enum class Way { to_hub, to_laptop };

// How one enrolment differs from the plain good one.
struct Trial {
  EnrolmentCode typed = right;
  std::string expected_body{};
  std::string label = "示范甲村 1号机";
  std::optional<crypto::PublicKey> claimed_key{};  // in place of the laptop's own
  Hash binding_of_laptop = binding_of_this_link;
  Hash binding_of_hub = binding_of_this_link;
  std::function<void(Way, std::size_t number, Bytes& frame)>
      in_between{};  // the network, numbering frames per way from 0
};

struct Outcome {
  std::optional<Bytes> grant;
  std::optional<Failure> failure;
  std::vector<Bytes> to_hub;  // as sent
  std::vector<Bytes> to_laptop;
  std::optional<out::Close> hub_closed;
};

// Both machines and a book, with the network between them in the test's hands.
class Enrolment : public ::testing::Test {
 protected:
  Enrolment() : book_(hub_id, grant_bytes) {
    book_.now = noon;
    book_.issue(right, "示范甲村", noon + slip_valid_ms);
  }

  Outcome enrol(Trial trial = {}) {
    auto keys = crypto::make_key_pair(random_);
    const Enrolee enrolee{trial.claimed_key.value_or(keys.public_key), trial.label, trial.expected_body, {1, 2, 3}};
    const auto sign = [&](ByteView statement) { return crypto::sign(keys.secret, possession_name, statement); };
    LaptopEnrolment laptop(trial.typed, enrolee, sign, draw<32>(random_));
    HubEnrolment hub = make_hub();
    Outcome outcome;
    feed_laptop(laptop, in::LinkUp{trial.binding_of_laptop}, outcome, trial);
    feed_hub(hub, in::LinkUp{trial.binding_of_hub}, outcome);
    std::size_t seen_by_hub = 0;
    std::size_t seen_by_laptop = 0;
    while (seen_by_hub < outcome.to_hub.size() || seen_by_laptop < outcome.to_laptop.size()) {
      if (seen_by_laptop < outcome.to_laptop.size()) {
        auto frame = outcome.to_laptop[seen_by_laptop];
        if (trial.in_between) trial.in_between(Way::to_laptop, seen_by_laptop, frame);
        ++seen_by_laptop;
        feed_laptop(laptop, in::FrameArrived{std::move(frame)}, outcome, trial);
      } else {
        auto frame = outcome.to_hub[seen_by_hub];
        if (trial.in_between) trial.in_between(Way::to_hub, seen_by_hub, frame);
        ++seen_by_hub;
        feed_hub(hub, in::FrameArrived{std::move(frame)}, outcome);
      }
    }
    if (!outcome.grant && !outcome.failure) feed_laptop(laptop, in::LinkDown{}, outcome, trial);
    return outcome;
  }

  HubEnrolment make_hub() { return {hub_id, book_, draw<32>(random_), crypto::SymmetricKey::draw(random_)}; }

  void feed_hub(HubEnrolment& hub, HubEnrolment::Input input, Outcome& outcome) {
    for (auto& output : hub.step(std::move(input), noon)) {
      if (auto* send = std::get_if<out::Send>(&output)) {
        outcome.to_laptop.push_back(send->frame);
      } else if (auto* count = std::get_if<out::CountTry>(&output)) {
        book_.count_try(count->locator, [&](Result<CountedTry> counted) {
          feed_hub(hub, in::TryCounted{std::move(counted)}, outcome);
        });
      } else if (auto* make = std::get_if<out::MakeGrant>(&output)) {
        book_.grant(make->request, [&](Result<Bytes> made) { feed_hub(hub, in::GrantMade{std::move(made)}, outcome); });
      } else if (auto* close = std::get_if<out::Close>(&output)) {
        outcome.hub_closed = *close;
      }
    }
  }

  void feed_laptop(LaptopEnrolment& laptop, LaptopEnrolment::Input input, Outcome& outcome, const Trial& trial) {
    for (auto& output : laptop.step(std::move(input), noon)) {
      if (auto* send = std::get_if<out::Send>(&output)) {
        outcome.to_hub.push_back(send->frame);
      } else if (std::holds_alternative<out::StretchCode>(output)) {
        feed_laptop(laptop, in::CodeStretched{book_.key_of(trial.typed)}, outcome, trial);
      } else if (auto* enrolled = std::get_if<out::Enrolled>(&output)) {
        EXPECT_FALSE(outcome.grant || outcome.failure) << "a second answer";
        EXPECT_EQ(enrolled->hub_id, hub_id);
        outcome.grant = enrolled->grant;
      } else if (auto* failed = std::get_if<out::EnrolmentFailed>(&output)) {
        EXPECT_FALSE(outcome.grant || outcome.failure) << "a second answer";
        outcome.failure = failed->failure;
      }
    }
  }

  // The laptop said Locate and nothing after it, and the hub bound nobody.
  void expect_nothing_given_away(const Outcome& outcome, std::size_t granted_before = 0) {
    EXPECT_FALSE(outcome.grant);
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->code, FailureCode::refused) << outcome.failure->what.en;
    EXPECT_EQ(outcome.failure->field, "code");
    EXPECT_EQ(outcome.to_hub.size(), 1U) << "a byte was sent beyond Locate";
    EXPECT_EQ(book_.granted().size(), granted_before);
  }

  SeededRandom random_{20260511};
  MemorySlipBook book_;
};

// The good way: the laptop gets the hub's bytes, the hub binds this very key, and the slip is used after one try.
TEST_F(Enrolment, RightCodeBringsTheGrant) {
  const auto outcome = enrol();
  ASSERT_TRUE(outcome.grant) << outcome.failure->what.en;
  EXPECT_EQ(*outcome.grant, grant_bytes);
  ASSERT_EQ(book_.granted().size(), 1U);
  EXPECT_EQ(book_.granted()[0].body, "示范甲村");
  EXPECT_EQ(book_.granted()[0].enrolee.details, (Bytes{1, 2, 3}));
  EXPECT_TRUE(book_.row(right).is_used);
  EXPECT_EQ(book_.row(right).tries, 1U);
}

// Every way in which a slip can be no good looks the same from the laptop: same sizes, same sentence, and nothing but
// Locate was sent (defence D04).
TEST_F(Enrolment, DeadSlipsLookAlike) {
  struct Row {
    const char* what;
    EnrolmentCode typed;
    std::function<void(MemorySlipBook::Row&)> make;
  };
  const std::vector<Row> table{
      {"wrong secret", wrong_secret, [](auto&) {}},
      {"unknown locator", unknown_locator, [](auto&) {}},
      {"used", right, [](auto& slip) { slip.is_used = true; }},
      {"expired this very moment", right, [](auto& slip) { slip.expires = noon; }},
      {"tried five times", right, [](auto& slip) { slip.tries = enrolment_tries_max; }},
  };
  std::optional<std::string> sentence;
  for (const auto& row : table) {
    SCOPED_TRACE(row.what);
    book_.issue(right, "示范甲村", noon + slip_valid_ms);
    row.make(book_.row(right));
    const auto outcome = enrol({.typed = row.typed});
    expect_nothing_given_away(outcome);
    ASSERT_EQ(outcome.to_laptop.size(), 2U);
    EXPECT_EQ(outcome.to_laptop[1].size(), 33U);
    EXPECT_EQ(sentence.value_or(outcome.failure->what.zh), outcome.failure->what.zh);
    sentence = outcome.failure->what.zh;
  }
}

// Four wrong guesses leave the slip alive; the fifth kills it, and the right code comes too late.
TEST_F(Enrolment, SixthTryFailsWithTheRightCode) {
  for (std::uint32_t k = 1; k < enrolment_tries_max; ++k) expect_nothing_given_away(enrol({.typed = wrong_secret}));
  const auto saved = book_.row(right);
  EXPECT_TRUE(enrol().grant) << "the fifth try with the right code";

  book_.issue(right, "示范甲村", noon + slip_valid_ms);
  book_.row(right).tries = saved.tries;
  expect_nothing_given_away(enrol({.typed = wrong_secret}), 1);
  expect_nothing_given_away(enrol(), 1);
}

// A code serves once: the second laptop with it gets nowhere.
TEST_F(Enrolment, SameCodeTwiceFails) {
  ASSERT_TRUE(enrol().grant);
  expect_nothing_given_away(enrol(), 1);
}

// One moment before it ends the slip is still good.
TEST_F(Enrolment, SlipIsGoodUpToItsEnd) {
  book_.row(right).expires = noon + 1;
  EXPECT_TRUE(enrol().grant);
}

// A relay that ends TLS on both sides and passes every frame on unchanged has two bindings: the laptop stops at
// Locate (defence D01).
TEST_F(Enrolment, RelayWithAnotherBindingGetsNothing) {
  expect_nothing_given_away(enrol({.binding_of_hub = Hash{9, 9, 9}}));
}

// The hub says why it refuses a laptop that knows the code, and the laptop believes it because the reason is proved.
TEST_F(Enrolment, RefusalsComeWithTheirReason) {
  const auto other = crypto::make_key_pair(random_).public_key;
  const auto key = [](std::string_view hex) { return crypto::PublicKey(array_from_hex<32>(hex).value()); };
  const std::string zeros(60, '0');
  const std::string ff(60, 'f');
  struct Row {
    const char* what;
    Trial trial;
    std::string field;
  };
  std::vector<Row> table{
      {"other village's slip", {.expected_body = "示范乙村"}, "expected_body"},
      {"another device's key", {.claimed_key = other}, "device_key"},
      {"label too long", {.label = std::string(65, 'x')}, "label"},
      {"label with a line break", {.label = "a\nb"}, "label"},
      {"all zero", {.claimed_key = key("00" + zeros + "00")}, "device_key"},
      {"neutral point", {.claimed_key = key("01" + zeros + "00")}, "device_key"},
      {"order 2", {.claimed_key = key("ec" + ff + "7f")}, "device_key"},
      {"order 4, not canonical", {.claimed_key = key("ed" + ff + "7f")}, "device_key"},
      {"neutral, not canonical", {.claimed_key = key("ee" + ff + "7f")}, "device_key"},
      {"order 8",
       {.claimed_key = key("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")},
       "device_key"},
      {"order 8, negative",
       {.claimed_key = key("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")},
       "device_key"},
  };
  for (auto& row : table) {
    SCOPED_TRACE(row.what);
    book_.issue(right, "示范甲村", noon + slip_valid_ms);
    const auto outcome = enrol(row.trial);
    EXPECT_FALSE(outcome.grant);
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->field, row.field) << outcome.failure->what.en;
    EXPECT_FALSE(book_.row(right).is_used);
    ASSERT_TRUE(outcome.hub_closed);
    EXPECT_EQ(outcome.hub_closed->reason, CloseReason::not_admitted);
  }
  EXPECT_TRUE(book_.granted().empty());
}

// A laptop copied after its enrolment owns a known key: that is said by name.
TEST_F(Enrolment, CopiedLaptopIsToldSo) {
  crypto::PublicKey own;
  Trial trial;
  trial.in_between = [&](Way way, std::size_t number, Bytes& frame) {
    if (way != Way::to_hub || number != 1) return;
    std::copy_n(frame.begin() + 33, 32, own.value().begin());
    book_.add_device(own);
  };
  const auto outcome = enrol(trial);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->code, FailureCode::conflict);
  EXPECT_EQ(outcome.failure->field, "device_key");
}

// Any bit changed on the way, in any frame, ends without an enrolment on the laptop; and the hub binds nobody unless
// the change came after its decision.
TEST_F(Enrolment, NoBitMayChange) {
  std::size_t tried = 0;
  for (const auto way : {Way::to_hub, Way::to_laptop}) {
    for (std::size_t number = 0; number < 3; ++number) {
      for (std::size_t at = 0, size = 1; at < size; ++at) {
        book_.issue(right, "示范甲村", noon + slip_valid_ms);
        const auto granted_before = book_.granted().size();
        bool changed = false;
        Trial trial;
        trial.in_between = [&](Way this_way, std::size_t this_number, Bytes& frame) {
          if (this_way != way || this_number != number) return;
          size = frame.size();
          frame[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
          changed = true;
        };
        const auto outcome = enrol(trial);
        if (!changed) break;
        ++tried;
        EXPECT_FALSE(outcome.grant) << "frame " << number << " byte " << at;
        const bool after_decision = way == Way::to_laptop && number == 2;
        EXPECT_EQ(book_.granted().size() - granted_before, after_decision ? 1U : 0U)
            << "frame " << number << " byte " << at;
      }
    }
  }
  EXPECT_GT(tried, 300U);
}

// Frames recorded from a good enrolment are worth nothing to a new connection, on either side (defence D03).
TEST_F(Enrolment, ReplayedFramesAreWorthNothing) {
  const auto recorded = enrol();
  ASSERT_TRUE(recorded.grant);
  book_.row(right).is_used = false;

  Trial replay_to_laptop;
  replay_to_laptop.in_between = [&](Way way, std::size_t number, Bytes& frame) {
    if (way == Way::to_laptop) frame = recorded.to_laptop[number];
  };
  expect_nothing_given_away(enrol(replay_to_laptop), 1);

  auto hub = make_hub();
  Outcome outcome;
  feed_hub(hub, in::LinkUp{binding_of_this_link}, outcome);
  for (const auto& frame : recorded.to_hub) feed_hub(hub, in::FrameArrived{frame}, outcome);
  ASSERT_TRUE(outcome.hub_closed);
  EXPECT_EQ(outcome.hub_closed->reason, CloseReason::not_admitted);
  EXPECT_EQ(book_.granted().size(), 1U);
}

// A hub whose disk is full neither proves nor binds: the laptop is told to come back, and the slip stays good.
TEST_F(Enrolment, FullDiskGivesNothingAway) {
  book_.disk_is_full = true;
  const auto uncounted = enrol();
  ASSERT_TRUE(uncounted.hub_closed);
  EXPECT_EQ(uncounted.hub_closed->reason, CloseReason::store_failed);
  EXPECT_EQ(uncounted.to_laptop.size(), 1U) << "a proof without a counted try";
  EXPECT_EQ(uncounted.failure->code, FailureCode::unavailable);

  book_.disk_is_full = false;
  Trial trial;
  trial.in_between = [&](Way way, std::size_t number, Bytes&) {
    if (way == Way::to_hub && number == 1) book_.disk_is_full = true;
  };
  const auto unbound = enrol(trial);
  EXPECT_EQ(unbound.failure->code, FailureCode::unavailable);
  book_.disk_is_full = false;
  EXPECT_TRUE(enrol().grant);
}

// Two laptops with one slip at the same moment: both know the code, one is bound, the other hears that it was used.
TEST_F(Enrolment, RaceForOneSlipHasOneWinner) {
  Trial trial;
  trial.in_between = [&](Way way, std::size_t number, Bytes&) {
    if (way == Way::to_hub && number == 1) book_.row(right).is_used = true;
  };
  const auto outcome = enrol(trial);
  ASSERT_TRUE(outcome.failure);
  EXPECT_EQ(outcome.failure->field, "code");
  EXPECT_NE(outcome.failure->what.en.find("another laptop"), std::string::npos);
}

// Frames that are no messages of this state end the enrolment: nothing crashes, nothing is bound, nobody is left
// waiting.
TEST_F(Enrolment, StrayFramesEndIt) {
  for (std::uint8_t kind = 0; kind < 9; ++kind) {
    for (const std::size_t size : {0U, 1U, 33U, 64U, 300U}) {
      Bytes stray(size, 0xa5);
      if (size > 0) stray[0] = kind;
      auto hub = make_hub();
      Outcome outcome;
      feed_hub(hub, in::LinkUp{binding_of_this_link}, outcome);
      feed_hub(hub, in::FrameArrived{stray}, outcome);
      ASSERT_TRUE(outcome.hub_closed) << int(kind) << " " << size;
      EXPECT_EQ(outcome.hub_closed->reason, CloseReason::bad_frame);

      Trial trial;
      trial.in_between = [&](Way way, std::size_t number, Bytes& frame) {
        if (way == Way::to_laptop && number == 0) frame = stray;
      };
      EXPECT_TRUE(enrol(trial).failure);
    }
  }
  EXPECT_TRUE(book_.granted().empty());
}

// Both ends give up after their time and then stay silent.
TEST_F(Enrolment, SilenceEndsByTime) {
  auto hub = make_hub();
  const auto first = hub.step(in::LinkUp{}, noon);
  ASSERT_TRUE(std::holds_alternative<out::WakeAt>(first.at(0)));
  EXPECT_EQ(std::get<out::WakeAt>(first[0]).at, noon + enrolment_ms_max);
  const auto late = hub.step(in::TimerFired{}, noon + enrolment_ms_max);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(std::get<out::Close>(late[0]).reason, CloseReason::timeout);
  EXPECT_TRUE(hub.step(in::FrameArrived{{2}}, noon).empty());

  LaptopEnrolment laptop(right, {}, {}, {});
  laptop.step(in::LinkUp{}, noon);
  const auto given_up = laptop.step(in::TimerFired{}, noon + enrolment_ms_max);
  ASSERT_EQ(given_up.size(), 2U);
  EXPECT_EQ(std::get<out::EnrolmentFailed>(given_up[0]).failure.code, FailureCode::unavailable);
  EXPECT_TRUE(laptop.step(in::LinkDown{}, noon).empty());
}

// What people type for a code, and what they get told.
TEST(EnrolmentCode, IsReadAsPeopleTypeIt) {
  for (const auto* typed :
       {"7K-QX4M2-9TRBA", "7kqx4m29trba", " 7K QX4M2 9TRBA ", "７Ｋ－ＱＸ４Ｍ２－９ＴＲＢＡ", "7K—QX4M2—9TRBA"}) {
    const auto parsed = EnrolmentCode::parse(typed);
    ASSERT_TRUE(parsed) << typed;
    EXPECT_EQ(parsed->text(), "7K-QX4M2-9TRBA");
    EXPECT_EQ(parsed->locator(), "7K");
  }
  EXPECT_EQ(EnrolmentCode::parse("oi-lOIL0-12345")->text(), "01-10110-12345");
  for (const auto* typed :
       {"", "7K-QX4M2-9TRB", "7K-QX4M2-9TRBAA", "7U-QX4M2-9TRBA", "7K-QX4M2-9TRB村", "7K_QX4M2_9TRBA", "\xff\xfe"}) {
    const auto parsed = EnrolmentCode::parse(typed);
    ASSERT_FALSE(parsed) << typed;
    EXPECT_EQ(parsed.error().code, FailureCode::bad_input);
    EXPECT_EQ(parsed.error().field, "code");
  }
}

// Drawn codes read back, use the whole alphabet and every character place.
TEST(EnrolmentCode, DrawnCodesReadBack) {
  SeededRandom random(4711);
  std::map<char, int> seen;
  for (int k = 0; k < 500; ++k) {
    const auto drawn = EnrolmentCode::draw(random);
    EXPECT_EQ(EnrolmentCode::parse(drawn.text()).value(), drawn);
    for (const char c : drawn.text()) ++seen[c];
  }
  EXPECT_EQ(seen.size(), 33U);  // 32 and the hyphen
}

}  // namespace
}  // namespace cunzheng::sync
