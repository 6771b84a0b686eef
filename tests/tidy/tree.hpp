#pragma once
// The tree on the disk, as the checks want it.

#include "tests/tidy/source.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cunzheng::tidy {

// All text files that people wrote, by path. Left out: what is built, fetched or hidden (but not .ci), the corpora and
// vectors of tests, the licence.
std::vector<Source> read_tree(const std::filesystem::path& root);

// Folders without a file in them or below them.
std::vector<std::string> empty_folders(const std::filesystem::path& root);

}  // namespace cunzheng::tidy
