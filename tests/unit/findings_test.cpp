#include "tests/support/quorum_tables.hpp"
#include "tests/support/register_books.hpp"

namespace cunzheng::registers {
namespace {

using domain::testing::day;
using journal::DataKind;
using journal::RulingOutcome;
using test::at_three;
using test::Line;
using test::Paper;
using test::RegisterBooks;
using test::RegisterWorld;

// One village with laptops A and B, under revision 7 of the shipped lists.
struct Village {
  RegisterWorld world;
  Line* a = nullptr;
  Line* b = nullptr;
  RegisterBooks books{world.root.keys.public_key};

  Village() {
    test::publish_shipped(world);
    a = &world.add_laptop("v1", "A", day("2026-04-01"));
    b = &world.add_laptop("v1", "B", day("2026-04-01"));
  }
  RegisterWorld::Issued issue(Line& laptop, const char* on, Paper paper = {}, int minutes = 0) {
    paper.day = day(on);
    return world.issue(laptop, std::move(paper), minutes);
  }
  void publish(const domain::Catalogue& catalogue, const char* at) {
    world.publish(DataKind::catalogue, catalogue.revision, catalogue.effective_from, codec::encode(catalogue),
                  at_three(day(at)));
  }
  // Revision 9 from the day `from` on: 8 without the withdrawal.
  void restore_item(const char* from, const char* at) {
    auto catalogue = domain::testing::trial();
    catalogue.revision = 9;
    catalogue.effective_from = day(from);
    for (auto& item : catalogue.issuable) {
      if (item.id == domain::ItemId("community-participation")) item.in_force_to.reset();
    }
    publish(catalogue, at);
  }
  // Everything that was written reaches the store; what is told of the subject.
  std::multiset<std::string> told(const RegisterWorld::Issued& issued) {
    books.take_all(world.everything());
    return books.told(issued.subject);
  }
  std::multiset<std::string> told() {
    books.take_all(world.everything());
    return books.told();
  }
  Finding only() {
    const auto all = books.findings();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? Finding{} : all.front();
  }
};

using Told = std::multiset<std::string>;

// ---------------------------------------------------------------- R99, R100

// Withdrawn while the laptop was away: a certificate from before the day of effect is clean, one from after it opens a
// finding that names the revision, whatever the laptop knew. The paper is out all the same: it is in the register with
// its number, as issued (O1).
TEST(LawOfTheDay, RevisionUnknownToTheLaptopCountsFromItsDay) {
  Village village;
  const auto before = village.issue(*village.a, "2026-06-25");
  const auto after = village.issue(*village.a, "2026-07-20");
  village.publish(domain::testing::trial(), "2026-06-10");
  EXPECT_EQ(village.told(before), Told{});
  EXPECT_EQ(village.told(after), Told{"superseded_revision open"});
  const auto finding = village.only();
  EXPECT_EQ(finding.subject, after.subject);
  EXPECT_EQ(finding.evidence, village.books.projection().facts().revision(DataKind::catalogue, 8)->entry);
  EXPECT_EQ(finding.law, "R100");
  EXPECT_EQ(finding.body, "v1");
  EXPECT_EQ(finding.detail, "community-participation: revision 7 applied, revision 8 in force");
  EXPECT_EQ(finding.allowed,
            (std::vector{RulingOutcome::confirmed_as_fallback, RulingOutcome::to_be_reissued, RulingOutcome::revoked}));
  const auto row = village.books.book<CertificateRow>().back();
  EXPECT_EQ(row.number, "v1村证〔2026〕A002号");
  EXPECT_EQ(row.findings_open, 1U);
  EXPECT_EQ(row.state, CertificateState::issued);
}

// A later revision, in force on that day as well, that allows it again takes the ground away; the finding stays listed.
TEST(LawOfTheDay, RevisionThatRestoresTheItemWithdraws) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-07-20");
  village.publish(domain::testing::trial(), "2026-06-10");
  village.restore_item("2026-07-10", "2026-07-30");
  EXPECT_EQ(village.told(issued), Told{"superseded_revision withdrawn"});
  EXPECT_EQ(village.only().withdrawn_by, village.books.projection().facts().revision(DataKind::catalogue, 9)->entry);
}

// One that is in force only later changes nothing about that day.
TEST(LawOfTheDay, RevisionInForceLaterDoesNotWithdraw) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-07-20");
  village.publish(domain::testing::trial(), "2026-06-10");
  village.restore_item("2026-07-21", "2026-07-30");
  EXPECT_EQ(village.told(issued), Told{"superseded_revision open"});
}

// What the applied revision itself did not allow is a finding too: a laptop that knew it is no excuse.
TEST(LawOfTheDay, RevisionAppliedMustAllowIt) {
  Village village;
  village.publish(domain::testing::trial(), "2026-06-10");
  Paper paper;
  paper.revision = 8;
  const auto issued = village.issue(*village.a, "2026-07-20", paper);
  EXPECT_EQ(village.told(issued), Told{"superseded_revision open"});
}

// S27: a revision applied before its day does not count; the one in force on the day decides.
TEST(LawOfTheDay, RevisionAppliedTooEarlyIsNoExcuse) {
  Village village;
  village.restore_item("2026-09-01", "2026-06-10");
  Paper paper;
  paper.revision = 9;
  EXPECT_EQ(village.told(village.issue(*village.a, "2026-07-20", paper)), Told{});
  paper.item = domain::ItemId("coop-member-identity");  // withdrawn since 2022
  paper.purpose = domain::PurposeCode("cooperative-registration");
  paper.requester_kind = domain::RequesterKind("market-regulator");
  EXPECT_EQ(village.told(village.issue(*village.b, "2026-07-20", paper)), Told{"superseded_revision open"});
}

// R17: an item is for its requesters and purposes; R42: a negative item only as a fallback, where that is possible.
TEST(LawOfTheDay, ZonesAndPurposesAreThoseOfTheDesk) {
  Village village;
  struct Row {
    const char* rule;
    const char* item;
    const char* purpose;
    bool as_fallback;
    Told told;
  };
  const Told superseded{"superseded_revision open"};
  for (const auto& row : {Row{"R17", "community-participation", "school-enrolment", false, superseded},
                          Row{"R40", "n10-alive", "", false, superseded}, Row{"R42", "n10-alive", "", true, {}},
                          Row{"R45", "n5-no-crime", "", true, superseded}, Row{"R20", "", "", true, {}},
                          Row{"R20", "", "", false, superseded}}) {
    Paper paper;
    paper.item = domain::ItemId(row.item);
    paper.purpose = domain::PurposeCode(row.purpose);
    paper.as_fallback = row.as_fallback;
    paper.requesting_unit = std::string("示范单位") + row.rule;  // or they would be duplicates
    EXPECT_EQ(village.told(village.issue(*village.a, "2026-05-11", paper)), row.told) << row.rule << " " << row.item;
  }
}

// R100: a person decides, once, from what is allowed; the register shows it.
TEST(Ruling, AttachesToItsFindingAndChangesTheState) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-07-20");
  village.publish(domain::testing::trial(), "2026-06-10");
  village.told();
  const auto id = village.only().id;
  village.world.rule("v1", id, RulingOutcome::no_objection, at_three(day("2026-07-29")));
  EXPECT_EQ(village.told(issued), Told{"superseded_revision open"}) << "not among the outcomes allowed";
  const auto ruling = village.world.rule("v1", id, RulingOutcome::revoked, at_three(day("2026-07-30")));
  EXPECT_EQ(village.told(issued), Told{"superseded_revision ruled"});
  EXPECT_EQ(village.only().ruled_by, ruling);
  const auto row = village.books.book<CertificateRow>().back();
  EXPECT_EQ(row.state, CertificateState::revoked);
  EXPECT_EQ(row.findings_open, 0U);
}

// ---------------------------------------------------------------- R4, R113, R118, R120, D06

// S32: a new head is in post since 07-09, which the laptop did not know. The former head's papers of that day and later
// are findings, older ones not; evidence is the appointment. When the former head turns out to have stayed, it goes.
TEST(Posts, FormerHeadSignsOn) {
  Village village;
  auto& world = village.world;
  const auto before = village.issue(*village.a, "2026-07-08");
  const auto after = village.issue(*village.a, "2026-07-09");
  const auto successor = world.make_actor();
  const auto appointed =
      world.appoint("v1", successor, domain::Post::head, day("2026-07-09"), at_three(day("2026-07-15")));
  EXPECT_EQ(village.told(before), Told{});
  EXPECT_EQ(village.told(after), Told{"not_in_post open"});
  EXPECT_EQ(village.only().evidence, appointed);
  EXPECT_EQ(village.only().detail, "head");

  const auto again = world.appoint("v1", world.staff("v1").head, domain::Post::head, day("2026-07-09"),
                                   at_three(day("2026-08-01")), day("2026-07-09"));
  EXPECT_EQ(village.told(after), Told{"not_in_post open"}) << "two heads on one day: a person decides";
  const auto clear =
      world.appoint("v1", world.staff("v1").head, domain::Post::head, day("2026-07-10"), at_three(day("2026-08-02")));
  static_cast<void>(again);
  const auto next = village.issue(*village.a, "2026-07-10");
  EXPECT_EQ(village.told(next), Told{"not_in_post withdrawn"});
  for (const auto& finding : village.books.findings()) {
    if (finding.subject == next.subject) {
      EXPECT_EQ(finding.withdrawn_by, clear);
    }
  }
}

// Who was never appointed is known by the certificate itself; a key nobody knows proves nothing either.
TEST(Posts, StrangerSigns) {
  Village village;
  const auto stranger = village.world.make_actor();
  Paper paper;
  paper.handler = &stranger;
  const auto issued = village.issue(*village.a, "2026-05-11", paper);
  EXPECT_EQ(village.told(issued), (Told{"not_in_post open", "bad_paper_signature open"}));
  for (const auto& finding : village.books.findings()) {
    EXPECT_EQ(finding.evidence, issued.certificate);
    EXPECT_EQ(finding.detail, "handler");
  }
  // The appointment that was forgotten comes in, dated back: what was odd is listed as withdrawn by it.
  const auto late =
      village.world.appoint("v1", stranger, domain::Post::handler, day("2026-05-01"), at_three(day("2026-06-01")));
  EXPECT_EQ(village.told(issued), Told{"not_in_post withdrawn"});
  EXPECT_EQ(village.only().withdrawn_by, late);
}

// D06: the head's signature is by another key.
TEST(PaperSignature, OfAnotherKeyIsFound) {
  Village village;
  const auto other = village.world.make_actor();
  Paper paper;
  paper.head_signs_with = &other;
  const auto issued = village.issue(*village.a, "2026-05-11", paper);
  EXPECT_EQ(village.told(issued), Told{"bad_paper_signature open"});
  EXPECT_EQ(village.only().detail, "head");
}

// R120: handler and head are one person.
TEST(TwoPeople, HandlerIsHead) {
  Village village;
  const auto& head = village.world.staff("v1").head;
  village.world.appoint("v1", head, domain::Post::handler, day("2020-01-01"), at_three(day("2026-04-01")));
  village.world.sync(*village.a);
  Paper paper;
  paper.handler = &head;
  EXPECT_EQ(village.told(village.issue(*village.a, "2026-05-11", paper)), Told{"same_person_signed_twice open"});
}

// ---------------------------------------------------------------- R27-R39, O7

Paper homestead(const std::string& code,
                domain::DeliberationEvidence evidence = domain::DeliberationEvidence::paper_reference) {
  Paper paper;
  paper.item = domain::ItemId("homestead-opinion");
  paper.purpose = domain::PurposeCode("homestead-approval");
  paper.requester_kind = domain::RequesterKind("township-or-street");
  paper.requesting_unit = "示范镇人民政府";
  paper.deliberation = evidence;
  paper.deliberation_code = code;
  return paper;
}

// S22: issued on B with the signed minutes of A in hand. Until A's record is there the reference is unmatched; then the
// mark goes, and the record is judged.
TEST(Deliberation, PaperReferenceIsMatchedLater) {
  Village village;
  const auto recorded = village.world.record(*village.a, domain::testing::homestead_minutes(), day("2026-04-10"));
  const auto issued = village.issue(*village.b, "2026-04-11", homestead(minutes_code(recorded)));
  // B's line first: A has not been heard of yet.
  std::vector<journal::Range> without_a;
  for (const auto& range : village.world.everything()) {
    if (range.journal != village.a->id()) without_a.push_back(range);
  }
  village.books.take_all(without_a);
  EXPECT_EQ(village.books.told(issued.subject), Told{"deliberation_unmatched open"});
  EXPECT_EQ(village.told(issued), Told{"deliberation_unmatched withdrawn"});
  EXPECT_EQ(village.only().withdrawn_by, recorded);
}

// S22: the minutes were edited after printing: the code fits no record, and the certificate stays in the register.
TEST(Deliberation, ReferenceToEditedMinutesStaysUnmatched) {
  Village village;
  auto minutes = domain::testing::homestead_minutes();
  const auto printed = village.world.record(*village.b, minutes, day("2026-04-10"));
  const auto issued = village.issue(*village.b, "2026-04-11", homestead("0000000000"));
  EXPECT_NE(minutes_code(printed), "0000000000");
  EXPECT_EQ(village.told(issued), Told{"deliberation_unmatched open"});
  EXPECT_EQ(village.books.book<CertificateRow>().size(), 1U);
}

// On file in the same journal, before the certificate: nothing odd.
TEST(Deliberation, OnFileInOnesOwnJournal) {
  Village village;
  const auto recorded = village.world.record(*village.a, domain::testing::homestead_minutes(), day("2026-04-10"));
  EXPECT_EQ(village.told(village.issue(*village.a, "2026-04-11",
                                       homestead(minutes_code(recorded), domain::DeliberationEvidence::on_file))),
            Told{});
}

// The table of what a record must be, each row one thing wrong with a good one.
TEST(Deliberation, RecordMustStand) {
  struct Row {
    const char* rule;
    void (*change)(domain::Minutes&);
    const char* issued_on;
    bool stands;
  };
  for (const auto& row : {
           Row{"R31", [](domain::Minutes&) {}, "2026-04-11", true},
           Row{"R31",
               [](domain::Minutes& m) {
                 m.counts["present"] = 20;
                 m.counts["votes_for"] = 17;
                 m.counts["votes_against"] = 3;
                 m.counts["votes_abstain"] = 0;
               },
               "2026-04-11", false},
           Row{"R31",
               [](domain::Minutes& m) {
                 m.counts["votes_for"] = 3;
                 m.counts["votes_against"] = 19;
               },
               "2026-04-11", false},
           Row{"R27", [](domain::Minutes& m) { m.head_signed_on = day("2026-04-12"); }, "2026-04-11", false},
           Row{"R38", [](domain::Minutes& m) { m.public_notice->to = day("2026-04-05"); }, "2026-04-11", false},
           Row{"R39", [](domain::Minutes& m) { m.scope.items = {domain::ItemId("land-origin")}; }, "2026-04-11", false},
           Row{"R39", [](domain::Minutes&) {}, "2027-01-01", false},
           Row{"R36", [](domain::Minutes& m) { m.counts.erase("present"); }, "2026-04-11", false},
       }) {
    Village village;
    auto minutes = domain::testing::homestead_minutes();
    row.change(minutes);
    const auto recorded = village.world.record(*village.a, minutes, day("2026-04-13"));
    const auto told = village.told(village.issue(
        *village.a, row.issued_on, homestead(minutes_code(recorded), domain::DeliberationEvidence::on_file)));
    EXPECT_EQ(told.count("deliberation_not_standing open"), row.stands ? 0U : 1U) << row.rule << " " << row.issued_on;
  }
}

// R39: minutes for so many certificates carry no more; spoiling one gives its place back.
TEST(Deliberation, UsedUp) {
  Village village;
  auto minutes = domain::testing::homestead_minutes();
  minutes.scope.uses_max = 1;
  const auto recorded = village.world.record(*village.a, minutes, day("2026-04-10"));
  auto paper = homestead(minutes_code(recorded));
  const auto first = village.issue(*village.a, "2026-04-11", paper);
  paper.person = {"测试丙", "120199199001019033", "", ""};
  const auto second = village.issue(*village.b, "2026-04-11", paper);
  EXPECT_EQ(village.told(first), Told{"deliberation_unmatched withdrawn"});
  EXPECT_EQ(village.told(second), (Told{"deliberation_unmatched withdrawn", "deliberation_not_standing open"}));
  const auto spoiled = village.world.spoil(*village.a, first, day("2026-04-12"));
  EXPECT_EQ(village.told(second), (Told{"deliberation_unmatched withdrawn", "deliberation_not_standing withdrawn"}));
  for (const auto& finding : village.books.findings()) {
    if (finding.subject == second.subject && finding.rule == FindingRule::deliberation_not_standing) {
      EXPECT_EQ(finding.withdrawn_by, spoiled);
    }
  }
}

// R27: an item that asks for consultation was issued without any.
TEST(Deliberation, NoneWhereOneIsNeeded) {
  Village village;
  EXPECT_EQ(village.told(village.issue(*village.a, "2026-04-11", homestead("", domain::DeliberationEvidence::none))),
            Told{"deliberation_not_standing open"});
}

// ---------------------------------------------------------------- R76, O5

// S42: excluded since 05-10, unknown to the laptop of 05-12: not accepted, and nobody's misconduct. A repair comes too
// late for that day; a correction on objection takes the exclusion back from its beginning.
TEST(Commitment, ExcludedOnItsDay) {
  const domain::Person chen{"演示辰", "120199194708029152", "", ""};
  Village village;
  auto& world = village.world;
  const auto early = world.commit(*village.a, chen, day("2026-05-09"));
  const auto made = world.commit(*village.a, chen, day("2026-05-12"));
  const auto other = world.commit(*village.a, {"测试丙", "120199199001019033", "", ""}, day("2026-05-12"));
  const auto told_of = [&](const journal::EntryId& id) { return village.books.told(domain::SubjectId(id.value())); };
  EXPECT_EQ(village.told(), Told{});

  const auto decided = world.decide_credit(chen, day("2026-05-10"), at_three(day("2026-05-10")));
  village.told();
  EXPECT_EQ(told_of(made), Told{"commitment_excluded open"});
  EXPECT_EQ(village.only().evidence, decided);
  EXPECT_EQ(told_of(early), Told{});
  EXPECT_EQ(told_of(other), Told{});
  std::map<CivilDate, std::set<domain::CommitmentState>> states;
  for (const auto& row : village.books.book<CommitmentRow>("v1")) states[row.made_on].insert(row.state);
  EXPECT_EQ(states[day("2026-05-09")], std::set{domain::CommitmentState::provisional});
  EXPECT_EQ(states[day("2026-05-12")],
            (std::set{domain::CommitmentState::provisional, domain::CommitmentState::not_accepted_excluded}));

  world.credit_step(decided, domain::CreditStep::repaired, day("2026-09-28"), at_three(day("2026-09-28")));
  village.told();
  EXPECT_EQ(told_of(made), Told{"commitment_excluded open"});
  const auto corrected = world.credit_step(decided, domain::CreditStep::corrected_on_objection, day("2026-10-09"),
                                           at_three(day("2026-10-09")));
  village.told();
  EXPECT_EQ(told_of(made), Told{"commitment_excluded withdrawn"});
  EXPECT_EQ(village.only().withdrawn_by, corrected);
}

// D19: one officer's signature makes no decision.
TEST(Commitment, DecisionOfOneOfficerDoesNotCount) {
  const domain::Person chen{"演示辰", "120199194708029152", "", ""};
  Village village;
  village.world.commit(*village.a, chen, day("2026-05-12"));
  village.world.decide_credit(chen, day("2026-05-10"), at_three(day("2026-05-10")), 1);
  EXPECT_EQ(village.told(), Told{});
  EXPECT_FALSE(village.books.book<CreditRow>().front().counts);
}

// ---------------------------------------------------------------- O6

// The hub's own words bracket an entry: what its writer had seen was before it, and the hub held it after it.
TEST(Clock, OutsideItsBracket) {
  struct Row {
    const char* rule;
    const char* issued_on;
    ClockConfidence confidence;
    const char* received_on;
    const char* told;  // beginning of the detail; null: nothing
  };
  for (const auto& row : {Row{"O6", "2026-05-11", ClockConfidence::plausible, "2026-05-12", nullptr},
                          Row{"O6", "2026-05-11", ClockConfidence::plausible, nullptr, nullptr},
                          Row{"S35", "2026-05-11", ClockConfidence::doubtful, nullptr, "device in doubt"},
                          Row{"D07", "2026-03-31", ClockConfidence::plausible, "2026-05-12", "before 2026-04-01"},
                          Row{"D07", "2025-05-11", ClockConfidence::plausible, nullptr, "before 2026-04-01"},
                          Row{"D07", "2027-05-11", ClockConfidence::plausible, "2026-05-12", "after 2026-05-12"}}) {
    Village village;
    village.a->confidence = row.confidence;
    const auto issued = village.issue(*village.a, row.issued_on);
    if (row.received_on) village.world.receive(*village.a, at_three(day(row.received_on)));
    village.told();
    std::string detail;
    for (const auto& finding : village.books.findings()) {
      if (finding.subject == issued.subject && finding.rule == FindingRule::clock_doubtful && finding.is_open()) {
        if (finding.evidence == issued.certificate) detail = finding.detail;
      }
    }
    EXPECT_EQ(detail.rfind(row.told ? row.told : "", 0), 0U) << row.rule << " " << row.issued_on << ": " << detail;
    EXPECT_EQ(detail.empty(), row.told == nullptr) << row.rule << " " << row.issued_on << ": " << detail;
  }
}

// ---------------------------------------------------------------- O9, D09, D31, O2, O3, D14

// What lies past the last trusted entry of a stolen laptop is quarantined and visible; papers from before stand. A
// later word of the hub that trusts more takes it back.
TEST(Revocation, QuarantinesWhatComesAfter) {
  Village village;
  const auto before = village.issue(*village.a, "2026-08-13");
  const auto trusted = village.a->last();
  const auto after = village.issue(*village.a, "2026-08-14");
  village.world.revoke("v1", *village.a, trusted, at_three(day("2026-08-15")));
  EXPECT_EQ(village.told(before), Told{});
  EXPECT_EQ(village.told(after), Told{"after_revocation open"});
  auto rows = village.books.book<CertificateRow>("v1");
  EXPECT_FALSE(rows[0].quarantined);
  EXPECT_TRUE(rows[1].quarantined);
  village.world.revoke("v1", *village.a, village.a->last(), at_three(day("2026-08-20")));
  EXPECT_EQ(village.told(after), Told{"after_revocation withdrawn"});
  EXPECT_FALSE(village.books.book<CertificateRow>("v1")[1].quarantined);
}

// A cloned disk: papers of both branches are in the register, each with its finding; their common past is clean.
TEST(Fork, BothBranchesAreShown) {
  Village village;
  const auto common = village.issue(*village.a, "2026-05-11");
  auto& copy = village.world.clone(*village.a);
  const auto one = village.issue(*village.a, "2026-05-12");
  Paper paper;
  paper.person = {"测试丙", "120199199001019033", "", ""};
  const auto two = village.issue(copy, "2026-05-12", paper);
  EXPECT_EQ(village.told(common), Told{});
  EXPECT_TRUE(village.told(one).contains("forked_journal open"));
  EXPECT_TRUE(village.told(two).contains("forked_journal open"));
  const auto rows = village.books.book<CertificateRow>("v1");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_FALSE(rows[0].forked);
  EXPECT_TRUE(rows[1].forked && rows[2].forked);
  EXPECT_EQ(rows[1].machine_number, rows[2].machine_number);
  // The number is on two papers: the later one says so.
  EXPECT_EQ(village.told(one).count("number_used_twice open") + village.told(two).count("number_used_twice open"), 1U);
}

// D31: a body that is not in canonical form is a finding, and the rest of the subject is shown.
TEST(Unreadable, BodyIsAFinding) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-05-11");
  auto draft = journal::draft_of(journal::CertificateSpoiled{}, {"x"}, issued.subject, village.world.random);
  draft.body.push_back(0);
  std::vector<journal::Draft> drafts{draft};
  const auto id = village.world.write(*village.a, std::move(drafts), at_three(day("2026-05-12"))).front();
  EXPECT_EQ(village.told(issued), Told{"unreadable_entry open"});
  EXPECT_EQ(village.only().evidence, id);
  EXPECT_EQ(village.books.book<CertificateRow>().front().state, CertificateState::issued);
}

// A kind, or a version of a kind, from a later program is no finding.
TEST(Unreadable, NewerIsNotUnreadable) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-05-11");
  auto later = journal::draft_of(journal::CertificateSpoiled{}, {"x"}, issued.subject, village.world.random);
  later.version = 2;
  later.body.push_back(0);
  auto unknown = later;
  unknown.kind = journal::BodyKind(99);
  village.world.write(*village.a, {later, unknown}, at_three(day("2026-05-12")));
  EXPECT_EQ(village.told(issued), Told{});
}

// S30: same person, item, day and addressee on two laptops: both are kept, the later one tells of the earlier.
TEST(Duplicate, OnTwoLaptops) {
  Village village;
  const auto first = village.issue(*village.a, "2026-05-11");
  const auto second = village.issue(*village.b, "2026-05-11", {}, 5);
  EXPECT_EQ(village.told(first), Told{});
  EXPECT_EQ(village.told(second), Told{"duplicate_certificate open"});
  EXPECT_EQ(village.only().evidence, first.certificate);
  EXPECT_EQ(village.books.book<CertificateRow>("v1").size(), 2U);
  village.world.spoil(*village.a, first, day("2026-05-11"));
  EXPECT_EQ(village.told(second), Told{"duplicate_certificate withdrawn"});
}

// Another addressee, day, item or person is no duplicate.
TEST(Duplicate, OnlyIfEverythingIsTheSame) {
  Village village;
  village.issue(*village.a, "2026-05-11");
  village.issue(*village.b, "2026-05-12");
  Paper other_unit;
  other_unit.requesting_unit = "示范中学";
  village.issue(*village.b, "2026-05-11", other_unit);
  Paper other_person;
  other_person.person = {"测试丙", "120199199001019033", "", ""};
  village.issue(*village.b, "2026-05-11", other_person);
  EXPECT_EQ(village.told(), Told{});
}

// O3, R104: a number is used once, also after it was spoiled, and is of the series of its device.
TEST(Number, OnceAndOfItsSeries) {
  Village village;
  const auto first = village.issue(*village.a, "2026-05-11");
  village.world.spoil(*village.a, first, day("2026-05-11"));
  Paper again;
  again.serial = first.number.serial;
  EXPECT_EQ(village.told(village.issue(*village.a, "2026-05-13", again)), Told{"number_used_twice open"});
  village.b->series = "C";
  EXPECT_EQ(village.told(village.issue(*village.b, "2026-05-14")), Told{"number_not_of_series open"});
}

// R104: a spoiled certificate has nothing open about its paper any more; its number stays in the book.
TEST(Spoiled, ClosesWhatWasOddAboutThePaper) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-07-20");
  village.publish(domain::testing::trial(), "2026-06-10");
  EXPECT_EQ(village.told(issued), Told{"superseded_revision open"});
  village.world.spoil(*village.a, issued, day("2026-07-20"));
  EXPECT_EQ(village.told(issued), Told{"superseded_revision withdrawn"});
  const auto row = village.books.book<CertificateRow>("v1").front();
  EXPECT_EQ(row.state, CertificateState::spoiled);
  EXPECT_EQ(row.number, "v1村证〔2026〕A001号");
}

// D14: a laptop that answers its own commitment, rules, or appoints, says nothing; it shows as a finding.
TEST(OutOfPlace, LaptopSpeaksForTheHub) {
  Village village;
  auto& world = village.world;
  const auto made = world.commit(*village.a, {"测试丙", "120199199001019033", "", ""}, day("2026-05-12"));
  const domain::SubjectId subject(made.value());
  world.write(*village.a, journal::CommitmentAnswered{domain::CommitmentState::accepted, day("2026-05-12")}, {},
              at_three(day("2026-05-12")), subject);
  const auto friend_of_clerk = world.make_actor();
  world.write(*village.a,
              journal::OfficerAppointed{{friend_of_clerk.id, domain::Post::head, day("2026-05-01"), {}},
                                        friend_of_clerk.keys.public_key},
              {"演示丑"}, at_three(day("2026-05-12")));
  EXPECT_EQ(village.told(), (Told{"out_of_place open", "out_of_place open"}));
  EXPECT_EQ(village.books.book<CommitmentRow>().front().state, domain::CommitmentState::provisional);
  EXPECT_EQ(village.books.projection().facts().posts("v1").head_on(day("2026-05-12")), world.staff("v1").head.id);

  // The hub's answer counts.
  world.write(world.body("v1"), journal::CommitmentAnswered{domain::CommitmentState::accepted, day("2026-05-20")}, {},
              at_three(day("2026-05-20")), subject);
  village.told();
  EXPECT_EQ(village.books.book<CommitmentRow>().front().state, domain::CommitmentState::accepted);
}

// Another committee's laptop writes into a subject of this one.
TEST(OutOfPlace, AnotherCommitteesSubject) {
  Village village;
  const auto issued = village.issue(*village.a, "2026-05-11");
  village.world.add_body("v2", day("2026-04-01"));
  auto& c = village.world.add_laptop("v2", "A", day("2026-04-01"));
  village.world.spoil(c, issued, day("2026-05-12"));
  EXPECT_EQ(village.told(issued), Told{"out_of_place open"});
  EXPECT_EQ(village.books.book<CertificateRow>("v1").front().state, CertificateState::issued);
}

}  // namespace
}  // namespace cunzheng::registers
