#include "shared/base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace cunzheng {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t china_offset_ms = 8 * 3'600'000;

std::chrono::year_month_day ymd_of(CivilDate date) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(date.days())));
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

tl::unexpected<Failure> no_such_day(std::string_view shown, std::string field) {
  return fail(FailureCode::bad_input,
              {"“" + std::string(shown) + "”不是有效日期，应写成2026-05-11的样子",
               "'" + std::string(shown) + "' is not a day; write it like 2026-05-11"},
              std::move(field));
}

}  // namespace

Result<CivilDate> CivilDate::from_ymd(int year, int month, int day) {
  using namespace std::chrono;
  const year_month_day ymd{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                           std::chrono::day(static_cast<unsigned>(day))};
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1 || day > 31 || !ymd.ok()) {
    return no_such_day(std::to_string(year) + "-" + std::to_string(month) + "-" + std::to_string(day), {});
  }
  return CivilDate(static_cast<std::int32_t>(sys_days(ymd).time_since_epoch().count()));
}

Result<CivilDate> CivilDate::parse(std::string_view text, std::string field) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (std::size_t k = at; k < at + count; ++k) {
      if (text[k] < '0' || text[k] > '9') return -1;
      value = value * 10 + (text[k] - '0');
    }
    return value;
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return no_such_day(text, std::move(field));
  const auto date = from_ymd(digits(0, 4), digits(5, 2), digits(8, 2));
  if (!date) return no_such_day(text, std::move(field));
  return date;
}

int CivilDate::year() const { return static_cast<int>(ymd_of(*this).year()); }
int CivilDate::month() const { return static_cast<int>(static_cast<unsigned>(ymd_of(*this).month())); }
int CivilDate::day() const { return static_cast<int>(static_cast<unsigned>(ymd_of(*this).day())); }

int CivilDate::weekday() const {
  return static_cast<int>(std::chrono::weekday(std::chrono::sys_days(std::chrono::days(days_))).iso_encoding());
}

std::string CivilDate::text() const {
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", year(), month(), day());
  return out.data();
}

std::string CivilDate::text_zh() const {
  return std::to_string(year()) + "年" + std::to_string(month()) + "月" + std::to_string(day()) + "日";
}

CivilDate CivilDate::plus_months(int months) const {
  using namespace std::chrono;
  auto moved = ymd_of(*this) + std::chrono::months(months);
  if (!moved.ok()) moved = moved.year() / moved.month() / std::chrono::last;
  return CivilDate(static_cast<std::int32_t>(sys_days(moved).time_since_epoch().count()));
}

CivilDate local_date(Instant at) {
  at = std::clamp(at, start_of(CivilDate::first), start_of(CivilDate::last));
  return CivilDate(static_cast<std::int32_t>(floor_div(at.ms + china_offset_ms, day_ms)));
}

Instant start_of(CivilDate date) { return Instant{date.days() * day_ms - china_offset_ms}; }

std::string local_text(Instant at) {
  at = std::clamp(at, start_of(CivilDate::first), start_of(CivilDate::last));
  const auto date = local_date(at);
  const auto second = (at.ms - start_of(date).ms) / 1000;
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), " %02d:%02d:%02d", static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  return date.text() + out.data();
}

}  // namespace cunzheng
