#include "tests/support/source_tree.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace cunzheng::test {

const std::filesystem::path& source_root() {
  static const std::filesystem::path root = CUNZHENG_SOURCE_DIR;
  return root;
}

std::string tree_text(const std::string& path) {
  std::ifstream file(source_root() / path, std::ios::binary);
  if (!file) ADD_FAILURE() << "cannot read " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace cunzheng::test
