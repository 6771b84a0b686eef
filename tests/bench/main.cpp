// bench [--programs DIR] [--scratch DIR] [--certificates N] [--issues N] [--peer-command CMD] [NAME...]
// Names: ingest, issue, registers, rules; none: all. Prints JSON lines.

#include "tests/bench/measure.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

namespace cunzheng::bench {

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

std::uint64_t resident_kib(int process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoull(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

void print(const json::object& line) { std::cout << json::serialize(line) << std::endl; }

}  // namespace cunzheng::bench

int main(int argc, char** argv) {
  using namespace cunzheng::bench;
  Options options;
  options.programs = std::filesystem::absolute(argv[0]).parent_path();
  auto scratch = std::filesystem::temp_directory_path();
  const std::map<std::string, void (*)(const Options&)> benches{
      {"ingest", bench_ingest}, {"issue", bench_issue}, {"registers", bench_registers}, {"rules", bench_rules}};
  std::set<std::string> wanted;
  for (int k = 1; k < argc; ++k) {
    const std::string word = argv[k];
    const auto value = [&] { return k + 1 < argc ? std::string(argv[++k]) : std::string(); };
    if (word == "--programs") {
      options.programs = value();
    } else if (word == "--scratch") {
      scratch = value();
    } else if (word == "--certificates") {
      options.certificates = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--issues") {
      options.issues = std::strtoull(value().c_str(), nullptr, 10);
    } else if (word == "--peer-command") {
      options.peer_command = value();
    } else if (benches.contains(word)) {
      wanted.insert(word);
    } else {
      std::cerr << "bench: unknown argument " << word << "\n";
      return 2;
    }
  }
  for (const auto& [name, bench] : benches) {
    if (!wanted.empty() && !wanted.contains(name)) continue;
    // A fresh folder each: what else lies in the folder that was named is not ours to remove.
    std::filesystem::create_directories(scratch);
    auto folder = (scratch / "cunzheng-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) {
      std::cerr << "bench: no folder can be made in " << scratch << "\n";
      return 1;
    }
    options.scratch = folder;
    bench(options);
    std::filesystem::remove_all(options.scratch);
  }
  return 0;
}
