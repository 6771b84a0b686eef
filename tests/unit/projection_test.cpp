#include "tests/support/quorum_tables.hpp"
#include "tests/support/register_books.hpp"

namespace cunzheng::registers {
namespace {

using domain::testing::day;
using test::at_three;
using test::Line;
using test::Paper;
using test::RegisterBooks;
using test::RegisterWorld;

struct Village {
  RegisterWorld world;
  Line* a = nullptr;
  RegisterBooks books{world.root.keys.public_key};

  Village() {
    test::publish_shipped(world);
    a = &world.add_laptop("v1", "A", day("2026-04-01"));
  }
  RegisterWorld::Issued issue(const char* on, Paper paper = {}) {
    paper.day = day(on);
    return world.issue(*a, std::move(paper));
  }
  RegisterBooks& up_to_date() {
    books.take_all(world.everything());
    return books;
  }
};

// Each kind of subject has its row in its book, with what the columns of the register need.
TEST(Books, EachKindHasItsRow) {
  Village village;
  auto& world = village.world;
  const auto& handler = world.staff("v1").handler;
  village.issue("2026-05-11");

  journal::ApplicationOpened application;
  application.item = domain::ItemId("n5-no-crime");
  application.requesting_unit = "示范保安公司";
  application.applied_on = day("2026-05-12");
  application.due_on = day("2026-05-15");
  const journal::ApplicationPrivate applied{
      {"测试丙", "120199199001019033", "", ""}, "无犯罪记录证明", "", "", "", {}, false};
  const auto opened = world.write(*village.a, application, applied, at_three(day("2026-05-12")));
  auto& books = village.up_to_date();
  ASSERT_EQ(books.book<ApplicationRow>("v1").size(), 1U);
  EXPECT_EQ(books.book<ApplicationRow>("v1").front().due_on, day("2026-05-15"));
  EXPECT_EQ(books.book<ApplicationRow>("v1").front().applicant_name, "测试丙");

  journal::ApplicationRefused refused{
      domain::RefusalReason::not_issuable, "R45", 7, day("2026-05-12"), handler.id, false};
  world.write(*village.a, refused, {"不予出具"}, at_three(day("2026-05-12"), 5), domain::SubjectId(opened.value()));
  world.record(*village.a, domain::testing::homestead_minutes(), day("2026-05-13"));
  world.write(*village.a,
              journal::InquiryRecorded{domain::ItemId("community-participation"), 7, day("2026-05-14"),
                                       journal::InquiryAnswer::guide_given, handler.id},
              {"怎么办", "给了指南"}, at_three(day("2026-05-14")));
  world.commit(*village.a, {"测试丙", "120199199001019033", "", ""}, day("2026-05-15"));
  world.decide_credit({"演示辰", "120199194708029152", "", ""}, day("2026-05-10"), at_three(day("2026-05-10")));
  village.up_to_date();

  EXPECT_TRUE(books.book<ApplicationRow>().empty()) << "something came of it";
  const auto certificate = books.book<CertificateRow>().front();
  EXPECT_EQ(certificate.number, "v1村证〔2026〕A001号");
  EXPECT_EQ(certificate.item_name, domain::find_issuable(domain::testing::shipped(), certificate.item)->name.zh);
  EXPECT_EQ(certificate.applicant_id_number, "120199198508229027");
  EXPECT_EQ(certificate.personal, PersonalPart::present);
  const auto refusal = books.book<RefusalRow>().front();
  EXPECT_EQ(refusal.rule, "R45");
  EXPECT_EQ(refusal.requested_name, "无犯罪记录证明");
  const auto deliberation = books.book<DeliberationRow>().front();
  EXPECT_EQ(deliberation.valid, domain::Answer::yes);
  EXPECT_EQ(deliberation.code.size(), 10U);
  EXPECT_EQ(deliberation.topic, "宅基地");
  EXPECT_EQ(books.book<InquiryRow>().front().question, "怎么办");
  EXPECT_EQ(books.book<CommitmentRow>().front().person_name, "测试丙");
  EXPECT_EQ(books.book<CreditRow>().front().decision_no, "示民信决〔2026〕8号");
  EXPECT_TRUE(books.book<CreditRow>().front().counts);
  for (const char* table :
       {"application", "certificate", "refusal", "deliberation", "inquiry", "commitment", "credit"}) {
    EXPECT_TRUE(books.projection().rows(table, {})) << table;
  }
  EXPECT_EQ(books.projection().rows("certificate", "v1")->front().at("machine_number").as_string(),
            certificate.machine_number);
  EXPECT_EQ(books.projection().rows("watch", {}).error().code, FailureCode::not_found);
}

// Books are in the order of their numbers and of their committees, whatever came first.
TEST(Books, InOrderOfNumbers) {
  Village village;
  auto& world = village.world;
  world.add_body("v10", day("2026-04-01"));
  auto& other = world.add_laptop("v10", "A", day("2026-04-01"));
  Paper paper;
  paper.day = day("2026-05-11");
  world.issue(other, paper);
  for (int k = 0; k < 11; ++k) {
    paper.requesting_unit = "示范第" + std::to_string(k) + "小学";
    village.issue("2026-05-11", paper);
  }
  auto& books = village.up_to_date();
  const auto rows = books.book<CertificateRow>("v1");
  ASSERT_EQ(rows.size(), 11U);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    EXPECT_EQ(domain::parse_machine_number(rows[k].machine_number, {})->serial, k + 1);
  }
  EXPECT_EQ(books.book<CertificateRow>("v10").size(), 1U);
  EXPECT_EQ(books.book<CertificateRow>().size(), 12U);
  EXPECT_TRUE(books.book<CertificateRow>("v").empty());
}

// Erasing somebody's private part empties the personal columns and the index of persons; the rest of the row stays.
TEST(Books, ErasedPersonsLeaveTheRow) {
  Village village;
  const auto issued = village.issue("2026-05-11");
  auto& books = village.up_to_date();
  EXPECT_EQ(*books.projection().of_person("120199198508229027"), std::vector{issued.subject});
  EXPECT_TRUE(books.projection().of_person("120199199001019033")->empty());
  EXPECT_TRUE(books.projection().of_person("")->empty());

  const journal::EntryId entry(issued.subject.value());
  village.world.write(
      village.world.body("v1"),
      journal::PrivatePartErased{entry, village.a->id(), 1, journal::ErasureReason::retention_ended, "示范区档案馆"},
      {"到期"}, at_three(day("2036-05-11")), issued.subject);
  village.up_to_date();
  const auto row = books.book<CertificateRow>().front();
  EXPECT_EQ(row.personal, PersonalPart::erased);
  EXPECT_EQ(row.applicant_name + row.applicant_id_number, "");
  EXPECT_EQ(row.number, "v1村证〔2026〕A001号");
  EXPECT_TRUE(books.projection().of_person("120199198508229027")->empty());
}

// No name and no number of a person stands in a key of any row: keys are not sealed.
TEST(Rows, KeysHoldNoPersons) {
  Village village;
  village.issue("2026-05-11");
  village.world.commit(*village.a, {"测试丙", "120199199001019033", "", ""}, day("2026-05-15"));
  auto& books = village.up_to_date();
  std::size_t keys = 0;
  for (const char* table : {"fact", "word", "fork", "damaged", "subject", "watch", "finding", "body_finding", "minutes",
                            "use", "person", "number", "credit_of", "certificate", "commitment"}) {
    ASSERT_TRUE(books.rows.scan(table, {}, [&](ByteView key, ByteView) {
      for (const char* canary : {"测试乙", "测试丙", "120199198508229027", "120199199001019033", "示范实验小学"}) {
        EXPECT_EQ(text_of(key).find(canary), std::string_view::npos) << table;
      }
      ++keys;
      return true;
    }));
  }
  EXPECT_GT(keys, 20U);
}

// After a crash between two batches the next program goes on where the rows are; an arrival is taken once.
TEST(Cursor, GoesOnAfterACrash) {
  Village village;
  village.issue("2026-05-11");
  village.books.take(village.world.everything());
  village.books.project(3);
  EXPECT_EQ(village.books.projection().cursor(), 3U);
  village.books.restart();
  EXPECT_EQ(village.books.projection().cursor(), 3U);
  village.books.project();
  const auto end = village.books.projection().cursor();
  const auto digest = village.books.digest();

  const auto first = village.books.store.arrivals(0, 1);
  const auto stored = village.books.store.item(first->front().place);
  const NumberedArrival again{1, {first->front().place.journal, stored->item}, {}};
  EXPECT_TRUE(village.books.projection().apply(std::span(&again, 1)));
  EXPECT_EQ(village.books.projection().cursor(), end);
  EXPECT_EQ(village.books.digest(), digest);

  const NumberedArrival gap{end + 2, again.held, {}};
  EXPECT_EQ(village.books.projection().apply(std::span(&gap, 1)).error().code, FailureCode::conflict);
}

// Rows that an earlier version of the program made are dropped, not misread.
TEST(Cursor, RowsOfAnotherVersionAreDropped) {
  Village village;
  village.issue("2026-05-11");
  village.up_to_date();
  const RowKey cursor{"cursor", {}};
  auto bytes = *village.books.rows.get(cursor);
  ASSERT_TRUE(bytes);
  ++bytes->front();
  ASSERT_TRUE(village.books.rows.apply({{cursor, bytes}}));
  village.books.restart();
  EXPECT_EQ(village.books.projection().cursor(), 0U);
  EXPECT_TRUE(village.books.book<CertificateRow>().empty());
}

// A damaged item is a finding of its own, of its committee, until its bytes come after all.
TEST(Damaged, IsShownUntilItIsWhole) {
  Village village;
  village.issue("2026-05-11");
  const auto inquiry = village.world.write(
      *village.a, journal::InquiryRecorded{{}, 7, day("2026-05-12"), journal::InquiryAnswer::guide_given, {}},
      {"问", "答"}, at_three(day("2026-05-12")));
  auto ranges = village.world.everything();
  const auto whole = ranges.back();
  ranges.back().items.front() = {inquiry, {}, {}};
  village.books.take_all(ranges);
  const auto findings = village.books.findings(true, "v1");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().rule, FindingRule::unreadable_entry);
  EXPECT_EQ(findings.front().evidence, inquiry);
  EXPECT_TRUE(village.books.book<InquiryRow>().empty());

  village.books.restart();
  village.books.take_all({whole});
  EXPECT_TRUE(village.books.findings().empty());
  EXPECT_EQ(village.books.book<InquiryRow>().size(), 1U);
}

// A finding is found by its id, listed for its committee, the open ones first.
TEST(Findings, AreListedOpenOnesFirst) {
  Village village;
  auto catalogue = domain::testing::trial();
  village.world.publish(journal::DataKind::catalogue, 8, catalogue.effective_from, codec::encode(catalogue),
                        at_three(day("2026-06-10")));
  const auto first = village.issue("2026-07-20");
  village.issue("2026-07-22");
  village.issue("2026-07-21");
  village.world.spoil(*village.a, first, day("2026-07-20"));
  auto& books = village.up_to_date();
  const auto all = books.findings();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].day, day("2026-07-21"));
  EXPECT_EQ(all[1].day, day("2026-07-22"));
  EXPECT_EQ(all[2].subject, first.subject);
  EXPECT_EQ(books.findings(true).size(), 2U);
  EXPECT_TRUE(books.findings(true, "v2").empty());
  EXPECT_EQ(**books.projection().finding(all[2].id), all[2]);
  EXPECT_FALSE(*books.projection().finding({}));
}

}  // namespace
}  // namespace cunzheng::registers
