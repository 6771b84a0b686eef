#include "shared/domain/calendar.hpp"

#include "shared/codec/json.hpp"

#include <algorithm>
#include <set>

namespace cunzheng::domain {
namespace {

constexpr int holiday_days_max = 31;
constexpr CivilDate earliest(-25567);  // 1900-01-01
constexpr CivilDate latest(84004);     // 2199-12-30: one more day is still a day

bool is_weekend(CivilDate day) { return day.weekday() >= 6; }

std::string place(std::string_view list, std::size_t at) { return std::string(list) + "[" + std::to_string(at) + "]"; }

tl::unexpected<Failure> bad(std::string field, Text what) {
  return fail(FailureCode::bad_input, std::move(what), std::move(field), "R56");
}

Status check_holiday(const CalendarYear& year, const Holiday& holiday, const std::string& at) {
  if (holiday.first < earliest || holiday.last > latest || holiday.last < holiday.first ||
      holiday.last - holiday.first >= holiday_days_max) {
    return bad(at + ".last",
               {"假期的最后一天应在第一天之后一个月以内", "a holiday ends within a month of its first day"});
  }
  if (holiday.first.year() != year.year && holiday.last.year() != year.year) {
    return bad(at + ".first", {"假期不在这一年", "the holiday lies in another year"});
  }
  for (std::size_t k = 0; k < holiday.worked_instead.size(); ++k) {
    const auto day = holiday.worked_instead[k];
    const auto here = at + "." + place("worked_instead", k);
    if (!is_weekend(day))
      return bad(here, {"调休上班日应是周六或周日", "a day worked instead is a Saturday or Sunday"});
    if (day.year() < year.year - 1 || day.year() > year.year) {
      return bad(here, {"调休上班日不在这一年", "the day lies in another year"});
    }
  }
  return {};
}

}  // namespace

Status check(const CalendarData& data) {
  std::set<CivilDate> off;
  std::set<CivilDate> worked;
  for (std::size_t y = 0; y < data.years.size(); ++y) {
    const auto& year = data.years[y];
    const auto at_year = place("years", y);
    if (year.year < 1900 || year.year > 2199 || (y > 0 && year.year <= data.years[y - 1].year)) {
      return bad(at_year + ".year", {"年份应从小到大，各写一次", "years ascend, each once"});
    }
    if (year.status == YearStatus::missing && !year.holidays.empty()) {
      return bad(at_year + ".holidays", {"没有通知的年份不能列假期", "a missing year lists no holidays"});
    }
    for (std::size_t h = 0; h < year.holidays.size(); ++h) {
      const auto& holiday = year.holidays[h];
      const auto at = at_year + "." + place("holidays", h);
      CHECK(check_holiday(year, holiday, at));
      for (auto day = holiday.first; day <= holiday.last; day = day + 1) {
        if (!off.insert(day).second) return bad(at + ".first", {"同一天放假写了两次", "a day is off twice"});
      }
      for (const auto day : holiday.worked_instead) worked.insert(day);
    }
  }
  for (std::size_t y = 0; y < data.years.size(); ++y) {
    for (std::size_t h = 0; h < data.years[y].holidays.size(); ++h) {
      const auto& instead = data.years[y].holidays[h].worked_instead;
      for (std::size_t k = 0; k < instead.size(); ++k) {
        if (!off.contains(instead[k])) continue;
        return bad(place("years", y) + "." + place("holidays", h) + "." + place("worked_instead", k),
                   {"同一天既放假又上班", "the day is both off and working"});
      }
    }
  }
  return {};
}

Result<CalendarData> calendar_from_json(std::string_view json) {
  TRY(const auto value, codec::parse_json(json));
  TRY(auto data, codec::from_json<CalendarData>(value));
  CHECK(check(data));
  return data;
}

Result<Calendar> Calendar::from(const CalendarData& data) {
  CHECK(check(data));
  Calendar calendar;
  calendar.revision_ = data.revision;
  for (const auto& year : data.years) {
    if (year.status == YearStatus::complete) calendar.complete_years_.push_back(year.year);
    for (const auto& holiday : year.holidays) {
      for (auto day = holiday.first; day <= holiday.last; day = day + 1) calendar.off_.push_back(day);
      auto& worked = calendar.worked_instead_;
      worked.insert(worked.end(), holiday.worked_instead.begin(), holiday.worked_instead.end());
    }
  }
  std::sort(calendar.off_.begin(), calendar.off_.end());
  std::sort(calendar.worked_instead_.begin(), calendar.worked_instead_.end());
  return calendar;
}

std::optional<bool> Calendar::is_working_day(CivilDate day) const {
  if (!std::binary_search(complete_years_.begin(), complete_years_.end(), day.year())) return std::nullopt;
  if (std::binary_search(worked_instead_.begin(), worked_instead_.end(), day)) return true;
  return !is_weekend(day) && !std::binary_search(off_.begin(), off_.end(), day);
}

std::optional<CivilDate> Calendar::due_after(CivilDate accepted, int working_days) const {
  auto day = accepted;
  while (working_days > 0) {
    day = day + 1;
    const auto working = is_working_day(day);
    if (!working) return std::nullopt;
    if (*working) --working_days;
  }
  return day;
}

}  // namespace cunzheng::domain
