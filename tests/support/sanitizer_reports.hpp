#pragma once
// With sanitizers, a program that a test starts may end of a bug and the test not see it: it expected a failure, it had
// killed the program anyway, a script had started it. So their reports go to a folder of this process, and every test
// ends with a look into it: a report is a failure of the test. Without sanitizers nothing happens here.

#include <string>
#include <vector>

namespace cunzheng::test {

// For the programs started from now on, and theirs; any number of calls.
void watch_sanitizer_reports();

// What they reported since the last call.
std::vector<std::string> take_sanitizer_reports();

}  // namespace cunzheng::test
