#pragma once
// Where the tree lies that these tests were built from. Only one file knows the path, so that a second checkout can
// use what was compiled for the first.

#include <filesystem>
#include <string>

namespace cunzheng::test {

const std::filesystem::path& source_root();

// Text of a file of the tree, "shared/FORMAT.md"; a failure of the running test if it cannot be read.
std::string tree_text(const std::string& path);

}  // namespace cunzheng::test
