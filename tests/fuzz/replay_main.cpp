// Stands in for libFuzzer where the compiler has none: runs a fuzz target over the empty input and over every file
// named, or lying in a folder named, on the command line. The target aborts when it finds something.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> inputs_at(const fs::path& place) {
  if (!fs::is_directory(place)) return {place};
  std::vector<fs::path> inputs;
  for (const auto& item : fs::recursive_directory_iterator(place)) {
    if (item.is_regular_file()) inputs.push_back(item.path());
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

void run(const std::vector<char>& input) {
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());  // exact size: a read past the end is seen by ASan
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int count, char** words) {
  int replayed = 0;
  run({});
  for (int k = 1; k < count; ++k) {
    if (!fs::exists(words[k])) {
      std::fprintf(stderr, "no such input: %s\n", words[k]);
      return 1;
    }
    for (const auto& input : inputs_at(words[k])) {
      std::ifstream file(input, std::ios::binary);
      if (!file) {
        std::fprintf(stderr, "cannot read %s\n", input.c_str());
        return 1;
      }
      std::fprintf(stderr, "replay %s\n", input.c_str());  // the last one named is the one that stops the program
      run({std::istreambuf_iterator<char>(file), {}});
      ++replayed;
    }
  }
  std::printf("replayed %d inputs\n", replayed);
  return 0;
}
