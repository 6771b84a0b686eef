#include "tests/tidy/tree.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>

namespace cunzheng::tidy {
namespace {

namespace fs = std::filesystem;

bool is_left_out(std::string_view path) {
  constexpr std::array names{"build", "LICENSE", "tests/fuzz/corpus", "tests/vectors"};
  const auto name = path.substr(path.rfind('/') + 1);
  const bool hidden = name.starts_with('.') && name != ".ci";
  return hidden || name == "node_modules" || std::find(names.begin(), names.end(), path) != names.end();
}

// Calls `visit(entry, path from the root)` for every file and folder that is not left out.
template <class Visit>
void walk(const fs::path& root, Visit visit) {
  for (auto at = fs::recursive_directory_iterator(root); at != fs::recursive_directory_iterator(); ++at) {
    const auto path = at->path().lexically_relative(root).generic_string();
    if (!is_left_out(path)) {
      visit(*at, path);
    } else if (at->is_directory()) {
      at.disable_recursion_pending();
    }
  }
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::vector<Source> read_tree(const fs::path& root) {
  std::vector<Source> sources;
  walk(root, [&](const fs::directory_entry& entry, const std::string& path) {
    if (!entry.is_regular_file()) return;
    auto text = text_of(entry.path());
    const bool binary = text.find('\0') != std::string::npos;
    if (!binary) sources.push_back({path, std::move(text)});
  });
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

std::vector<std::string> empty_folders(const fs::path& root) {
  std::vector<std::string> folders;
  walk(root, [&](const fs::directory_entry& entry, const std::string& path) {
    if (!entry.is_directory()) return;
    const auto below = fs::recursive_directory_iterator(entry.path());
    const bool has_file =
        std::any_of(begin(below), end(below), [](const fs::directory_entry& e) { return e.is_regular_file(); });
    if (!has_file) folders.push_back(path);
  });
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace cunzheng::tidy
