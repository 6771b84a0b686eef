#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

namespace cunzheng::domain {
namespace {

using namespace testing;

// Scenarios of daily work, on the shipped lists.

Application of(const char* item, const char* purpose, const char* requester, const char* unit, Person person) {
  const auto* listed = find_issuable(shipped(), ItemId(item));
  auto out = listed ? application_for(*listed) : Application();
  out.item = ItemId(item);
  out.purpose = PurposeCode(purpose);
  out.requester_kind = RequesterKind(requester);
  out.requesting_unit = unit;
  out.applicant = std::move(person);
  return out;
}

World in_village(Application application, const char* today = "2026-05-11") {
  World world;
  world.catalogue = shipped();
  world.calendar = shipped_calendar();
  world.application = std::move(application);
  world.today = day(today);
  return world;
}

// S1: a lease is shown, so it is done while she waits. S2: none, so it is looked into; 9 May is worked, 1-5 May is not.
TEST(EligibilityScenario, S1S2ResidenceForASchool) {
  auto world = in_village(of("residence-in-community", "school-enrolment", "school", "示范实验小学", test_person()));
  EXPECT_TRUE(check_application(world.application, world.catalogue));
  const auto now = world.decide();
  ASSERT_TRUE(permit(now));
  EXPECT_EQ(permit(now)->due, std::nullopt);
  EXPECT_FALSE(has(*permit(now), Obligation::investigate_first));

  world.application.evidence_at_hand = false;
  world.today = day("2026-05-07");
  const auto later = world.decide();
  ASSERT_TRUE(permit(later));
  EXPECT_EQ(permit(later)->due, day("2026-05-11"));
  world.today = day("2026-04-29");
  const auto over_holiday = world.decide();
  EXPECT_EQ(permit(over_holiday)->due, day("2026-05-07"));
}

// S4: no criminal record for a security firm: the police know, and there is no fallback.
TEST(EligibilityScenario, S4NoCriminalRecord) {
  auto world = in_village(of("n5-no-crime", "", "company", "示范保安公司", {"测试丙", "120199199001019033", "", ""}));
  world.application.fallback_cause = FallbackCause::civil_party_demand;
  const auto decision = world.decide();
  ASSERT_TRUE(refusal(decision));
  EXPECT_EQ(refusal(decision)->reason, RefusalReason::not_issuable);
  EXPECT_FALSE(refusal(decision)->fallback_possible);
  EXPECT_NE(refusal(decision)->right_way.zh.find("派出所"), std::string::npos);
}

// S5: an insurer's demand for a statement that somebody is alive may be met, after a visit. S6: a bureau's may not,
// unless policies do not join up.
TEST(EligibilityScenario, S5S6Alive) {
  auto world = in_village(of("n10-alive", "", "insurer", "外省示范保险公司", {"测试癸", "120199193201189101", "", ""}));
  world.application.fallback_cause = FallbackCause::civil_party_demand;
  const auto insurer = world.decide();
  ASSERT_TRUE(permit(insurer));
  EXPECT_TRUE(permit(insurer)->as_fallback);
  EXPECT_TRUE(has(*permit(insurer), Obligation::investigate_first));
  EXPECT_TRUE(has(*permit(insurer), Obligation::state_fallback));

  world.application.requester_kind = RequesterKind("district-department");
  const auto bureau = world.decide();
  ASSERT_TRUE(refusal(bureau));
  EXPECT_EQ(refusal(bureau)->rule, "R44");
  world.application.fallback_cause = FallbackCause::policy_not_joined_up;
  EXPECT_TRUE(permit(world.decide()));
}

// S7: kinship for a bank touches an inheritance: enquiry, consultation and assessment, or nothing. S8: the same for a
// notary is an item of its own.
TEST(EligibilityScenario, S7S8Kinship) {
  const Person person{"测试辛", "12019919680904908X", "", ""};
  auto world = in_village(of("n1-kinship", "", "bank", "示范银行", person));
  world.application.fallback_cause = FallbackCause::civil_party_demand;
  world.application.legal_risk = true;
  const auto bare = world.decide();
  ASSERT_TRUE(refusal(bare));
  EXPECT_EQ(refusal(bare)->rule, "R28");
  world.application.deliberation = DeliberationEvidence::on_file;
  world.application.deliberation_stands = true;
  const auto full = world.decide();
  ASSERT_TRUE(permit(full));
  EXPECT_TRUE(has(*permit(full), Obligation::investigate_first));
  EXPECT_TRUE(has(*permit(full), Obligation::assess_legal_risk));

  auto notary =
      in_village(of("kinship-for-notary", "notarisation-kinship", "notary", "示范公证处", person), "2026-05-11");
  const auto decision = notary.decide();
  ASSERT_TRUE(permit(decision));
  EXPECT_FALSE(permit(decision)->as_fallback);
  EXPECT_EQ(permit(decision)->due, day("2026-05-18"));
}

// S10: a party member's review goes to the party organisation even though one person holds both offices.
TEST(EligibilityScenario, S10PartyMatter) {
  auto world = in_village(of("party-matters", "", "company", "示范单位", {"测试壬", "12019919990711909X", "", ""}));
  const auto decision = world.decide();
  ASSERT_TRUE(refusal(decision));
  EXPECT_EQ(refusal(decision)->reason, RefusalReason::party_matter);
  EXPECT_NE(refusal(decision)->right_way.zh.find("党组织"), std::string::npos);
}

// S13: a gas company wants to know that nobody lives there: refused, and the slip says who can find out.
TEST(EligibilityScenario, S13GasCompany) {
  auto world = in_village(of("", "", "gas-company", "示范燃气公司", test_person()));
  world.application.requested_name = "房屋无人居住证明";
  world.application.fallback_cause = FallbackCause::civil_party_demand;
  const auto decision = world.decide();
  ASSERT_TRUE(refusal(decision));
  EXPECT_EQ(refusal(decision)->reason, RefusalReason::not_listed);
  EXPECT_FALSE(refusal(decision)->fallback_possible);
  EXPECT_NE(refusal(decision)->right_way.zh.find("供热供水等单位"), std::string::npos);
}

// S18, S19, S22: the homestead opinion hangs on the meeting.
TEST(EligibilityScenario, S18S19S22Homestead) {
  auto world = in_village(of("homestead-opinion", "homestead-approval", "township-or-street", "示范镇人民政府",
                             {"测试甲", "120199196103159017", "", ""}),
                          "2026-04-13");
  EXPECT_TRUE(refusal(world.decide()));
  world.application.deliberation = DeliberationEvidence::on_file;
  EXPECT_TRUE(refusal(world.decide()));
  world.application.deliberation_stands = true;
  EXPECT_TRUE(permit(world.decide()));
  world.application.deliberation = DeliberationEvidence::paper_reference;
  world.application.deliberation_stands = false;
  const auto paper = world.decide();
  ASSERT_TRUE(permit(paper));
  EXPECT_TRUE(has(*permit(paper), Obligation::match_deliberation));
}

// S25, S27: what the laptop without revision 8 issues on 20 July, the district would have refused; before 1 July both
// agree although revision 8 is at hand.
TEST(EligibilityScenario, S25S27WithdrawnMeanwhile) {
  auto world = in_village(of("community-participation", "volunteer-record", "school", "示范中学", test_person()));
  const auto as_known_to = [&](const std::vector<const Catalogue*>& revisions, const char* today) {
    world.catalogue = *catalogue_in_force(revisions, day(today));
    world.today = day(today);
    return world.decide();
  };
  EXPECT_TRUE(permit(as_known_to({&shipped()}, "2026-07-20")));
  const auto district = as_known_to({&shipped(), &trial()}, "2026-07-20");
  ASSERT_TRUE(refusal(district));
  EXPECT_EQ(refusal(district)->reason, RefusalReason::withdrawn);
  EXPECT_NE(refusal(district)->right_way.zh.find("平台"), std::string::npos);
  EXPECT_TRUE(permit(as_known_to({&shipped(), &trial()}, "2026-06-25")));
  EXPECT_TRUE(permit(as_known_to({&shipped(), &trial()}, "2026-06-30")));
}

// S26: legal aid turned into a commitment; the person is sent to the organ.
TEST(EligibilityScenario, S26Commitment) {
  auto world = in_village(of("legal-aid-hardship", "legal-aid", "legal-aid-body", "示范法律援助中心", test_person()));
  const auto decision = world.decide();
  ASSERT_TRUE(refusal(decision));
  EXPECT_EQ(refusal(decision)->reason, RefusalReason::commitment_instead);
  EXPECT_NE(refusal(decision)->right_way.zh.find("法律援助机构"), std::string::npos);
}

// S16: between the old head's last day and the new head's first nothing is issued.
TEST(EligibilityScenario, S16BetweenHeads) {
  auto world = in_village(of("residence-in-community", "school-enrolment", "school", "示范实验小学", test_person()));
  world.posts = Posts({{officer(1), Post::head, day("2020-01-01"), day("2026-03-15")},
                       {officer(4), Post::head, day("2026-03-19"), std::nullopt},
                       {officer(2), Post::handler, day("2020-01-01"), std::nullopt}});
  for (const auto& [today, open] : std::vector<std::pair<const char*, bool>>{
           {"2026-03-15", true}, {"2026-03-16", false}, {"2026-03-18", false}, {"2026-03-19", true}}) {
    world.today = day(today);
    EXPECT_EQ(permit(world.decide()) != nullptr, open) << today;
  }
}

}  // namespace
}  // namespace cunzheng::domain
