#include "shared/registers/books.hpp"
#include "tests/support/hub_world.hpp"

#include <algorithm>

namespace cunzheng::test {
namespace {

const std::string chen = "120199194708029152";  // 演示辰
const std::string bing = "120199199001019033";  // 测试丙

struct Bureau : HubWorld {
  Bureau() : HubWorld("2026-05-11") { prepare(); }
  explicit Bureau(const std::string& today) : HubWorld(today) { prepare(); }

  void prepare() {
    certify_officers();
    EXPECT_TRUE(publish(journal::DataKind::commitment_forms, tree_text("deploy/data/commitment.json"), both(),
                        day("2020-01-01")));
    EXPECT_TRUE(add_village());
  }

  static cunzheng::hub::CreditOrder order_for(const std::string& name, const std::string& number) {
    cunzheng::hub::CreditOrder order;
    order.person = {name, number, {}, {}};
    order.decision.decision_no = "示民信决〔2026〕8号";
    order.decision.decided_on = day("2026-05-10");
    order.decision.deciding_organ = "示范区民政局";
    order.decision.heard_on = day("2026-05-06");
    order.decision.served_on = day("2026-05-10");
    order.decision.evidence[0] = 7;
    order.reason = "隐瞒收入";
    return order;
  }
  Result<cunzheng::hub::CreditReport> decide(const cunzheng::hub::CreditOrder& order) {
    return ask<cunzheng::hub::CreditReport>([&](auto done) { hub->credit.decide(order, both_shared(), done); });
  }
  Result<cunzheng::hub::CreditReport> step(const cunzheng::hub::CreditStepOrder& order) {
    return ask<cunzheng::hub::CreditReport>([&](auto done) { hub->credit.take_step(order, both_shared(), done); });
  }
  domain::ExclusionAnswer asked(const std::string& number) {
    const auto list = hub->directory.facts().exclusions();
    return domain::ask(list ? list->list : std::nullopt, number);
  }
  // A commitment that a laptop took without knowing of any exclusion.
  domain::SubjectId commitment(Laptop& laptop, const std::string& name, const std::string& number,
                               const std::string& on, bool with_opening = true) {
    journal::CommitmentMade made;
    made.organ = "示范区民政局";
    made.matter = "temporary-relief-income";
    made.made_on = day(on);
    journal::CommitmentPrivate personal;
    personal.person = {name, number, {}, {}};
    personal.text = "承诺书";
    const auto range = laptop.write(made, personal, at_noon(on));
    EXPECT_TRUE(with_opening ? take("v1", {laptop.opening, range}) : take("v1", {range}));
    return domain::SubjectId{range.head.head.id.value()};
  }
};

using Answer = domain::ExclusionAnswer;

// R76, D19: a finding of falsehood enters the office's journal with two signatures and the person in its private part,
// and the district gets a fresh list on which that person is a possible match and others are not.
TEST(HubCredit, ADecisionExcludesThePerson) {
  Bureau world;
  EXPECT_EQ(world.asked(chen), Answer::no_list);
  const auto report = world.decide(Bureau::order_for("演示辰", chen));
  ASSERT_TRUE(report) << report.error().what.en << " " << report.error().field;
  EXPECT_EQ(report->list_revision, 1U);
  EXPECT_EQ(report->excluded, 1U);
  EXPECT_EQ(world.asked(chen), Answer::possible_match);
  EXPECT_EQ(world.asked(bing), Answer::no_hit);
  const auto decided = world.written<journal::CreditDecided>(hub::office_journal);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].body.decision.first_officer, world.wang.id);
  EXPECT_EQ(decided[0].body.decision.second_officer, world.li.id);
  EXPECT_EQ(decided[0].personal->person.id_number, chen);
  EXPECT_EQ(decided[0].body.signatures.size(), 2U);
  const auto rows = world.registers<std::vector<registers::CreditRow>>(
      [](const registers::Projection& projection) { return projection.book<registers::CreditRow>({}); });
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_TRUE(rows->front().counts);
}

// D19: each part that is missing keeps the record out, and the refusal names it.
TEST(HubCredit, EachMissingPartIsRefused) {
  Bureau world;
  using Order = hub::CreditOrder;
  const std::vector<std::tuple<const char*, std::function<void(Order&)>, std::string>> cases{
      {"number", [](Order& order) { order.decision.decision_no = ""; }, "decision_no"},
      {"organ", [](Order& order) { order.decision.deciding_organ = " "; }, "deciding_organ"},
      {"hearing", [](Order& order) { order.decision.heard_on.reset(); }, "heard_on"},
      {"hearing after the decision", [](Order& order) { order.decision.heard_on = day("2026-05-11"); }, "heard_on"},
      {"notice", [](Order& order) { order.decision.served_on.reset(); }, "served_on"},
      {"evidence", [](Order& order) { order.decision.evidence = {}; }, "evidence"},
      {"a day to come",
       [](Order& order) { order.decision.decided_on = order.decision.served_on.emplace(day("2026-06-01")); },
       "decided_on"},
      {"a consequence of no list", [](Order& order) { order.decision.consequences = {"shame"}; }, "consequences[0]"},
      {"name", [](Order& order) { order.person.name = ""; }, "person.name"},
      {"number of the person", [](Order& order) { order.person.id_number = "120199194708029153"; }, "person.id_number"},
      {"an honest mistake", [](Order& order) { order.outcome = domain::CheckOutcome::untrue_not_culpable; },
       "decision"},
      {"a minor",
       [](Order& order) {
         order.person = {"测试庚", "120199201506109077", {}, {}};
       },
       "subject"},
      {"a commitment after it", [](Order& order) { order.committed_on = day("2026-05-11"); }, "committed_on"},
  };
  for (const auto& [name, change, field] : cases) {
    auto order = Bureau::order_for("演示辰", chen);
    change(order);
    const auto refused = world.decide(order);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().field, field) << name << ": " << refused.error().what.en;
  }
  auto one = std::make_shared<std::vector<hub::Signatory>>();
  one->push_back({world.wang.id, crypto::key_pair_from_seed(world.wang.keys.secret.seed())});
  const auto alone = world.ask<hub::CreditReport>(
      [&](auto done) { world.hub->credit.decide(Bureau::order_for("演示辰", chen), one, done); });
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().rule, "D18");
  EXPECT_TRUE(world.written<journal::CreditDecided>(hub::office_journal).empty());
  EXPECT_TRUE(world.written<journal::ExclusionListPublished>(hub::district_journal).empty());
}

// R91: a list holds all who are excluded, under a key of its own; the lists before it are erased here, by an entry that
// makes the villages do the same. Nothing of it is undone by a restart.
TEST(HubCredit, ANewListReplacesTheOlder) {
  Bureau world;
  ASSERT_TRUE(world.decide(Bureau::order_for("演示辰", chen)));
  const auto second = world.decide(Bureau::order_for("测试丙", bing));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->excluded, 2U);
  EXPECT_EQ(world.asked(chen), Answer::possible_match);
  EXPECT_EQ(world.asked(bing), Answer::possible_match);
  const auto lists = world.written<journal::ExclusionListPublished>(hub::district_journal);
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_FALSE(lists[0].personal);
  ASSERT_TRUE(lists[1].personal);
  const auto erased = world.written<journal::PrivatePartErased>(hub::district_journal);
  ASSERT_EQ(erased.size(), 1U);
  EXPECT_EQ(erased[0].body.entry, lists[0].id);
  EXPECT_EQ(erased[0].body.seq, lists[0].entry.seq);
  EXPECT_EQ(erased[0].body.reason, journal::ErasureReason::replaced_list);

  world.restart();
  EXPECT_EQ(world.asked(chen), Answer::possible_match);
  const auto third = world.decide(Bureau::order_for("测试癸", "120199193201189101"));
  ASSERT_TRUE(third);
  EXPECT_EQ(third->list_revision, 3U);
  EXPECT_EQ(third->excluded, 3U);
  EXPECT_EQ(world.written<journal::PrivatePartErased>(hub::district_journal).size(), 2U);
}

// A crash between the new list and the deletion of the older leaves nothing: the next start deletes.
TEST(HubCredit, AStartDeletesWhatACrashLeft) {
  Bureau world;
  ASSERT_TRUE(world.decide(Bureau::order_for("演示辰", chen)));
  const auto list = world.hub->publisher.exclusion_list(2, {}, world.both());
  ASSERT_TRUE(list);
  std::vector<journal::Draft> drafts{*list};
  ASSERT_TRUE(world.ask<std::vector<journal::EntryId>>(
      [&](auto done) { world.hub->ledger.write(hub::district_journal, std::move(drafts), done); }));
  world.restart();
  const auto lists = world.written<journal::ExclusionListPublished>(hub::district_journal);
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_FALSE(lists[0].personal);
  EXPECT_TRUE(lists[1].personal);
}

// S42: a commitment taken on the 12th against a decision of the 10th that the laptop did not know: a finding; ruled
// `revoked`, the commitment is answered in the same step, and the person has no new misconduct.
TEST(HubCredit, S42_ACommitmentAgainstAnUnknownDecision) {
  Bureau world("2026-05-20");
  auto laptop = world.laptop(21);
  const auto subject = world.commitment(laptop, "演示辰", chen, "2026-05-12");
  EXPECT_TRUE(world.findings().empty());
  ASSERT_TRUE(world.decide(Bureau::order_for("演示辰", chen)));
  const auto open = world.findings();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].rule, registers::FindingRule::commitment_excluded);
  EXPECT_EQ(open[0].subject, subject);

  ASSERT_TRUE(world.ask<journal::EntryId>([&](auto done) {
    world.hub->casework.rule({open[0].id, journal::RulingOutcome::revoked, "当日已被排除，请交普通证明", {}},
                             world.wang, done);
  }));
  EXPECT_TRUE(world.findings().empty());
  const auto answers = world.written<journal::CommitmentAnswered>(hub::body_journal("v1"));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].body.state, domain::CommitmentState::not_accepted_excluded);
  EXPECT_EQ(answers[0].entry.subject, subject);
  const auto rows = world.registers<std::vector<registers::CommitmentRow>>(
      [](const registers::Projection& projection) { return projection.book<registers::CommitmentRow>("v1"); });
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().state, domain::CommitmentState::not_accepted_excluded);
  EXPECT_EQ(world.written<journal::CreditDecided>(hub::office_journal).size(), 1U);
}

// An objection to such a finding that is upheld answers nothing: the commitment stays as it is.
TEST(HubCredit, NoObjectionLeavesTheCommitment) {
  Bureau world("2026-05-20");
  auto laptop = world.laptop(21);
  world.commitment(laptop, "演示辰", chen, "2026-05-12");
  ASSERT_TRUE(world.decide(Bureau::order_for("演示辰", chen)));
  const auto open = world.findings();
  ASSERT_EQ(open.size(), 1U);
  ASSERT_TRUE(world.ask<journal::EntryId>([&](auto done) {
    world.hub->casework.rule({open[0].id, journal::RulingOutcome::no_objection, "机关同意受理", {}}, world.wang, done);
  }));
  EXPECT_TRUE(world.written<journal::CommitmentAnswered>(hub::body_journal("v1")).empty());
}

// The person may be named by the commitment that was false: name and number come from there.
TEST(HubCredit, ADecisionMayNameTheCommitment) {
  Bureau world;
  auto laptop = world.laptop(21);
  auto order = Bureau::order_for("", "");
  order.commitment = world.commitment(laptop, "测试丙", bing, "2026-05-01");
  ASSERT_TRUE(world.decide(order));
  EXPECT_EQ(world.asked(bing), Answer::possible_match);
  order.commitment = domain::SubjectId{};
  EXPECT_EQ(world.decide(order).error().field, "commitment");
}

// R89, R91, R94, S47: repaired by the organ that decided, with proof and a commitment: the person leaves the next list.
// Without them, or by another organ, not.
TEST(HubCredit, ARepairLiftsTheExclusion) {
  Bureau world("2026-10-01");
  const auto report = world.decide(Bureau::order_for("演示辰", chen));
  ASSERT_TRUE(report);
  hub::CreditStepOrder repair{report->credit_case,
                              {domain::CreditStep::repaired, day("2026-09-28"), "示范区民政局", "示民信修〔2026〕3号"},
                              day("2026-09-20"),
                              true,
                              true};
  const auto refused_at = [&](auto change) {
    auto wrong = repair;
    change(wrong);
    const auto refused = world.step(wrong);
    return refused ? std::string("taken") : refused.error().field;
  };
  using Order = hub::CreditStepOrder;
  EXPECT_EQ(refused_at([](Order& order) { order.act.authority = "示范镇人民政府"; }), "organ");
  EXPECT_EQ(refused_at([](Order& order) { order.duties_done_shown = false; }), "duties_done_shown");
  EXPECT_EQ(refused_at([](Order& order) { order.act.document_no = ""; }), "document_no");
  EXPECT_EQ(refused_at([](Order& order) { order.act.step = domain::CreditStep::heard; }), "step");
  EXPECT_EQ(refused_at([](Order& order) { order.act.on = day("2026-05-01"); }), "on");
  EXPECT_EQ(refused_at([](Order& order) { order.credit_case = domain::SubjectId{}; }), "case");
  EXPECT_EQ(world.asked(chen), Answer::possible_match);

  const auto done = world.step(repair);
  ASSERT_TRUE(done) << done.error().field << " " << done.error().what.en;
  EXPECT_EQ(done->excluded, 0U);
  EXPECT_EQ(world.asked(chen), Answer::no_hit);
}

// Without the published forms there are no rules of credit to go by.
TEST(HubCredit, NeedsThePublishedRules) {
  HubWorld world;
  world.certify_officers();
  const auto refused = world.ask<hub::CreditReport>(
      [&](auto done) { world.hub->credit.decide(Bureau::order_for("演示辰", chen), world.both_shared(), done); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::unavailable);
}

}  // namespace
}  // namespace cunzheng::test
