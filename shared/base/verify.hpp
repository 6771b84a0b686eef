#pragma once
// VERIFY(condition) stops the process in every build when the program itself is wrong.
// Never for anything that came from outside: that is a Failure.

#include <cstdio>
#include <cstdlib>

namespace cunzheng {

[[noreturn]] inline void verify_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "cunzheng: bug: VERIFY(%s) failed at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace cunzheng

#define VERIFY(condition) \
  ((condition) ? static_cast<void>(0) : ::cunzheng::verify_failed(#condition, __FILE__, __LINE__))
