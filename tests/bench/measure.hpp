#pragma once
// Small tools of the benches: time, memory, JSON lines. A bench prints one JSON object a line and never fails on a slow
// day; figures are compared as ratios of one run.

#include "shared/codec/json.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cunzheng::bench {

namespace json = codec::json;

struct Options {
  std::filesystem::path programs;  // folder of cunzheng and cunzheng-hub
  std::filesystem::path scratch;   // a fresh folder, gone after the run; on the disk that is to be measured
  std::size_t certificates = 20'000;
  std::size_t issues = 200;  // single certificates for the latency bench
  std::string peer_command;  // run in turn with the ingest; CERTIFICATES in its environment says how many
};

double seconds_of(const std::function<void()>& work);
double percentile(std::vector<double> values, double part);  // part 0.5: the median
std::uint64_t resident_kib(int process);                     // VmRSS; 0: not there
void print(const json::object& line);

void bench_ingest(const Options& options);
void bench_issue(const Options& options);
void bench_registers(const Options& options);
void bench_rules(const Options& options);

}  // namespace cunzheng::bench
