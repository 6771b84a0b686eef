#pragma once
// Golden vectors: named byte strings in tests/vectors/<file>, compared byte for byte. A change of bytes is meant: run
// the tests once with CUNZHENG_REWRITE=1 and commit the files with FORMAT.md and the version that goes with the change.
//
// A file: "# " and words; a name at the start of a line, below it the bytes in hex behind two blanks, 32 a line.

#include "shared/base/bytes.hpp"

#include <string>
#include <vector>

namespace cunzheng::test {

struct NamedBytes {
  std::string name;
  Bytes bytes;
  bool operator==(const NamedBytes&) const = default;
};

// Fails the running test where the file holds something else; with CUNZHENG_REWRITE=1 writes the file.
void expect_vector(const std::string& file, const std::string& about, const std::vector<NamedBytes>& values);

// Empty, and a failure of the running test, if there is no such file or it is not of that form.
std::vector<NamedBytes> read_vector(const std::string& file);

}  // namespace cunzheng::test
