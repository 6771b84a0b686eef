// Durable ingest: a real hub process, a real session over TLS, complete certificates (two entries, two private parts,
// two signatures on paper). In the same run the same bytes go straight into LevelDB, synced, 500 at a time, with two
// index keys each: what the disk and the engine would allow.

#include "tests/bench/hub_process.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/certificate_mill.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/memory_laptop.hpp"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <cstdlib>
#include <iostream>

namespace cunzheng::bench {
namespace {

constexpr std::size_t raw_batch = 500;

double raw_leveldb_per_second(const Options& options) {
  test::CertificateMill mill(20240601);
  std::vector<Bytes> values;
  for (std::size_t k = 0; k < options.certificates; ++k) {
    Bytes value;
    for (const auto& draft : mill.next()) {
      append(value, draft.body);
      append(value, draft.private_part);
    }
    values.push_back(std::move(value));
  }
  leveldb::Options open;
  open.create_if_missing = true;
  leveldb::DB* raw = nullptr;
  if (!leveldb::DB::Open(open, (options.scratch / "raw").string(), &raw).ok()) return 0;
  const std::unique_ptr<leveldb::DB> db(raw);
  leveldb::WriteOptions synced;
  synced.sync = true;
  const auto seconds = seconds_of([&] {
    for (std::size_t from = 0; from < values.size(); from += raw_batch) {
      leveldb::WriteBatch batch;
      for (auto k = from; k < std::min(values.size(), from + raw_batch); ++k) {
        ByteArray<8> key;
        put_le(key, static_cast<std::uint64_t>(k));
        const std::string name(text_of(key));
        const leveldb::Slice value(reinterpret_cast<const char*>(values[k].data()), values[k].size());
        batch.Put("e" + name, value);
        batch.Put("s" + name, {});
        batch.Put("a" + name, {});
      }
      if (!db->Write(synced, &batch).ok()) std::abort();
    }
  });
  return static_cast<double>(values.size()) / seconds;
}

}  // namespace

void bench_ingest(const Options& options) {
  HubProcess hub(options);
  link::Loop loop;
  const auto code = hub.new_slip();
  test::MemoryLaptop laptop(loop, hub.address(), code);
  laptop.write_certificates(options.certificates, 50);

  const auto wire_before = hub.proxied_bytes();
  const auto seconds = seconds_of([&] {
    laptop.connect();
    loop.run_until([&] { return laptop.hub_holds_all() || laptop.trouble(); }, loop.now() + 600'000);
  });
  if (!laptop.hub_holds_all()) {
    std::cerr << "bench: the hub did not take everything"
              << (laptop.trouble() ? ": " + laptop.trouble()->what.en : " within ten minutes") << "\n";
    return;
  }
  const auto count = static_cast<double>(options.certificates);
  const auto wire = static_cast<double>(hub.proxied_bytes() - wire_before);
  const auto raw = raw_leveldb_per_second(options);
  json::object line{{"bench", "ingest"},
                    {"certificates", options.certificates},
                    {"per_second", count / seconds},
                    {"raw_leveldb_per_second", raw},
                    {"ratio_to_raw_leveldb", raw > 0 ? count / seconds / raw : 0},
                    {"wire_bytes_per_certificate", wire / count},
                    {"text_bytes_per_certificate", static_cast<double>(laptop.text_bytes()) / count},
                    {"hub_resident_kib", resident_kib(hub.process_id())},
                    {"bench_resident_kib", resident_kib(::getpid())}};
  if (!options.peer_command.empty()) {
    ::setenv("CERTIFICATES", std::to_string(options.certificates).c_str(), 1);
    int status = 0;
    const auto peer = seconds_of([&] { status = std::system(options.peer_command.c_str()); });
    line["peer_status"] = status;
    line["peer_per_second"] = count / peer;
    line["ratio_to_peer"] = peer / seconds;
  }
  print(line);
}

}  // namespace cunzheng::bench
