#pragma once
// Counts out of the registers: the report that goes upward each month 月报 (R98), the sheet that hangs out each quarter
// 公示 (R122, R123). Every count is of lines of one register by the day of the act, so anybody can count them again in
// the book. Pure.

#include "shared/registers/sheets.hpp"

namespace cunzheng::registers {

struct Tally {
  using Counts = std::map<std::string, std::uint64_t>;  // a code of the column, or its text -> lines

  std::string table;
  std::uint64_t lines = 0;
  std::map<std::string, Counts> by;  // column -> counts that add up to `lines`
};

struct Report {
  std::string body;            // empty: the whole district
  Days days;                   // of the acts
  CivilDate as_of;             // what is overdue is so on this day
  std::vector<Tally> tallies;  // one for each register, in the order of all_registers()
};

Result<Report> report_of(const Projection& projection, const std::string& body, Days days, CivilDate as_of);

Sheet monthly_sheet(const Report& report, const FactBook& facts, Tongue tongue);

// For the public: the papers given by item and the refusals by reason, as counts; the meetings with their results. No
// column of it can name a resident.
Result<Sheet> disclosure_sheet(const Projection& projection, const Report& report, Tongue tongue);

// The days of "2026-05" or, of a quarter, "2026-2". Bad input in `field`.
Result<Days> month_of(std::string_view text, std::string field);
Result<Days> quarter_of(std::string_view text, std::string field);

}  // namespace cunzheng::registers
