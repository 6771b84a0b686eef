// Days of the civil calendar, and instants as a clock in China shows them.

#include "shared/base/time.hpp"

#include <gtest/gtest.h>

#include <climits>

namespace cunzheng {
namespace {

CivilDate day(std::string_view text) {
  const auto date = CivilDate::parse(text);
  EXPECT_TRUE(date.has_value()) << text;
  return date.value_or(CivilDate());
}

// 1900 was no leap year, 2000 was one, 2100 will be none.
TEST(CivilDay, LeapYears) {
  EXPECT_FALSE(CivilDate::from_ymd(1900, 2, 29).has_value());
  EXPECT_TRUE(CivilDate::from_ymd(2000, 2, 29).has_value());
  EXPECT_FALSE(CivilDate::from_ymd(2100, 2, 29).has_value());
  EXPECT_TRUE(CivilDate::from_ymd(2024, 2, 29).has_value());
  EXPECT_FALSE(CivilDate::from_ymd(2026, 2, 29).has_value());
}

// Also numbers that a narrower type would turn into a month or day that exists.
TEST(CivilDay, DaysThatDoNotExist) {
  struct Row {
    int year, month, day;
  };
  for (const auto& [year, month, number] :
       {Row{1899, 12, 31}, Row{2200, 1, 1}, Row{2026, 0, 1}, Row{2026, 13, 1}, Row{2026, 1, 0}, Row{2026, 1, 32},
        Row{2026, 4, 31}, Row{2026, -1, 1}, Row{2026, 1, -1}, Row{2026, 257, 1}, Row{2026, 1, 257}, Row{65536 + 2026, 1, 1},
        Row{INT_MAX, 1, 1}, Row{INT_MIN, 1, 1}, Row{2026, INT_MAX, 1}, Row{2026, 1, INT_MIN}}) {
    const auto date = CivilDate::from_ymd(year, month, number);
    ASSERT_FALSE(date.has_value()) << year << "-" << month << "-" << number;
    EXPECT_EQ(date.error().code, FailureCode::bad_input);
  }
}

// Every day there is has a number, a text and parts, and comes back from each.
TEST(CivilDay, EveryDayBothWays) {
  EXPECT_EQ(day("1900-01-01"), CivilDate::first);
  EXPECT_EQ(day("2199-12-31"), CivilDate::last);
  EXPECT_EQ(day("1970-01-01").days(), 0);
  int weekday = 1;  // 1900-01-01 was a Monday
  for (auto date = CivilDate::first; date <= CivilDate::last; date = date + 1) {
    ASSERT_EQ(CivilDate::from_ymd(date.year(), date.month(), date.day()), date) << date.days();
    ASSERT_EQ(CivilDate::parse(date.text()), date) << date.text();
    ASSERT_EQ(date.weekday(), weekday) << date.text();
    ASSERT_EQ(local_date(start_of(date)), date) << date.text();
    weekday = weekday % 7 + 1;
  }
}

TEST(CivilDay, Text) {
  EXPECT_EQ(day("2026-05-11").text(), "2026-05-11");
  EXPECT_EQ(day("2026-05-11").text_zh(), "2026年5月11日");
  EXPECT_EQ(day("2026-05-11").weekday(), 1);
  EXPECT_EQ(day("2026-05-17").weekday(), 7);
}

// One way to write a day; what looks nearly like it is refused and named.
TEST(CivilDay, ParsesOneFormOnly) {
  for (const std::string_view text :
       {"", "2026-5-11", "2026-05-1", "2026/05/11", "20260511", " 2026-05-11", "2026-05-11 ", "2026-05-11T00:00",
        "26-05-11", "+026-05-11", "-026-05-11", "2026-0a-11", "2026-05-3\xef", "２０２６-05-11", "2026-02-29", "1900-02-29",
        "0000-00-00", "9999-12-31", "2026-05:11", "2026--5-11"}) {
    const auto date = CivilDate::parse(text, "issued_on");
    ASSERT_FALSE(date.has_value()) << text;
    EXPECT_EQ(date.error().code, FailureCode::bad_input);
    EXPECT_EQ(date.error().field, "issued_on");
  }
}

// The same day of the month, or its last one.
TEST(CivilDay, Months) {
  EXPECT_EQ(day("2026-05-11").plus_months(6), day("2026-11-11"));
  EXPECT_EQ(day("2026-08-31").plus_months(1), day("2026-09-30"));
  EXPECT_EQ(day("2026-08-31").plus_months(6), day("2027-02-28"));
  EXPECT_EQ(day("2023-08-31").plus_months(6), day("2024-02-29"));
  EXPECT_EQ(day("2024-02-29").plus_months(12), day("2025-02-28"));
  EXPECT_EQ(day("2024-02-29").plus_months(48), day("2028-02-29"));
  EXPECT_EQ(day("2026-12-15").plus_months(1), day("2027-01-15"));
  EXPECT_EQ(day("2026-03-31").plus_months(-1), day("2026-02-28"));
  EXPECT_EQ(day("2026-01-15").plus_months(-13), day("2024-12-15"));
  EXPECT_EQ(day("2026-05-11").plus_months(0), day("2026-05-11"));
}

TEST(CivilDay, Differences) {
  EXPECT_EQ(day("2026-03-01") - day("2026-02-01"), 28);
  EXPECT_EQ(day("2026-02-01") - day("2026-03-01"), -28);
  EXPECT_EQ(day("2026-02-28") + 1, day("2026-03-01"));
  EXPECT_EQ(day("2026-01-01") + -1, day("2025-12-31"));
  EXPECT_LT(day("2025-12-31"), day("2026-01-01"));
}

// China is eight hours ahead all year: the day begins at 16:00 of the day before in UTC.
TEST(LocalTime, EightHoursAhead) {
  const Instant midnight{1'778'428'800'000};  // 2026-05-10T16:00:00Z
  EXPECT_EQ(start_of(day("2026-05-11")), midnight);
  EXPECT_EQ(local_date(midnight), day("2026-05-11"));
  EXPECT_EQ(local_date(midnight + -1), day("2026-05-10"));
  EXPECT_EQ(local_date(midnight + (86'400'000 - 1)), day("2026-05-11"));
  EXPECT_EQ(local_text(midnight), "2026-05-11 00:00:00");
  EXPECT_EQ(local_text(midnight + -1), "2026-05-10 23:59:59");
  EXPECT_EQ(local_text(midnight + (((9 * 60) + 35) * 60 + 7) * 1000), "2026-05-11 09:35:07");
  EXPECT_EQ(local_text(start_of(day("1986-07-01"))), "1986-07-01 00:00:00") << "there was summer time; we do without";
}

// Before 1970 the day is not the one after.
TEST(LocalTime, BeforeTheEpoch) {
  EXPECT_EQ(local_date(Instant{0}), day("1970-01-01"));
  EXPECT_EQ(local_date(Instant{-8 * 3'600'000}), day("1970-01-01"));
  EXPECT_EQ(local_date(Instant{-8 * 3'600'000 - 1}), day("1969-12-31"));
  EXPECT_EQ(local_text(Instant{-8 * 3'600'000 - 1}), "1969-12-31 23:59:59");
}

// A clock far off is a claim like any other: the day shown is the first or last there is.
TEST(LocalTime, FarAwayInstants) {
  for (const auto ms : {INT64_MIN, INT64_MIN / 2, std::int64_t{-3'000'000'000'000'000}}) {
    EXPECT_EQ(local_date(Instant{ms}), CivilDate::first);
    EXPECT_EQ(local_text(Instant{ms}), "1900-01-01 00:00:00");
  }
  for (const auto ms : {INT64_MAX, INT64_MAX / 2, std::int64_t{9'000'000'000'000}}) {
    EXPECT_EQ(local_date(Instant{ms}), CivilDate::last);
    EXPECT_EQ(local_text(Instant{ms}).substr(0, 10), "2199-12-31");
  }
  EXPECT_EQ(local_date(start_of(CivilDate::last) + 3'600'000), CivilDate::last);
}

// Adding to what a stranger claimed stays at the end of the scale instead of coming out at the other.
TEST(LocalTime, AddingStopsAtTheEnds) {
  EXPECT_EQ(Instant{5} + 7, Instant{12});
  EXPECT_EQ(Instant{INT64_MAX} + 1, Instant{INT64_MAX});
  EXPECT_EQ(Instant{INT64_MIN} + -1, Instant{INT64_MIN});
  EXPECT_EQ(Instant{INT64_MAX} + -1, Instant{INT64_MAX - 1});
  EXPECT_LT(Instant{1}, Instant{2});
}

}  // namespace
}  // namespace cunzheng
