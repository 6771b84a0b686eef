#include "shared/domain/office.hpp"

#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::officer;

// The election of a village: officer 1 was head, officer 2 is from 19 March 2026 on; 1 keeps the seal until then.
Posts after_election() {
  return Posts({{officer(2), Post::head, day("2026-03-19"), std::nullopt},
                {officer(1), Post::head, day("2021-03-01"), std::nullopt},
                {officer(3), Post::seal_keeper, day("2021-03-01"), day("2026-03-15")},
                {officer(4), Post::handler, day("2021-03-01"), std::nullopt},
                {officer(5), Post::handler, day("2022-01-01"), std::nullopt}});
}

struct HeadRow {
  const char* rule;
  const char* on;
  int head;  // 0: nobody
};

// R4: papers of the 15th keep the old head, those of the 19th show the new one, whatever order the facts came in.
TEST(Posts, HeadChangesOnItsDay) {
  const std::vector<HeadRow> rows{{"R4", "2021-02-28", 0}, {"R4", "2021-03-01", 1}, {"R4", "2026-03-15", 1},
                                  {"R4", "2026-03-18", 1}, {"R4", "2026-03-19", 2}, {"R4", "2030-01-01", 2}};
  auto facts = after_election().all();
  for (int order = 0; order < 2; ++order) {
    const Posts posts(facts);
    for (const auto& row : rows) {
      const auto head = posts.head_on(day(row.on));
      EXPECT_EQ(head ? head->value()[0] : 0, row.head) << row.rule << " " << row.on;
      EXPECT_EQ(posts.holds(officer(1), Post::head, day(row.on)), row.head == 1) << row.on;
    }
    std::reverse(facts.begin(), facts.end());
  }
}

// R118: a post with a last day ends with it; other posts may have several holders.
TEST(Posts, OtherPostsRunFromDayToDay) {
  const auto posts = after_election();
  EXPECT_TRUE(posts.holds(officer(3), Post::seal_keeper, day("2026-03-15")));
  EXPECT_FALSE(posts.holds(officer(3), Post::seal_keeper, day("2026-03-16")));
  EXPECT_FALSE(posts.holds(officer(3), Post::handler, day("2026-03-15")));
  EXPECT_TRUE(posts.holds(officer(4), Post::handler, day("2026-05-01")));
  EXPECT_TRUE(posts.holds(officer(5), Post::handler, day("2026-05-01")));
}

// Two people made head on the same day: nobody is, and a person decides. The same person twice is one head.
TEST(Posts, TwoHeadsOnOneDayAreNone) {
  const Appointment first{officer(1), Post::head, day("2026-01-01"), std::nullopt};
  const Appointment second{officer(2), Post::head, day("2026-01-01"), std::nullopt};
  EXPECT_EQ(Posts({first, second}).head_on(day("2026-02-01")), std::nullopt);
  EXPECT_EQ(Posts({first, second, first}).head_on(day("2026-02-01")), std::nullopt);
  EXPECT_FALSE(Posts({first, second}).holds(officer(1), Post::head, day("2026-02-01")));
  EXPECT_EQ(Posts({first, first}).head_on(day("2026-02-01")), officer(1));
}

// No appointments, no officers.
TEST(Posts, NobodyWithoutAppointment) {
  EXPECT_EQ(Posts().head_on(day("2026-02-01")), std::nullopt);
  EXPECT_FALSE(Posts().holds(officer(1), Post::handler, day("2026-02-01")));
}

}  // namespace
}  // namespace cunzheng::domain
