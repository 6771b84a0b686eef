// The desk: whole use cases of the scenarios, from input to what stands in the registers.

#include "shared/domain/certificate_text.hpp"
#include "tests/support/catalogues.hpp"
#include "tests/support/quorum_tables.hpp"
#include "tests/unit/laptop.hpp"

namespace cunzheng::client {
namespace {

using testing::at;
using testing::day;
using testing::District;
using testing::Laptop;
namespace papers = test;

std::string text(const json::object& data, const char* name) { return std::string(data.at(name).as_string()); }

json::object homestead(const std::string& code, bool minutes_in_hand = false) {
  json::object input{{"item", "homestead-opinion"},
                     {"purpose", "homestead-approval"},
                     {"requester_kind", "township-or-street"},
                     {"requesting_unit", "示范镇人民政府"},
                     {"applicant", papers::person(papers::jia)},
                     {"facts", json::object{{"household", "测试甲\n测试乙"},
                                            {"plot", "村东3号"},
                                            {"existing_plots", "0"},
                                            {"floor_area", "120平方米"},
                                            {"deliberation_ref", "2026-2"},
                                            {"notice_from", "2026-04-03"},
                                            {"notice_to", "2026-04-09"}}},
                     {"verification_text", "演示寅2026-05-08到村东3号实地查看，邻居两户无异议"},
                     {"verification_methods", json::array{"入户走访"}},
                     {"minutes_in_hand", minutes_in_hand}};
  if (!code.empty()) input["deliberation"] = code;
  return input;
}

json::object minutes_input(const domain::Minutes& minutes) {
  domain::MinutesPrivate record;
  record.topic = "宅基地申请";
  record.place = "村委会会议室";
  record.minutes_taker = "测试辛";
  return {{"minutes", codec::to_json(minutes)}, {"record", codec::to_json(record)}};
}

json::object deliberate(Laptop& laptop, const domain::Minutes& minutes) {
  auto arguments = laptop.signing();
  arguments.erase("handler_passphrase_file");
  arguments.erase("seal_keeper");
  return laptop.data("deliberate", laptop.with_input(std::move(arguments), minutes_input(minutes)));
}

// S1: issued on the spot, signed by both, sealed by a third; what the answer shows is what is stored.
TEST(Desk, IssuesOnTheSpot) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto issued = laptop.issue(papers::residence(papers::yi));
  EXPECT_EQ(text(issued, "answer"), "issued");
  EXPECT_EQ(text(issued, "number"), "示范甲村证〔2026〕A001号");
  EXPECT_EQ(issued.at("marks").as_array().size(), 0U);
  const auto paper = text(issued, "text");
  for (const char* words : {"示范实验小学", "120199198508229027", "用途：仅用于", "经办人：测试壬", "负责人：演示子",
                            "2026年5月11日", "天津市示范区示范镇示范甲村村民委员会"}) {
    EXPECT_NE(paper.find(words), std::string::npos) << words << "\n" << paper;
  }

  const auto rows = laptop.rows("certificate");
  ASSERT_EQ(rows.size(), 1U);
  const auto& row = rows.front().as_object();
  EXPECT_EQ(text(row, "number"), text(issued, "number"));
  EXPECT_EQ(text(row, "applicant_name"), "测试乙");
  EXPECT_EQ(text(row, "requesting_unit"), "示范实验小学");
  EXPECT_EQ(text(row, "seal_keeper"), to_hex(hub.keeper.id().value()));
  EXPECT_EQ(row.at("findings_open").to_number<int>(), 0);
  EXPECT_TRUE(laptop.rows("application").empty());

  // Both signatures are over the very text.
  const auto ranges = laptop.own_ranges();
  const auto& item = ranges.back().items.back();
  const auto personal = journal::read_private<journal::CertificateIssued>(item.private_part);
  ASSERT_TRUE(personal);
  EXPECT_EQ(personal->text, paper);
  EXPECT_TRUE(crypto::verify(hub.handler.keys.public_key, "certificate", view_of(paper), personal->handler_signature));
  EXPECT_TRUE(crypto::verify(hub.head.keys.public_key, "certificate", view_of(paper), personal->head_signature));
  EXPECT_EQ(to_hex(item.id.value()), text(issued, "entry"));
}

// S2: without the lease at hand it becomes an investigation: nothing goes out before the visit is on record, and the
// limit runs from the day of acceptance over working days.
TEST(Desk, InvestigatesBeforeIssuing) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  auto input = papers::residence(papers::yi);
  input["evidence_at_hand"] = false;
  input["applied_on"] = "2026-05-07";
  const auto decided = laptop.data("decide", {{"input", input}});
  EXPECT_EQ(text(decided, "answer"), "permit");
  EXPECT_EQ(text(decided, "due"), "2026-05-11");

  const auto missing = laptop.failure("issue", laptop.with_input(laptop.signing(), input));
  EXPECT_EQ(missing.field, "verification_text");
  EXPECT_EQ(missing.rule, "R53");
  EXPECT_FALSE(laptop.app().books().series().last);

  input["verification_text"] = "演示寅2026-05-09入户";
  input["verification_methods"] = json::array{"入户走访"};
  EXPECT_EQ(text(laptop.issue(input), "answer"), "issued");
}

// S4: never, and no way round: the desk answers with the right way, numbers nothing, and records the refusal when told
// to.
TEST(Desk, RefusesWhatIsNotIssued) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto input = papers::no_crime(papers::bing);
  for (const char* command : {"decide", "issue"}) {
    auto arguments = std::string(command) == "issue" ? laptop.signing() : json::object();
    const auto answer = laptop.data(command, laptop.with_input(std::move(arguments), input));
    EXPECT_EQ(text(answer, "answer"), "refusal");
    EXPECT_EQ(text(answer, "reason"), "not_issuable");
    EXPECT_FALSE(answer.at("fallback_possible").as_bool());
    EXPECT_FALSE(answer.at("right_way").at("zh").as_string().empty());
  }
  EXPECT_FALSE(laptop.app().books().series().last);
  EXPECT_TRUE(laptop.rows("refusal").empty());

  const auto refused = laptop.data("refuse", {{"input", input}, {"handler", "测试壬"}});
  EXPECT_EQ(text(refused, "answer"), "refused");
  const auto rows = laptop.rows("refusal");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(text(rows.front().as_object(), "applicant_name"), "测试丙");
  EXPECT_TRUE(laptop.rows("certificate").empty());
  // What may be issued is no refusal.
  EXPECT_EQ(laptop.failure("refuse", {{"input", papers::residence(papers::yi)}, {"handler", "测试壬"}}).code,
            FailureCode::bad_input);
}

// S15 and D06: who approves does not seal, and nobody signs without the post.
TEST(Desk, AsksForTheRightHands) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto input = papers::residence(papers::yi);
  auto arguments = laptop.with_input(laptop.signing(), input);
  arguments["seal_keeper"] = hub.head.name;
  EXPECT_EQ(laptop.failure("issue", arguments).field, "seal_keeper");
  arguments.erase("seal_keeper");
  EXPECT_EQ(laptop.failure("issue", arguments).rule, "R113");
  arguments = laptop.with_input(laptop.signing(), input);
  arguments["head"] = hub.handler.name;
  EXPECT_EQ(laptop.failure("issue", arguments).rule, "R4");
  arguments = laptop.with_input(laptop.signing(), input);
  arguments["head_passphrase_file"] = laptop.phrase_file(hub.handler);
  EXPECT_EQ(laptop.failure("issue", arguments).code, FailureCode::refused);
  arguments = laptop.with_input(laptop.signing(), input);
  arguments["handler"] = "没有此人";
  EXPECT_EQ(laptop.failure("issue", arguments).field, "handler");
  EXPECT_FALSE(laptop.app().books().series().last);
  // None of it disturbed the desk.
  EXPECT_EQ(text(laptop.issue(input), "number"), "示范甲村证〔2026〕A001号");
}

// S17: a spoiled sheet keeps its number for ever; the next certificate takes the next.
TEST(Desk, SpoiledNumbersAreNotReused) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  const auto first = laptop.issue(papers::residence(papers::yi));
  const auto spoiled =
      laptop.data("spoil", {{"number", first.at("number")}, {"handler", "测试壬"}, {"reason", "打印歪斜"}});
  EXPECT_EQ(text(spoiled, "subject"), text(first, "subject"));
  EXPECT_EQ(text(laptop.issue(papers::residence(papers::yi)), "number"), "示范甲村证〔2026〕A002号");
  EXPECT_EQ(text(laptop.rows("certificate").front().as_object(), "state"), "spoiled");
  EXPECT_EQ(laptop.failure("spoil", {{"number", first.at("machine_number")}, {"handler", "测试壬"}}).rule, "R104");
  EXPECT_EQ(laptop.failure("spoil", {{"number", "示范甲村证〔2026〕A009号"}, {"handler", "测试壬"}}).code,
            FailureCode::not_found);
}

// S18: a good homestead meeting carries a certificate, as many times as it was put to the meeting.
TEST(Desk, IssuesOnAGoodMeeting) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  auto minutes = domain::testing::homestead_minutes();
  minutes.scope.uses_max = 1;
  minutes.convener.reset();
  const auto recorded = deliberate(laptop, minutes);
  EXPECT_EQ(text(recorded, "valid"), "yes");
  const auto code = text(recorded, "code");
  const auto issued = laptop.issue(homestead(code));
  EXPECT_EQ(text(issued, "answer"), "issued");
  EXPECT_NE(text(issued, "text").find(code), std::string::npos);
  EXPECT_EQ(laptop.rows("certificate").front().at("findings_open").to_number<int>(), 0);

  const auto again = laptop.issue(homestead(code));
  EXPECT_EQ(text(again, "answer"), "refusal");
  EXPECT_EQ(again.at("not_met").at(0).at("id").as_string(), "scope");
  laptop.data("spoil", {{"number", issued.at("number")}, {"handler", "测试壬"}});
  EXPECT_EQ(text(laptop.issue(homestead(code)), "answer"), "issued");
}

// S19: 20 of 32 are no meeting, whatever the votes; it is recorded, and nothing can be issued on it.
TEST(Desk, AMissedQuorumCarriesNothing) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  auto minutes = domain::testing::homestead_minutes();
  minutes.convener.reset();
  minutes.counts["present"] = 20;
  minutes.counts["votes_for"] = 20;
  minutes.counts["votes_against"] = 0;
  minutes.counts["votes_abstain"] = 0;
  const auto recorded = deliberate(laptop, minutes);
  EXPECT_EQ(text(recorded, "valid"), "no");
  EXPECT_EQ(laptop.rows("deliberation").size(), 1U);
  const auto answer = laptop.issue(homestead(text(recorded, "code")));
  EXPECT_EQ(text(answer, "answer"), "refusal");
  EXPECT_EQ(text(answer, "reason"), "deliberation_not_passed");
  EXPECT_FALSE(answer.at("not_met").as_array().empty());
  EXPECT_FALSE(laptop.app().books().series().last);
}

// S22: minutes on A, certificate on B without contact. Without the paper B refuses; with it B issues under a mark; when
// A's minutes arrive the open finding goes.
TEST(Desk, IssuesOnPaperMinutes) {
  District hub;
  Laptop a(hub, "A", 7);
  Laptop b(hub, "B", 8);
  a.open();
  b.open();
  auto minutes = domain::testing::homestead_minutes();
  minutes.convener.reset();
  const auto code = text(deliberate(a, minutes), "code");

  EXPECT_EQ(text(b.issue(homestead("")), "reason"), "deliberation_missing");
  EXPECT_EQ(text(b.issue(homestead(code)), "reason"), "deliberation_missing");
  const auto issued = b.issue(homestead(code, true));
  EXPECT_EQ(text(issued, "answer"), "issued");
  EXPECT_EQ(issued.at("marks").at(0).as_string(), "deliberation_unmatched");
  EXPECT_NE(text(issued, "text").find("待与区里记录核对"), std::string::npos);
  const auto open_findings = [&] { return b.data("findings").at("findings").as_array(); };
  const auto before = open_findings();
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before.front().at("rule").as_string(), "deliberation_unmatched");

  b.hear();  // that A is enrolled
  b.hear(a.own_ranges());
  EXPECT_TRUE(open_findings().empty());
}

// S41, S42, R72: an ordinary commitment is recorded provisionally; who may be on the list of exclusions is asked for
// the ordinary proof, and nothing of it is recorded.
TEST(Desk, CommitmentsAskTheExclusionList) {
  District hub;
  hub.exclude({papers::chen.id_number}, day("2026-05-10"));
  Laptop laptop(hub, "A");
  laptop.open();
  const auto decided =
      laptop.data("decide", {{"input", json::object{{"commitment", papers::commitment(papers::chen)}}}});
  EXPECT_EQ(text(decided, "exclusion"), "possible_match");
  EXPECT_EQ(text(decided, "answer"), "refusal");
  const auto excluded = laptop.data("commit", {{"input", papers::commitment(papers::chen)}, {"handler", "测试壬"}});
  EXPECT_EQ(text(excluded, "way"), "ask_or_prove");
  EXPECT_TRUE(laptop.rows("commitment").empty());

  const auto made = laptop.data("commit", {{"input", papers::commitment(papers::bing)}, {"handler", "测试壬"}});
  EXPECT_EQ(text(made, "state"), "provisional");
  EXPECT_EQ(text(made, "exclusion"), "no_hit");
  ASSERT_EQ(laptop.rows("commitment").size(), 1U);
  EXPECT_EQ(text(laptop.rows("commitment").front().as_object(), "person_name"), "测试丙");

  // A newer list without him replaces the older.
  hub.exclude({}, day("2026-05-11"));
  laptop.hear();
  EXPECT_EQ(text(laptop.data("commit", {{"input", papers::commitment(papers::chen)}, {"handler", "测试壬"}}), "answer"),
            "recorded");
}

// O12: on old data ordinary items go on, a commitment waits for fresh data or a stated reason.
TEST(Desk, OldDataHoldUpCommitmentsOnly) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  laptop.clock.set(at("2026-06-20", 10));
  EXPECT_EQ(text(laptop.issue(papers::residence(papers::yi)), "answer"), "issued");
  auto input = papers::commitment(papers::bing);
  EXPECT_EQ(laptop.failure("commit", {{"input", input}, {"handler", "测试壬"}}).field, "cannot_wait");
  input["cannot_wait"] = "山洪断网，救助当日截止";
  EXPECT_EQ(text(laptop.data("commit", {{"input", input}, {"handler", "测试壬"}}), "answer"), "recorded");
}

// Questions and officers' keys are entries like everything else.
TEST(Desk, RecordsQuestionsAndOfficers) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  laptop.data(
      "inquire",
      {{"input",
        json::object{{"question", "怎么开居住证明"}, {"answer", "给了办事指南"}, {"item", "residence-in-community"}}},
       {"handler", "测试壬"}});
  EXPECT_EQ(laptop.rows("inquiry").size(), 1U);

  const auto made =
      laptop.data("officer add", {{"name", "演示寅"}, {"officer_passphrase_file", laptop.phrase_file(hub.handler)}});
  const auto key = array_from_hex<32>(text(made, "public_key")).value();
  hub.appoint(crypto::PublicKey(key), "演示寅", domain::Post::handler, day("2026-05-11"));
  laptop.hear();
  auto arguments = laptop.with_input(laptop.signing(), papers::residence(papers::yi));
  arguments["handler"] = "演示寅";
  arguments["handler_passphrase_file"] = laptop.phrase_file(hub.handler);
  EXPECT_NE(text(laptop.data("issue", arguments), "text").find("经办人：演示寅"), std::string::npos);
}

// R8: a certificate states facts. Where a list asks for none of them and nobody wrote any, there is nothing to certify;
// with one sentence there is.
TEST(Desk, StatesSomethingOrNothingGoesOut) {
  District hub;
  auto asks_little = domain::testing::trial();
  asks_little.effective_from = day("2026-05-10");
  for (auto& item : asks_little.issuable) {
    if (item.deliberation) continue;  // what decides whether there must be a meeting stays required
    for (auto& field : item.fields) field.required = false;
  }
  hub.publish_text(journal::DataKind::catalogue, json::serialize(codec::to_json(asks_little)),
                   asks_little.effective_from);
  Laptop laptop(hub, "A");
  laptop.open();
  auto input = papers::residence(papers::yi);
  input.erase("facts");
  const auto empty = laptop.failure("issue", laptop.with_input(laptop.signing(), input));
  EXPECT_EQ(empty.field, "statement");
  EXPECT_EQ(empty.rule, "R8");
  EXPECT_TRUE(laptop.rows("certificate").empty());
  input["statement"] = "测试乙自2019年9月起住在本村。";
  EXPECT_EQ(text(laptop.issue(input), "answer"), "issued");
}

// Bad input is named by its own field, not by the way it came in.
TEST(Desk, BadInputNamesItsField) {
  District hub;
  Laptop laptop(hub, "A");
  laptop.open();
  struct Row {
    const char* field;
    std::function<void(json::object&)> change;
  };
  const std::vector<Row> rows{
      {"applicant.id_number",
       [](json::object& input) { input["applicant"].as_object()["id_number"] = "120199198508229028"; }},
      {"facts.since", [](json::object& input) { input["facts"].as_object()["since"] = "2019-02-30"; }},
      {"item", [](json::object& input) { input["item"] = "no-such-item"; }},
      {"colour", [](json::object& input) { input["colour"] = "blue"; }},
      {"requester_kind", [](json::object& input) { input.erase("requester_kind"); }},
      {"copies", [](json::object& input) { input["copies"] = 0; }},
      {"applied_on", [](json::object& input) { input["applied_on"] = "2026-05-12"; }},
  };
  for (const auto& row : rows) {
    auto input = papers::residence(papers::yi);
    row.change(input);
    EXPECT_EQ(laptop.failure("issue", laptop.with_input(laptop.signing(), input)).field, row.field);
  }
}

}  // namespace
}  // namespace cunzheng::client
