#include "shared/domain/calendar.hpp"

#include "shared/codec/json.hpp"
#include "tests/support/catalogues.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace cunzheng::domain {
namespace {

using testing::day;
using testing::words;

CalendarData shipped_data() {
  auto data = calendar_from_json(test::tree_text("deploy/data/calendar.json"));
  if (!data) ADD_FAILURE() << words(data.error());
  return data.value_or(CalendarData{});
}

Calendar shipped_calendar() {
  auto calendar = Calendar::from(shipped_data());
  if (!calendar) ADD_FAILURE() << words(calendar.error());
  return calendar.value_or(Calendar());
}

struct DueRow {
  const char* rule;
  const char* accepted;
  int working_days;
  const char* due;  // empty: a year without its notice is reached
  const char* note;
};

// R56: the day of acceptance is not counted, moved holidays and worked weekends are; no date where the notice is
// missing.
TEST(Calendar, LimitsCountWorkingDays) {
  const std::vector<DueRow> rows{
      {"R56", "2026-05-07", 3, "2026-05-11", "Saturday 05-09 is worked"},
      {"R56", "2026-04-29", 3, "2026-05-07", "05-01 to 05-05 is off"},
      {"R56", "2026-05-11", 1, "2026-05-12", "ordinary Monday"},
      {"R56", "2026-05-15", 1, "2026-05-18", "Friday, then Monday"},
      {"R56", "2026-02-12", 5, "2026-02-26", "across the Spring Festival"},
      {"R56", "2026-02-13", 10, "2026-03-05", "ten days across it"},
      {"R56", "2026-02-16", 3, "2026-02-26", "left at the desk on a day off"},
      {"R56", "2025-12-30", 3, "2026-01-05", "year end: Sunday 01-04 is worked"},
      {"R56", "2026-04-02", 5, "2026-04-10", "Monday 04-06 is off"},
      {"R56", "2026-06-17", 2, "2026-06-22", "Friday 06-19 is off"},
      {"R56", "2026-09-18", 5, "2026-09-24", "Sunday 09-20 is worked"},
      {"R56", "2026-09-28", 5, "2026-10-10", "National Day, Saturday 10-10 is worked"},
      {"R56", "2026-09-30", 20, "2026-11-03", "twenty days from its eve"},
      {"R56", "2026-07-01", 45, "2026-09-02", "no holiday inside"},
      {"R56", "2026-05-09", 1, "2026-05-11", "accepted on a worked Saturday"},
      {"R56", "2025-09-26", 5, "2025-10-10", "2025: Sunday 09-28 is worked"},
      {"R56", "2024-02-08", 5, "2024-02-21", "2024: the eve was not off"},
      {"R56", "2021-09-17", 5, "2021-09-26", "2021: Saturday and Sunday worked"},
      {"R56", "2023-09-27", 3, "2023-10-08", "2023: two holidays in one"},
      {"R56", "2022-12-30", 1, "2023-01-03", "31 December was called off by the next year's notice"},
      {"R56", "2026-12-29", 2, "2026-12-31", "the last days of a known year"},
      {"R56", "2026-12-29", 5, "", "runs into a year without its notice"},
      {"R56", "2019-12-30", 1, "", "a year that is not in the data"},
      {"R53", "2026-05-03", 0, "2026-05-03", "on the spot: the day itself"},
  };
  const auto calendar = shipped_calendar();
  for (const auto& row : rows) {
    const auto due = calendar.due_after(day(row.accepted), row.working_days);
    EXPECT_EQ(due ? due->text() : "", row.due) << row.rule << " " << row.accepted << ": " << row.note;
  }
}

// The figures of the notices: so many days off, so many of them on weekdays, so many weekends worked.
TEST(Calendar, YearsAddUp) {
  struct Row {
    int year, off, worked_instead, working_days;
  };
  const std::vector<Row> rows{{2020, 30, 6, 249}, {2021, 31, 7, 250}, {2022, 32, 7, 249}, {2023, 26, 7, 249},
                              {2024, 28, 8, 251}, {2025, 28, 5, 248}, {2026, 33, 6, 248}};
  const auto data = shipped_data();
  const auto calendar = shipped_calendar();
  for (const auto& row : rows) {
    int working = 0;
    int off = 0;
    int worked_instead = 0;
    const auto first = *CivilDate::from_ymd(row.year, 1, 1);
    for (auto date = first; date.year() == row.year; date = date + 1) {
      working += calendar.is_working_day(date).value_or(false) ? 1 : 0;
      for (const auto& year : data.years) {
        for (const auto& holiday : year.holidays) {
          off += holiday.first <= date && date <= holiday.last ? 1 : 0;
          worked_instead +=
              static_cast<int>(std::count(holiday.worked_instead.begin(), holiday.worked_instead.end(), date));
        }
      }
    }
    EXPECT_EQ(off, row.off) << row.year;
    EXPECT_EQ(worked_instead, row.worked_instead) << row.year;
    EXPECT_EQ(working, row.working_days) << row.year;
  }
}

// A year without its notice answers neither yes nor no, on weekdays and Sundays alike.
TEST(Calendar, MissingYearIsSilent) {
  const auto calendar = shipped_calendar();
  EXPECT_FALSE(calendar.is_working_day(day("2027-03-03")).has_value());
  EXPECT_FALSE(calendar.is_working_day(day("2027-03-07")).has_value());
  EXPECT_FALSE(Calendar().is_working_day(day("2026-05-11")).has_value());
  EXPECT_FALSE(Calendar().due_after(day("2026-05-11"), 1).has_value());
}

// A later notice replaces its year as a whole; the days it no longer lists are ordinary again.
TEST(Calendar, LaterNoticeReplacesTheYear) {
  auto data = shipped_data();
  auto& year = data.years[6];
  ASSERT_EQ(year.year, 2026);
  year.holidays = {{"春节", day("2026-02-16"), day("2026-02-27"), {}}};
  const auto calendar = Calendar::from(data);
  ASSERT_TRUE(calendar) << words(calendar.error());
  EXPECT_EQ(calendar->is_working_day(day("2026-05-01")), true);
  EXPECT_EQ(calendar->is_working_day(day("2026-02-27")), false);
}

struct BadRow {
  const char* place;
  std::function<void(CalendarData&)> spoil;
};

// Each row spoils the shipped calendar in one place; check() names it, and no Calendar is made of it.
TEST(Calendar, CheckNamesThePlace) {
  const std::vector<BadRow> rows{
      {"years[6].holidays[3].worked_instead[0]",
       [](CalendarData& d) { d.years[6].holidays[3].worked_instead = {day("2026-05-11")}; }},
      {"years[6].holidays[3].worked_instead[0]",
       [](CalendarData& d) { d.years[6].holidays[3].worked_instead = {day("2026-05-02")}; }},
      {"years[6].holidays[3].worked_instead[0]",
       [](CalendarData& d) { d.years[6].holidays[3].worked_instead = {day("2027-05-01")}; }},
      {"years[6].holidays[3].last", [](CalendarData& d) { d.years[6].holidays[3].last = day("2026-04-30"); }},
      {"years[6].holidays[3].last", [](CalendarData& d) { d.years[6].holidays[3].last = day("2026-06-01"); }},
      {"years[6].holidays[3].last", [](CalendarData& d) { d.years[6].holidays[3].last = CivilDate(INT32_MAX); }},
      {"years[6].holidays[3].last", [](CalendarData& d) { d.years[6].holidays[3].first = CivilDate(INT32_MIN); }},
      {"years[6].holidays[4].first",
       [](CalendarData& d) {
         d.years[6].holidays[4] = {"端午节", day("2026-05-05"), day("2026-05-06"), {}};
       }},
      {"years[6].holidays[0].first",
       [](CalendarData& d) {
         d.years[6].holidays[0].first = day("2024-01-01");
         d.years[6].holidays[0].last = day("2024-01-01");
       }},
      {"years[3].year", [](CalendarData& d) { std::swap(d.years[2], d.years[3]); }},
      {"years[7].year", [](CalendarData& d) { d.years[7].year = 2026; }},
      {"years[5].holidays", [](CalendarData& d) { d.years[5].status = YearStatus::missing; }},
  };
  for (const auto& row : rows) {
    auto data = shipped_data();
    row.spoil(data);
    const auto result = check(data);
    ASSERT_FALSE(result) << row.place;
    EXPECT_EQ(result.error().field, row.place);
    EXPECT_EQ(result.error().rule, "R56");
    EXPECT_FALSE(Calendar::from(data));
  }
}

// One calendar, one form in bytes and JSON.
TEST(Calendar, HasOneForm) {
  const auto data = shipped_data();
  const auto bytes = codec::encode(data);
  EXPECT_EQ(codec::decode<CalendarData>(bytes), data);
  EXPECT_EQ(codec::from_json<CalendarData>(codec::to_json(data)), data);
}

}  // namespace
}  // namespace cunzheng::domain
