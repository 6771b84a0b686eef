// The laptop as a whole: clocks, restarts, copies, batches, and what it shows of itself.

#include "tests/unit/laptop.hpp"

#include "client/clock_claim.hpp"
#include "client/store_folder.hpp"

#include <sstream>

namespace cunzheng::client {
namespace {

using testing::at;
using testing::day;
using testing::District;
using testing::Laptop;
namespace papers = test;

std::string text(const json::object& data, const char* name) { return std::string(data.at(name).as_string()); }

// O6: which clocks are believed, by what is known beside them.
TEST(ClockClaim, IsComparedWithWhatIsKnown) {
  const auto noon = at("2026-05-11", 12);
  struct Row {
    const char* what;
    Instant now;
    ClockEvidence evidence;
    ClockConfidence expected;
  };
  const std::vector<Row> rows{
      {"nothing is known", noon, {}, ClockConfidence::plausible},
      {"the hub spoke an hour ago", noon, {noon + -3'600'000, {}, {}}, ClockConfidence::set_by_hub},
      {"three months of silence", at("2026-08-11", 12), {noon, noon, {}}, ClockConfidence::plausible},
      {"two minutes behind", noon + -120'000, {noon, {}, {}}, ClockConfidence::set_by_hub},
      {"a year behind the hub", at("2025-05-11", 12), {noon, {}, {}}, ClockConfidence::doubtful},
      {"a day behind ourselves", noon, {{}, at("2026-05-12", 12), {}}, ClockConfidence::doubtful},
      {"a year ahead", at("2027-05-11", 12), {noon, noon, {}}, ClockConfidence::doubtful},
      {"ahead by a week when compared",
       at("2026-05-18", 13),
       {noon, {}, ComparedClocks{noon, at("2026-05-18", 12)}},
       ClockConfidence::doubtful},
      {"the hub's own clock was a year ahead once, and is not any more",
       noon + 60'000,
       {at("2027-05-11", 12), noon, ComparedClocks{noon, noon}},
       ClockConfidence::set_by_hub},
      {"the hub's clock is a year ahead",
       noon + 60'000,
       {at("2027-05-11", 12), noon, ComparedClocks{at("2027-05-11", 12), noon}},
       ClockConfidence::doubtful},
      {"set right after it was compared",
       noon + 60'000,
       {noon, {}, ComparedClocks{noon, at("2026-05-18", 12)}},
       ClockConfidence::set_by_hub},
  };
  for (const auto& row : rows) EXPECT_EQ(claim_of(row.now, row.evidence).confidence, row.expected) << row.what;
}

// S35: a battery is dead and the clock a year behind: nothing dated goes out, no number falls into the wrong year; when
// the clock is right again work goes on.
TEST(Laptop, AClockAYearBehindStopsIssuing) {
  District hub;
  Laptop laptop(hub, "B");
  laptop.open();
  laptop.issue(papers::residence(papers::yi));
  laptop.clock.set(at("2025-05-11", 10));
  auto arguments = laptop.with_input(laptop.signing(), papers::residence(papers::yi));
  EXPECT_EQ(laptop.failure("issue", arguments).rule, "O6");
  arguments["confirm_date"] = "2026-05-11";
  EXPECT_EQ(laptop.failure("issue", arguments).field, "confirm_date");
  arguments["confirm_date"] = "2025-05-11";
  EXPECT_FALSE(laptop.run("issue", arguments));
  EXPECT_EQ(text(laptop.data("status").at("clock").as_object(), "confidence"), "doubtful");

  laptop.clock.set(at("2026-05-12", 10));
  EXPECT_EQ(text(laptop.issue(papers::residence(papers::yi)), "number"), "示范甲村证〔2026〕B002号");
}

// S27, S35: after a long silence the clock is in doubt; a person who has the date from paper may go on, and the entry
// says under what clock it was made.
TEST(Laptop, ADoubtedDateIsConfirmedFromPaper) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  laptop.clock.set(at("2027-04-20", 10));
  auto arguments = laptop.with_input(laptop.signing(), papers::residence(papers::yi));
  EXPECT_EQ(laptop.failure("issue", arguments).rule, "O6");
  arguments["confirm_date"] = "2027-04-20";
  const auto issued = laptop.data("issue", arguments);
  EXPECT_EQ(text(issued, "clock"), "doubtful");
  EXPECT_EQ(text(issued, "number"), "示范甲村证〔2027〕A001号");
  const auto entry = laptop.data("inspect", {{"journal", issued.at("journal")}, {"seq", issued.at("seq")}});
  EXPECT_EQ(entry.at("entries").at(0).at("claimed").at("confidence").as_string(), "doubtful");
}

// S38: ended in the middle of its work and started again, the laptop goes on with the next number, and shows the last
// one so that a person can say whether it was printed.
TEST(Laptop, NumbersGoOnAfterARestart) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  laptop.issue(papers::residence(papers::yi));
  const auto second = laptop.issue(papers::residence(papers::jia));
  laptop.reopen();
  EXPECT_EQ(laptop.data("status").at("last_number"), second.at("machine_number"));
  EXPECT_EQ(text(laptop.issue(papers::residence(papers::bing)), "number"), "示范甲村证〔2026〕A003号");
  EXPECT_EQ(laptop.rows("certificate").size(), 3U);
}

// D09: when the hub shows entries of our journal that we lack, writing stops, and it still stops after a restart.
TEST(Laptop, ADivergedJournalIsNotContinued) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto own = *laptop.app().books().own_journal();
  laptop.app().agent().alarm({}, {sync::AlarmKind::own_journal_diverged, own, 3});
  const auto arguments = laptop.with_input(laptop.signing(), papers::residence(papers::yi));
  for (int start = 0; start < 2; ++start) {
    const auto stopped = laptop.failure("issue", arguments);
    EXPECT_EQ(stopped.rule, "D09");
    EXPECT_NE(stopped.what.zh.find("重新登记"), std::string::npos);
    EXPECT_FALSE(laptop.data("status").at("may_write").as_bool());
    laptop.reopen();
  }
}

// D15: a hub that went back is said to the person, and stays on record when it is well again.
TEST(Laptop, AHubThatWentBackIsShown) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  auto& agent = laptop.app().agent();
  agent.opened({});
  agent.alarm({}, {sync::AlarmKind::hub_went_back, *laptop.app().books().own_journal(), 3});
  agent.in_step({});
  const auto shown = laptop.run("status").value();
  EXPECT_NE(shown.human.zh.find("中心数据回退"), std::string::npos);
  EXPECT_TRUE(laptop.run("issue", laptop.with_input(laptop.signing(), papers::residence(papers::yi))));

  laptop.clock.set(laptop.clock.now() + 60'000);
  agent.opened({});
  agent.in_step({});
  const auto later = laptop.run("status").value();
  EXPECT_EQ(later.human.zh.find("中心数据回退"), std::string::npos);
  EXPECT_TRUE(later.data.at("alarms").at(0).at("settled").as_bool());
}

// Status counts what the hub has not acknowledged by its own entries.
TEST(Laptop, ReceiptsAreTheHubsEntries) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  EXPECT_EQ(laptop.data("status").at("unsent").to_number<int>(), 1);  // the journal's opening
  laptop.issue(papers::residence(papers::yi));
  EXPECT_EQ(laptop.data("status").at("unsent").to_number<int>(), 3);
  hub.receive(*laptop.app().books().end_of(*laptop.app().books().own_journal()));
  laptop.hear();
  EXPECT_EQ(laptop.data("status").at("unsent").to_number<int>(), 0);
}

// A batch answers in the order of its lines, with the caller's own references, and its numbers have no gap where a line
// was refused or wrong.
TEST(Laptop, ABatchAnswersInOrder) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  std::string lines;
  constexpr int count = 40;
  for (int k = 0; k < count; ++k) {
    auto input = k % 10 == 3 ? papers::no_crime(papers::bing) : papers::residence(papers::yi);
    if (k % 10 == 7) input["colour"] = "blue";
    input["ref"] = "r" + std::to_string(k);
    lines += k % 10 == 9 ? std::string("nonsense\n") : json::serialize(input) + "\n";
  }
  std::istringstream in(lines);
  const auto caller = program::local_caller(laptop.loop(), laptop.app().commands());
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(issue_batch(*caller, laptop.signing(), in, Language::en), program::exit_failure);
  std::istringstream out(::testing::internal::GetCapturedStdout());
  int serial = 0;
  std::string line;
  for (int k = 0; k < count; ++k) {
    ASSERT_TRUE(std::getline(out, line)) << k;
    const auto answer = codec::parse_json(line).value().as_object();
    if (k % 10 == 9) {
      EXPECT_FALSE(answer.contains("ref"));
      EXPECT_TRUE(answer.contains("error"));
      continue;
    }
    EXPECT_EQ(text(answer, "ref"), "r" + std::to_string(k));
    if (k % 10 == 7) {
      EXPECT_EQ(answer.at("error").at("field").as_string(), "colour");
    } else if (k % 10 == 3) {
      EXPECT_EQ(text(answer, "answer"), "refusal");
    } else {
      const auto digits = std::to_string(1000 + ++serial).substr(1);
      EXPECT_EQ(text(answer, "number"), "示范甲村证〔2026〕A" + digits + "号");
    }
  }
  EXPECT_FALSE(std::getline(out, line));
  EXPECT_EQ(laptop.rows("certificate").size(), static_cast<std::size_t>(serial));
}

// R91: a newer exclusion list makes this laptop forget the older one, on the disk too.
TEST(Laptop, AnOlderExclusionListIsErased) {
  District hub;
  hub.exclude({papers::chen.id_number}, day("2026-05-10"));
  Laptop laptop(hub, "A");
  laptop.open();
  const auto lists = [&] {
    std::vector<bool> held;
    for (const auto& [id, info] : laptop.app().books().journals()) {
      for (journal::Seq seq = 0; seq <= info.head.head.seq; ++seq) {
        const auto item = laptop.entries().item({id, seq}).value().item;
        const auto entry = journal::parse_entry(item.entry).value();
        if (journal::read_body<journal::ExclusionListPublished>(entry)) held.push_back(item.private_part.has_value());
      }
    }
    return held;
  };
  EXPECT_EQ(lists(), (std::vector{true}));
  hub.exclude({}, day("2026-05-11"));
  laptop.hear();
  laptop.data("fsck");  // behind the erasure on the store's thread
  EXPECT_EQ(lists(), (std::vector{false, true}));
}

// What can be looked at: catalogue, journals, single entries without and with their private part, the whole store.
TEST(Laptop, ShowsWhatItHolds) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto issued = laptop.issue(papers::residence(papers::yi));
  const auto found = laptop.data("catalogue", {{"words", "居住"}});
  EXPECT_EQ(found.at("revision").to_number<int>(), 7);
  EXPECT_EQ(found.at("items").at(0).at("item").as_string(), "residence-in-community");
  EXPECT_GT(laptop.data("catalogue").at("items").as_array().size(), 10U);
  EXPECT_EQ(laptop.data("inspect").at("journals").as_array().size(), 3U);

  const json::object place{{"journal", text(issued, "journal").substr(0, 12)}, {"seq", issued.at("seq")}};
  auto with_private = place;
  with_private["private"] = true;
  const auto plain = json::serialize(laptop.data("inspect", place));
  EXPECT_NE(plain.find("CertificateIssued"), std::string::npos);
  EXPECT_EQ(plain.find("测试乙"), std::string::npos);
  EXPECT_NE(json::serialize(laptop.data("inspect", with_private)).find("测试乙"), std::string::npos);
  EXPECT_EQ(laptop.failure("inspect", {{"journal", "ffff0000ffff"}}).code, FailureCode::not_found);
  EXPECT_EQ(laptop.failure("register", {{"kind", "nonsense"}}).code, FailureCode::not_found);

  const auto checked = laptop.data("fsck");
  EXPECT_TRUE(checked.at("sound").as_bool());
  EXPECT_EQ(checked.at("journals").to_number<int>(), 3);
}

// The last entry of the own journal is damaged: it may have taken a number, so none is given until it is back (D31).
TEST(Laptop, GivesNoNumberThatADamagedEntryMayHaveTaken) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  laptop.issue(papers::residence(papers::yi));
  const auto second = laptop.issue(papers::residence(papers::bing));
  const auto whole = laptop.own_ranges();
  laptop.entries().damage({*laptop.app().books().own_journal(), second.at("seq").to_number<journal::Seq>()});
  laptop.reopen();

  const auto& books = laptop.app().books();
  EXPECT_LT(books.whole("v1").back().seq, books.scope("v1").back().seq) << "the hub is asked for it";
  const auto refused = laptop.failure("issue", laptop.with_input(laptop.signing(), papers::residence(papers::gui)));
  EXPECT_EQ(refused.rule, "D31");
  EXPECT_EQ(refused.code, FailureCode::conflict);

  laptop.hear(whole);
  EXPECT_EQ(books.whole("v1"), books.scope("v1"));
  const auto third = laptop.issue(papers::residence(papers::gui));
  EXPECT_EQ(text(third, "machine_number").substr(17, 6), "000003") << text(third, "machine_number");
}

// What no paper, no screen and no peer could take is refused by its place, and nothing is written.
TEST(Laptop, RefusesTextsThatNothingCouldHold) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto entries = laptop.data("status").at("entries");
  const std::string very_long(100'000, 'x');
  const auto field_of_issue = [&](const char* name, json::value value) {
    auto input = papers::residence(papers::yi);
    input[name] = std::move(value);
    return laptop.failure("issue", laptop.with_input(laptop.signing(), std::move(input))).field;
  };
  for (const char* name : {"statement", "verification_text", "risk_assessment", "cannot_wait"}) {
    EXPECT_EQ(field_of_issue(name, json::string(very_long)), name);
    EXPECT_EQ(field_of_issue(name, "a\u001b[2J"), name);
  }
  EXPECT_EQ(field_of_issue("verification_methods", json::array{"a", std::string_view("b\0c", 3)}),
            "verification_methods[1]");
  EXPECT_EQ(field_of_issue("verification_methods", json::array(5000, "a")), "verification_methods");
  for (const char* name : {"organ", "item", "facts"}) {
    auto input = papers::commitment(papers::gui);
    input[name] = json::string(very_long);
    EXPECT_EQ(laptop.failure("commit", laptop.with_input({{"handler", hub.handler.name}}, std::move(input))).field,
              name);
  }
  EXPECT_EQ(laptop.data("status").at("entries"), entries);
}

}  // namespace
}  // namespace cunzheng::client
