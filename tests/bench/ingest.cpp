// Durable ingest: a real hub process, a real session over TLS, complete certificates (two entries, two private parts,
// two signatures on paper). In the same run the same entries and private parts go straight into LevelDB, synced, 500
// certificates at a time, with two index keys each: what the disk and the engine would allow.

#include "tests/bench/hub_process.hpp"
#include "tests/bench/measure.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/memory_laptop.hpp"

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <cstdlib>
#include <iostream>

namespace cunzheng::bench {
namespace {

constexpr std::size_t raw_batch = 500;
constexpr std::size_t entries_per_certificate = 2;

struct Raw {
  double per_second = 0;  // certificates
  double bytes = 0;       // of one certificate: entries and private parts
};

// `journal`: what the laptop sent, whose first entry opens it and whose others are certificates.
Raw raw_leveldb(const Options& options, const std::vector<journal::Range>& journal) {
  std::vector<Bytes> values;
  std::size_t bytes = 0;
  for (const auto& range : journal) {
    for (const auto& item : range.items) {
      if (&range == &journal.front()) continue;
      auto value = item.entry;
      append(value, item.private_part.value());
      bytes += value.size();
      values.push_back(std::move(value));
    }
  }
  leveldb::Options open;
  open.create_if_missing = true;
  leveldb::DB* raw = nullptr;
  if (!leveldb::DB::Open(open, (options.scratch / "raw").string(), &raw).ok()) return {};
  const std::unique_ptr<leveldb::DB> db(raw);
  leveldb::WriteOptions synced;
  synced.sync = true;
  const auto seconds = seconds_of([&] {
    constexpr auto together = raw_batch * entries_per_certificate;
    for (std::size_t from = 0; from < values.size(); from += together) {
      leveldb::WriteBatch batch;
      for (auto k = from; k < std::min(values.size(), from + together); ++k) {
        ByteArray<8> key;
        put_le(key, static_cast<std::uint64_t>(k));
        const std::string name(text_of(key));
        const leveldb::Slice value(reinterpret_cast<const char*>(values[k].data()), values[k].size());
        batch.Put("e" + name, value);
        batch.Put("s" + name, {});  // one index key each
      }
      if (!db->Write(synced, &batch).ok()) std::abort();
    }
  });
  const auto certificates = static_cast<double>(values.size() / entries_per_certificate);
  return {certificates / seconds, static_cast<double>(bytes) / certificates};
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
  const auto raw = raw_leveldb(options, laptop.own());
  json::object line{{"bench", "ingest"},
                    {"certificates", options.certificates},
                    {"per_second", count / seconds},
                    {"raw_leveldb_per_second", raw.per_second},
                    {"ratio_to_raw_leveldb", raw.per_second > 0 ? count / seconds / raw.per_second : 0},
                    {"stored_bytes_per_certificate", raw.bytes},
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
