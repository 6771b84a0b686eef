#include "sync/program/sheet_file.hpp"

#include "sync/program/files.hpp"

#include <xlsxwriter.h>

namespace cunzheng::program {
namespace {

// Limits of ECMA-376 spreadsheets as the programs keep them.
constexpr std::size_t xlsx_rows_max = LXW_ROW_MAX;
constexpr std::size_t xlsx_cell_max = 32'767;  // characters

std::filesystem::path beside(const std::filesystem::path& file, const char* ending) { return {file.string() + ending}; }

// Excel's limit for the name on the tab, and what may not stand in it.
std::string tab_name(const std::string& title) {
  const auto end = title.find_first_of(" []:*?/\\");
  return title.substr(0, end);
}

Status xlsx_trouble(const std::filesystem::path& file, lxw_error error) {
  const std::string why = lxw_strerror(error);
  return fail(FailureCode::unavailable, {"写不了文件：" + file.string() + "（" + why + "）",
                                         "cannot write: " + file.string() + " (" + why + ")"});
}

Status write_xlsx(const std::filesystem::path& file, const registers::Sheet& sheet, const std::string& field) {
  if (sheet.rows.size() >= xlsx_rows_max) {
    return fail(FailureCode::bad_input,
                {"行数超过 .xlsx 的上限，请用 .csv", "more lines than an .xlsx file holds; write a .csv"}, field);
  }
  auto folder = file.parent_path().empty() ? std::string(".") : file.parent_path().string();
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = folder.data();
  auto* book = workbook_new_opt(file.c_str(), &options);
  if (book == nullptr) return xlsx_trouble(file, LXW_ERROR_CREATING_XLSX_FILE);
  auto* page = workbook_add_worksheet(book, tab_name(sheet.title).c_str());
  if (page == nullptr) page = workbook_add_worksheet(book, nullptr);
  auto* bold = workbook_add_format(book);
  format_set_bold(bold);
  if (!sheet.headings.empty()) {
    worksheet_set_column(page, 0, static_cast<lxw_col_t>(sheet.headings.size() - 1), 18, nullptr);
  }
  worksheet_freeze_panes(page, 1, 0);
  auto status = LXW_NO_ERROR;
  const auto write_row = [&](std::size_t row, const std::vector<std::string>& cells, lxw_format* format) {
    for (std::size_t k = 0; k < cells.size() && status == LXW_NO_ERROR; ++k) {
      if (cells[k].empty()) continue;
      status = worksheet_write_string(page, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(k), cells[k].c_str(),
                                      format);
    }
  };
  write_row(0, sheet.headings, bold);
  for (std::size_t k = 0; k < sheet.rows.size(); ++k) write_row(k + 1, sheet.rows[k], nullptr);
  const auto closed = workbook_close(book);
  if (status == LXW_NO_ERROR) status = closed;
  if (status == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
    const auto most = std::to_string(xlsx_cell_max);
    return fail(
        FailureCode::bad_input,
        {"有一格超过" + most + "个字，请用 .csv", "a cell is longer than " + most + " characters; write a .csv"},
        field);
  }
  if (status != LXW_NO_ERROR) return xlsx_trouble(file, status);
  return {};
}

}  // namespace

Status write_sheet(const std::filesystem::path& file, const registers::Sheet& sheet, const std::string& field) {
  const auto ending = file.extension();
  if (ending != ".csv" && ending != ".xlsx") {
    return fail(FailureCode::bad_input, {"文件名请以 .csv 或 .xlsx 结尾", "the name must end in .csv or .xlsx"}, field);
  }
  std::error_code error;
  const auto folder = file.parent_path().empty() ? std::filesystem::path(".") : file.parent_path();
  if (!std::filesystem::is_directory(folder, error)) {
    return fail(FailureCode::bad_input,
                {"没有这个文件夹：" + folder.string(), "there is no such folder: " + folder.string()}, field);
  }
  for (const auto& taken : {file, beside(file, ".new"), beside(file, ".raw")}) {  // the last two are worked with
    if (!std::filesystem::exists(taken, error)) continue;
    return fail(
        FailureCode::bad_input,
        {"已有这个文件，请换一个名字：" + taken.string(), "that file exists, take another name: " + taken.string()},
        field);
  }
  if (ending == ".csv") {
    const auto text = registers::csv_of(sheet);
    return write_file(file, view_of(text));
  }
  // The library writes under a name of its own; what is whole gets its name as every other file does.
  const auto raw = beside(file, ".raw");
  auto written = write_xlsx(raw, sheet, field);
  if (written) {
    const auto bytes = read_file(raw, SIZE_MAX);
    written = bytes ? write_file(file, *bytes) : Status(tl::make_unexpected(bytes.error()));
  }
  std::filesystem::remove(raw, error);
  return written;
}

}  // namespace cunzheng::program
