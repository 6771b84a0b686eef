#pragma once
// A folder of its own for one test, gone when the test ends.

#include "shared/base/verify.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace cunzheng::test {

class TempFolder {
 public:
  explicit TempFolder(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    auto name = (in / "cunzheng-test-XXXXXX").string();
    VERIFY(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace cunzheng::test
