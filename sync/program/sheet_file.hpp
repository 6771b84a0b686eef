#pragma once
// A sheet as a file for the office: .csv (RFC 4180, UTF-8) or .xlsx (ECMA-376; libxlsxwriter). Any thread, blocking.

#include "shared/registers/sheets.hpp"

#include <filesystem>

namespace cunzheng::program {

// Whole or not at all, readable by its owner only. Bad input in `field`: another ending, no such folder, a file of
// that name stands there, more lines than such a file holds. In .xlsx every cell is text, so nothing in it is ever
// taken for a formula.
Status write_sheet(const std::filesystem::path& file, const registers::Sheet& sheet, const std::string& field);

}  // namespace cunzheng::program
