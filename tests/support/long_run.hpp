#pragma once
// Whether tests are to take their time: CUNZHENG_LONG is set and not empty.

#include <cstdlib>

namespace cunzheng::test {

inline bool is_long_run() {
  const char* value = std::getenv("CUNZHENG_LONG");
  return value != nullptr && *value != 0;
}

}  // namespace cunzheng::test
