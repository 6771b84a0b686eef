// An enrolled laptop that says what it must not, to a real hub: each gets a clear answer, what is good about it is
// taken, nobody else notices, and nothing it says counts that it may not say (D08, D09, D14, D31).

#include "tests/support/hostile_laptop.hpp"

#include "tests/e2e/hub_laptop.hpp"
#include "tests/support/certificate_mill.hpp"
#include "tests/support/journals.hpp"
#include "tests/support/seeded_random.hpp"

namespace cunzheng::test {
namespace {

using journal::Range;

class HostileLaptopTest : public HubLaptop {
 protected:
  HostileLaptopTest() : enrolled_(loop_, district_.address(), district_.new_code("v1")) {
    enrolled_.write_certificates(6, 1);  // two entries each, with a head: 1..2, 3..4, ... 11..12
  }
  ~HostileLaptopTest() override { others_go_on(); }

  HostileLaptop connect() { return {district_.port(), enrolled_}; }
  const Range& own(std::size_t which) const { return enrolled_.own().at(which); }
  journal::SignedHead head_at(const Range& range, std::size_t item) const {
    return journal::sign_head({range.journal, range.first + item, range.items.at(item).id}, enrolled_.device().secret);
  }
  // Goes on behind that range with other entries than the laptop itself does.
  journal::Writer writer_behind(const Range& range) const {
    return {range.head.head, 1000, crypto::key_pair_from_seed(enrolled_.device().secret.seed())};
  }
  static std::string ask(HostileLaptop& laptop, const Range& range) {
    laptop.say(range);
    return said(laptop.answer());
  }
  // Up to which place the hub says that it holds the laptop's journal.
  static std::int64_t stated(const HostileLaptop& laptop, const Range& of) {
    const auto wanted = sync::compact(of.head.head).journal;
    for (const auto& head : laptop.welcome().said.heads.value_or(std::vector<sync::CompactHead>{})) {
      if (head.journal == wanted) return static_cast<std::int64_t>(head.seq.value);
    }
    return -1;
  }
  // Another laptop of the village writes, and gets in step.
  void others_go_on() {
    link::Loop loop;
    MemoryLaptop other(loop, district_.address(), district_.new_code("v1"));
    other.write_certificates(2, 1, 77);
    other.connect();
    loop.run_until([&] { return other.is_in_step() && other.hub_holds_all(); }, loop.now() + 30'000);
    EXPECT_TRUE(other.is_in_step() && other.hub_holds_all());
    EXPECT_EQ(district_.hub().tell({"fsck"}).exit_code, 0);
  }

  link::Loop loop_;
  MemoryLaptop enrolled_;
};

TEST_F(HostileLaptopTest, RangesThatDoNotHoldAreRefusedAndTheRestFlows) {
  {
    auto laptop = connect();
    EXPECT_EQ(ask(laptop, own(0)), "Stored 0");
    auto broken = own(1);
    std::swap(broken.items[0], broken.items[1]);
    EXPECT_EQ(ask(laptop, broken), "Refused 1 failed_checks") << "a broken chain";
    auto unsigned_head = own(1);
    unsigned_head.head.signature.value()[7] ^= 1;
    EXPECT_EQ(ask(laptop, unsigned_head), "Refused 1 failed_checks") << "a bad head signature";
    auto other_words = own(1);
    other_words.items[0].private_part->back() ^= 1;
    EXPECT_EQ(ask(laptop, other_words), "Refused 1 failed_checks") << "another private part than the entry says";
    auto other_number = own(1);
    other_number.first = 2;
    laptop.say(other_number);
    EXPECT_EQ(said(laptop.answer(500)), "nothing") << "passed over while 1 is awaited";
  }
  {
    auto laptop = connect();
    EXPECT_EQ(ask(laptop, own(1)), "Stored 2") << "what is good is taken";
    EXPECT_EQ(ask(laptop, own(3)), "SendFrom 3") << "out of order";
    EXPECT_EQ(ask(laptop, own(2)), "Stored 4");
    EXPECT_EQ(ask(laptop, own(3)), "Stored 6");
    EXPECT_EQ(ask(laptop, own(2)), "Stored 4") << "said again";

    // Damaged in the middle: its id alone, and what follows is not held up by it.
    const auto& seven = own(4);
    const Range stub{seven.journal, 7, {{seven.items[0].id, {}, {}}}, head_at(seven, 0)};
    const Range eight{seven.journal, 8, {seven.items[1]}, seven.head};
    EXPECT_EQ(ask(laptop, stub), "Stored 7");
    EXPECT_EQ(ask(laptop, eight), "Stored 8");
    EXPECT_EQ(ask(laptop, own(5)), "Stored 10");
  }
  {
    auto laptop = connect();
    EXPECT_EQ(stated(laptop, own(4)), 6) << "the hub states what is whole, and so asks for the rest";
    EXPECT_EQ(ask(laptop, own(4)), "Stored 8");
  }
  {
    auto laptop = connect();
    EXPECT_EQ(stated(laptop, own(4)), 10);
    // Two continuations of one journal.
    auto writer = writer_behind(own(5));
    CertificateMill mill(5);
    const auto aside = writer.write(mill.next(), {{Instant{1'780'000'000'000}, ClockConfidence::plausible, 0}, {}, {}});
    EXPECT_EQ(ask(laptop, own(6)), "Stored 12");
    EXPECT_EQ(ask(laptop, aside), "Stored 12") << "a fork is kept, both of it";
  }
  EXPECT_EQ(district_.rows("certificate").size(), 7U);
  EXPECT_GE(count_rule(district_.findings(), "forked_journal"), 1U);
  const auto alarms = json::serialize(district_.hub().ask({"status"}).at("alarms"));
  EXPECT_NE(alarms.find("range_refused"), alarms.npos) << alarms;
}

TEST_F(HostileLaptopTest, WhatOthersSayItCannotSay) {
  SeededRandom random(3);
  auto laptop = connect();
  ASSERT_EQ(ask(laptop, own(0)), "Stored 0");

  // A chain in good order with words that are the district's: kept, and without any effect.
  auto writer = writer_behind(own(0));
  const auto drafts = [&](auto said) {
    std::vector<journal::Draft> out;
    out.push_back(journal::draft_of(said, {}, {}, random));
    return out;
  };
  const auto before = district_.hub().ask({"status"});
  journal::DataPublished catalogue;
  catalogue.revision = 99;
  journal::OfficerAppointed appointed;
  appointed.appointment.officer = domain::OfficerId{};
  journal::DeviceEnrolled accomplice;
  accomplice.key = crypto::make_key_pair(random).public_key;
  accomplice.series = "Z";
  const journal::WriterContext context{{Instant{1'780'000'000'000}, ClockConfidence::plausible, 0}, {}, {}};
  for (auto& forged : {drafts(catalogue), drafts(appointed), drafts(accomplice), drafts(journal::RulingMade{}),
                       drafts(journal::CreditDecided{})}) {
    const auto range = writer.write(forged, context);
    EXPECT_EQ(ask(laptop, range), "Stored " + std::to_string(range.last()));
  }
  const auto after = district_.hub().ask({"status"});
  EXPECT_EQ(after.at("published"), before.at("published"));
  EXPECT_EQ(number_at(after, "devices"), number_at(before, "devices")) << "nobody was let in by it";
  EXPECT_TRUE(district_.rows("credit").empty());
  EXPECT_GE(count_rule(district_.findings(), "out_of_place"), 1U);
  EXPECT_EQ(district_.hub().tell({"rebuild"}).data.at("same"), true);

  // Journals that are not its own.
  TestJournal stranger(5);
  stranger.add_many(2);
  EXPECT_EQ(ask(laptop, stranger.all()), "Refused 0 not_admitted");
  link::Loop loop;
  MemoryLaptop neighbour(loop, district_.address(), district_.new_code("v2"));
  EXPECT_EQ(ask(laptop, neighbour.own().front()), "Refused 0 not_admitted") << "another village's";
  const auto journals = district_.hub().ask({"inspect"}).at("journals").get_array();
  for (const auto& each : journals) {
    const auto& journal = each.get_object();
    if (text_at(journal, "name") != "district" && text_at(journal, "name") != "body/v1") continue;
    const auto id = codec::from_json<journal::JournalId>(journal.at("journal"));
    ASSERT_TRUE(id);
    const auto next = static_cast<journal::Seq>(number_at(journal, "last_seq")) + 1;
    const auto forged = writer_behind(own(0)).write(drafts(catalogue), context);
    Range of_hub{*id, next, forged.items, {}};
    of_hub.head = journal::sign_head({*id, next, forged.items[0].id}, enrolled_.device().secret);
    EXPECT_EQ(ask(laptop, of_hub), "Refused " + std::to_string(next) + " failed_checks");
  }
  const auto epoch = number_at(district_.hub().ask({"status"}), "epoch");
  EXPECT_EQ(epoch, 1) << "a forged word of the hub's does not make it think that it was restored";
}

TEST_F(HostileLaptopTest, FramesThatAreNoneCloseTheConnection) {
  const auto good = sync::to_frame(sync::message::Ranges{{own(0)}});
  std::vector<std::pair<std::string, Bytes>> frames{
      {"empty", {}},
      {"a kind that there is not", Bytes{99, 0, 0}},
      {"a second Hello", sync::to_frame(sync::message::Hello{})},
      {"a Welcome", sync::to_frame(sync::message::Welcome{})},
      {"one byte more", good},
      {"too large", Bytes(3U << 20, 3)},
      {"a count that is not there", Bytes{3, 0xff, 0xff, 0xff, 0x7f}},
  };
  frames[4].second.push_back(0);
  for (const std::size_t cut : {std::size_t{1}, good.size() / 3, good.size() / 2, good.size() - 1}) {
    frames.emplace_back("cut at " + std::to_string(cut),
                        Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut)));
  }
  SeededRandom random(9);
  for (int k = 0; k < 5; ++k) {
    Bytes noise(200);
    random.fill(noise);
    noise[0] = static_cast<std::uint8_t>(1 + k * 2);
    frames.emplace_back("noise", std::move(noise));
  }
  for (const auto& [what, bytes] : frames) {
    SCOPED_TRACE(what);
    auto laptop = connect();
    laptop.say_bytes(bytes);
    const auto answer = said(laptop.answer());
    EXPECT_TRUE(answer == "Bye bad_frame" || answer == "nothing") << answer;
    if (bytes.empty() || answer == "nothing") {  // it takes its time over a goodbye
      EXPECT_TRUE(laptop.is_closed());
    }
  }
  auto laptop = connect();
  EXPECT_EQ(stated(laptop, own(0)), -1) << "none of that was stored";
  EXPECT_EQ(ask(laptop, own(0)), "Stored 0");
}

}  // namespace
}  // namespace cunzheng::test
