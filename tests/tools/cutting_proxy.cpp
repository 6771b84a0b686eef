// A bad line between two programs, for stories and measurements.
//
//   cutting_proxy LISTEN_PORT TARGET_HOST TARGET_PORT [--bits-per-second N] [--delay-ms N] [--cut-every-ms N]
//                 [--cut-after-bytes N] [--queue-bytes N]
//
// LISTEN_PORT 0 takes any. The first line on standard output is {"port": N}; the second, after SIGTERM or SIGINT, the
// counts. SIGUSR1 cuts all connections now.

#include "tests/support/cutting_proxy.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

namespace {

using cunzheng::test::CuttingProxy;
using cunzheng::test::LineOptions;

int usage() {
  std::cerr << "usage: cutting_proxy LISTEN_PORT TARGET_HOST TARGET_PORT [--bits-per-second N] [--delay-ms N] "
               "[--cut-every-ms N] [--cut-after-bytes N] [--queue-bytes N]\n";
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4 || count % 2 != 0) return usage();
  LineOptions options;
  options.listen_port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  options.target_host = arguments[2];
  options.target_port = static_cast<std::uint16_t>(std::atoi(arguments[3]));
  std::map<std::string, std::int64_t> numbers{{"--bits-per-second", 0},
                                              {"--delay-ms", 0},
                                              {"--cut-every-ms", 0},
                                              {"--cut-after-bytes", 0},
                                              {"--queue-bytes", 16384}};
  for (int k = 4; k < count; k += 2) {
    const auto known = numbers.find(arguments[k]);
    if (known == numbers.end()) return usage();
    known->second = std::atoll(arguments[k + 1]);
  }
  options.bits_per_second = static_cast<std::uint64_t>(numbers["--bits-per-second"]);
  options.delay_ms = numbers["--delay-ms"];
  options.cut_every_ms = numbers["--cut-every-ms"];
  options.queue_bytes = static_cast<std::size_t>(numbers["--queue-bytes"]);

  // Blocked before the proxy's thread starts, so that only sigwait() sees them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  CuttingProxy proxy(options);
  if (const auto bytes = numbers["--cut-after-bytes"]; bytes > 0) proxy.cut_after(static_cast<std::uint64_t>(bytes));
  std::cout << "{\"port\": " << proxy.port() << "}" << std::endl;
  for (int signal = 0; sigwait(&signals, &signal) == 0 && signal == SIGUSR1;) proxy.cut_now();

  const auto counts = proxy.counts();
  std::cout << "{\"up_bytes\": " << counts.up_bytes << ", \"down_bytes\": " << counts.down_bytes
            << ", \"connections\": " << counts.connections << ", \"cuts\": " << counts.cuts
            << ", \"turns\": " << counts.turns << "}" << std::endl;
  return 0;
}
