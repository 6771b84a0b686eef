#pragma once
// Time as values. Nothing below the shell reads a clock: `now` is an argument, or a Clock the shell owns.

#include "shared/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cunzheng {

// Milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

// What others claim may lie at an end of the scale, and stays there.
inline Instant operator+(Instant at, std::int64_t ms) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(at.ms, ms, &sum)) sum = ms < 0 ? INT64_MIN : INT64_MAX;
  return Instant{sum};
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

// A day of the civil calendar, held as days since 1970-01-01. Years 1900 to 2199.
class CivilDate {
 public:
  constexpr CivilDate() = default;
  constexpr explicit CivilDate(std::int32_t days_since_epoch) : days_(days_since_epoch) {}

  // Bad input for a day that does not exist, 29 February 1900 among them.
  static Result<CivilDate> from_ymd(int year, int month, int day);
  // Exactly "2026-05-11".
  static Result<CivilDate> parse(std::string_view text, std::string field = {});

  constexpr std::int32_t days() const { return days_; }
  int year() const;
  int month() const;
  int day() const;
  int weekday() const;  // 1 Monday ... 7 Sunday
  std::string text() const;     // "2026-05-11"
  std::string text_zh() const;  // "2026年5月11日"

  // The same day `months` later, or the last day of that month.
  CivilDate plus_months(int months) const;

  auto operator<=>(const CivilDate&) const = default;

  static const CivilDate first;  // 1900-01-01
  static const CivilDate last;   // 2199-12-31

 private:
  std::int32_t days_ = 0;
};
inline constexpr CivilDate CivilDate::first(-25567);
inline constexpr CivilDate CivilDate::last(84005);

constexpr CivilDate operator+(CivilDate date, int days) { return CivilDate(date.days() + days); }
constexpr int operator-(CivilDate later, CivilDate earlier) { return later.days() - earlier.days(); }

// The day in China (+08:00, no summer time) at that instant, and the first instant of a day there. What lies outside
// the calendar is taken as its first or last day.
CivilDate local_date(Instant at);
Instant start_of(CivilDate date);
std::string local_text(Instant at);  // "2026-05-11 09:30:00"

// What a device may say of its clock (O6): wall time is a claim with an error bound.
enum class ClockConfidence : std::uint8_t {
  set_by_hub,  // compared with a hub within the error bound
  plausible,   // not compared lately, nothing speaks against it
  doubtful,    // runs behind what the journal already shows, or far from the last hub time
};

struct TimeClaim {
  Instant at;
  ClockConfidence confidence = ClockConfidence::plausible;
  std::uint32_t error_s = 0;
  bool operator==(const TimeClaim&) const = default;
};

}  // namespace cunzheng
