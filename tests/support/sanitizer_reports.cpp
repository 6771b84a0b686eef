#include "tests/support/sanitizer_reports.hpp"

#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace cunzheng::test {

#ifdef CUNZHENG_SANITIZED

namespace {

const std::filesystem::path& report_folder() {
  static const TempFolder folder;
  return folder.path();
}

class Watch : public ::testing::EmptyTestEventListener {
  void OnTestEnd(const ::testing::TestInfo&) override {
    for (const auto& report : take_sanitizer_reports()) ADD_FAILURE() << "a program of this test reported:\n" << report;
  }
};

}  // namespace

void watch_sanitizer_reports() {
  static const bool once = [] {
    const char* set = std::getenv("ASAN_OPTIONS");  // the runtime of all our sanitizers reads them
    const auto options = (set != nullptr ? std::string(set) + ":" : "") + "log_path=" + (report_folder() / "r").string();
    ::setenv("ASAN_OPTIONS", options.c_str(), 1);
    ::testing::UnitTest::GetInstance()->listeners().Append(new Watch);  // which then owns it
    return true;
  }();
  static_cast<void>(once);
}

std::vector<std::string> take_sanitizer_reports() {
  std::vector<std::string> reports;
  for (const auto& file : std::filesystem::directory_iterator(report_folder())) {
    std::ifstream stream(file.path());
    reports.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    std::filesystem::remove(file.path());
  }
  return reports;
}

#else

void watch_sanitizer_reports() {}
std::vector<std::string> take_sanitizer_reports() { return {}; }

#endif

}  // namespace cunzheng::test
