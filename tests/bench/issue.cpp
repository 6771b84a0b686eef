// Issuing one certificate at a laptop that runs, with no hub in reach: from the request on its control socket to the
// acknowledgement. In turn with each, one append and fdatasync of the same size on the same disk; and what the two
// signatures cost alone. Goal: the median at most 2.5 fdatasyncs plus signing.

#include "shared/crypto/signer.hpp"
#include "shared/crypto/system_random.hpp"
#include "sync/program/control.hpp"
#include "tests/bench/hub_process.hpp"
#include "tests/bench/measure.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <iostream>

namespace cunzheng::bench {
namespace {

constexpr std::size_t warm_up = 10;  // opens the signatories' keys, fills caches
constexpr std::size_t bytes_per_certificate =
    2500;  // both entries and private parts, sealed, as LevelDB's log gets them

// A file that grows by appends, each made durable, as a log does.
class DurableFile {
 public:
  explicit DurableFile(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600)) {}
  ~DurableFile() { ::close(file_); }
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  bool append(const Bytes& bytes) {
    return ::write(file_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fdatasync(file_) == 0;
  }

 private:
  int file_;
};

double signing_ms(std::size_t rounds) {
  crypto::SystemRandom random;
  const auto keys = crypto::make_key_pair(random);
  const std::string text(900, 'x');
  std::vector<double> times;
  for (std::size_t k = 0; k < rounds; ++k) {
    times.push_back(1000 * seconds_of([&] {
                      for (int signature = 0; signature < 2; ++signature)
                        crypto::sign(keys.secret, "certificate", view_of(text));
                    }));
  }
  return percentile(std::move(times), 0.5);
}

// The arguments that `issue` gets from the command line.
json::object arguments_of(const test::TrialLaptop& laptop, std::size_t number) {
  json::object arguments{{"input", test::residence(test::jia, "示范第" + std::to_string(number) + "小学")}};
  const auto command = laptop.issue_command({});  // issue --handler NAME --handler-passphrase-file FILE ...
  for (std::size_t k = 1; k + 1 < command.size(); k += 2) {
    auto name = command[k].substr(2);
    for (auto& c : name) c = c == '-' ? '_' : c;
    arguments[name] = command[k + 1];
  }
  return arguments;
}

}  // namespace

void bench_issue(const Options& options) {
  HubProcess hub(options);
  auto laptop = hub.district().enrol("A", "v1");
  hub.district().staff(laptop);
  hub.district().stop_hub(SIGTERM);
  laptop.start();
  auto client = program::ControlClient::connect(laptop.party().store());
  if (!client) {
    std::cerr << "bench: " << client.error().what.en << "\n";
    return;
  }
  DurableFile file(options.scratch / "fdatasync");
  const Bytes bytes(bytes_per_certificate, 0xA5);
  std::vector<double> issue_ms;
  std::vector<double> sync_ms;
  for (std::size_t k = 0; k < options.issues + warm_up; ++k) {
    bool good = true;
    const auto sync = seconds_of([&] { good = file.append(bytes); });
    std::string why = good ? "" : "the disk does not take it";
    const auto seconds = seconds_of([&] {
      const auto reply = client->call("issue", arguments_of(laptop, k), Language::en);
      if (!reply) why = reply.error().what.en + " " + reply.error().field;
      if (reply && test::text_at(reply->data, "answer") != "issued") why = json::serialize(reply->data);
    });
    if (!why.empty()) {
      std::cerr << "bench: " << why << "\n";
      return;
    }
    if (k < warm_up) continue;
    issue_ms.push_back(1000 * seconds);
    sync_ms.push_back(1000 * sync);
  }
  const auto p50 = percentile(issue_ms, 0.5);
  const auto sync_p50 = percentile(sync_ms, 0.5);
  const auto signing = signing_ms(options.issues);
  print({{"bench", "issue"},
         {"certificates", options.issues},
         {"issue_ms_p50", p50},
         {"issue_ms_p99", percentile(issue_ms, 0.99)},
         {"fdatasync_ms_p50", sync_p50},
         {"signing_ms_p50", signing},
         {"in_fdatasyncs", p50 / sync_p50},
         {"in_fdatasyncs_without_signing", (p50 - signing) / sync_p50},
         {"laptop_resident_kib", resident_kib(laptop.process_id())}});
}

}  // namespace cunzheng::bench
