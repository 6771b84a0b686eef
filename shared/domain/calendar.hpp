#pragma once
// Working days in China (R56). Public holidays are moved by a notice of each autumn, with Saturdays and Sundays
// worked instead, so no rule can compute them: the calendar is signed data of the district.

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/certainty.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::domain {

enum class YearStatus : std::uint8_t {
  complete,  // the notice for the whole year is in
  missing,   // it is not: days of this year are neither working nor free
};

struct Holiday {
  std::string name;  // "劳动节"
  CivilDate first;   // the days off, weekends among them, first and last inclusive
  CivilDate last;
  std::vector<CivilDate> worked_instead;  // Saturdays and Sundays that are working days

  bool operator==(const Holiday&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(name), CEREAL_NVP(first), CEREAL_NVP(last), CEREAL_NVP(worked_instead));
  }
};

// One notice as it stands in the end: a later one for the same year replaces the year as a whole. A holiday may
// begin or end in the neighbouring year (2022-12-31 was called off by the notice for 2023).
struct CalendarYear {
  std::int32_t year = 0;
  YearStatus status = YearStatus::missing;
  Certainty certainty = Certainty::unknown;  // of the lists below
  std::vector<std::string> sources;          // addresses of the notices
  std::string note;
  std::vector<Holiday> holidays;

  bool operator==(const CalendarYear&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(year), CEREAL_NVP(status), CEREAL_NVP(certainty), CEREAL_NVP(sources), CEREAL_NVP(note),
            CEREAL_NVP(holidays));
  }
};

struct CalendarData {
  std::uint32_t revision = 0;
  std::string note;
  std::vector<CalendarYear> years;

  bool operator==(const CalendarData&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(revision), CEREAL_NVP(note), CEREAL_NVP(years));
  }
};

// Bad input whose field is the place ("years[6].holidays[2].worked_instead[0]"): years not ascending, a holiday that
// ends before it begins, lasts longer than a month or lies in another year, a day both off and working, a day off
// twice, a day worked instead that is no Saturday or Sunday, a missing year with holidays.
Status check(const CalendarData& data);

// Reads and checks a data file.
Result<CalendarData> calendar_from_json(std::string_view json);

class Calendar {
 public:
  Calendar() = default;  // no year is known
  static Result<Calendar> from(const CalendarData& data);

  std::uint32_t revision() const { return revision_; }

  // Nothing for a day of a year whose notice is not in.
  std::optional<bool> is_working_day(CivilDate day) const;

  // The last day of a limit of so many working days: the day of acceptance is not counted, the limit runs to the end
  // of the day returned. Zero days end on the day itself. Nothing if a year is reached whose notice is not in: then
  // no date may be printed. Waiting for a public notice or another department stops the clock; that is the caller's.
  std::optional<CivilDate> due_after(CivilDate accepted, int working_days) const;

 private:
  std::uint32_t revision_ = 0;
  std::vector<std::int32_t> complete_years_;  // ascending, as the two below
  std::vector<CivilDate> off_;
  std::vector<CivilDate> worked_instead_;
};

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::YearStatus> {
  static constexpr std::array names{"complete", "missing"};
};
