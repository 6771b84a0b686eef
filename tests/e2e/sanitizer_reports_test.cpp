// With sanitizers: what they report of a program reaches the test.

#include "tests/support/sanitizer_reports.hpp"

#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <map>

namespace cunzheng::test {
namespace {

#ifdef CUNZHENG_SANITIZED

// Of each of the three kinds, though a script had started the program and nobody looked at its end or its words. What is
// not taken, as it is here, fails the test.
TEST(SanitizerReports, AreSeenThroughAScript) {
  const auto program = (program_folder() / "planted_bug").string();
  const std::map<std::string, std::string> bugs{
      {"overflow", "heap-buffer-overflow"}, {"undefined", "signed integer overflow"}, {"leak", "LeakSanitizer"}};
  for (const auto& [bug, words] : bugs) {
    SCOPED_TRACE(bug);
    EXPECT_EQ(run("/bin/sh", {"-c", program + " " + bug + " 2>/dev/null || true"}).exit_code, 0);
    const auto reports = take_sanitizer_reports();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_NE(reports[0].find(words), std::string::npos) << reports[0];
  }
}

#endif

}  // namespace
}  // namespace cunzheng::test
