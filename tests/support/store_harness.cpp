#include "tests/support/store_harness.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"
#include "sync/store/leveldb_folder.hpp"

#include <leveldb/db.h>

#include <set>

namespace cunzheng::test {
namespace {

std::unique_ptr<leveldb::DB> open_raw(const std::filesystem::path& folder) {
  leveldb::Options options;
  options.compression = leveldb::kNoCompression;
  leveldb::DB* db = nullptr;
  VERIFY(leveldb::DB::Open(options, (folder / "db").string(), &db).ok());
  return std::unique_ptr<leveldb::DB>(db);
}

leveldb::Slice slice(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string text(const store::Place& place) {
  return to_hex(ByteView(place.journal.value()).first(4)) + "/" + std::to_string(place.seq);
}

std::string text(const journal::Item& item) {
  const auto digest = [](ByteView bytes) { return to_hex(ByteView(crypto::sha256(bytes)).first(4)); };
  return to_hex(ByteView(item.id.value()).first(4)) + " " + (item.is_stub() ? "stub" : digest(item.entry)) + " " +
         (item.private_part ? digest(*item.private_part) : "-");
}

crypto::SymmetricKey same_key() {
  SeededRandom random(1);
  return crypto::SymmetricKey::draw(random);
}

}  // namespace

LevelHarness::LevelHarness(std::uint64_t seed) : random_(seed), key_(same_key()) {
  auto made = store::create_leveldb_store(options(), key_);
  VERIFY(made.has_value());
  store_ = std::move(*made);
}

store::StoreOptions LevelHarness::options() {
  store::StoreOptions options;
  options.folder = folder_.path() / "store";
  options.random = &random_;
  return options;
}

void LevelHarness::reopen() {
  close();
  report_ = {};
  auto opened = store::open_leveldb_store(options(), key_, &report_);
  VERIFY(opened.has_value());
  store_ = std::move(*opened);
}

Bytes LevelHarness::key_of(char tag, const store::Place& place) {
  VERIFY(store_ == nullptr);
  const store::StoreFolder folder(options());
  const auto engine = store::open_engine(folder.db(), store::SealedDb::Care::open, folder, key_, &random_);
  VERIFY(engine.has_value());
  const auto lines = (*engine)->lines();
  for (std::size_t number = 0; number < lines.size(); ++number) {
    if (lines[number].id != place.journal) continue;
    auto key = store::key::entry(static_cast<store::key::Line>(number), place.seq);
    key[0] = static_cast<std::uint8_t>(tag);
    return key;
  }
  VERIFY(false);
  return {};
}

void LevelHarness::put_raw(ByteView key, ByteView value) {
  VERIFY(store_ == nullptr);
  const auto db = open_raw(options().folder);
  const auto status = value.empty() ? db->Delete({}, slice(key)) : db->Put({}, slice(key), slice(value));
  VERIFY(status.ok());
}

Bytes LevelHarness::get_raw(ByteView key) {
  VERIFY(store_ == nullptr);
  const auto db = open_raw(options().folder);
  std::string value;
  VERIFY(db->Get({}, slice(key), &value).ok());
  return bytes_of(view_of(value));
}

void LevelHarness::damage_entry(const store::Place& place) {
  close();
  const auto key = key_of('e', place);
  auto value = get_raw(key);
  value.at(value.size() / 2) ^= 1;
  put_raw(key, value);
  reopen();
}

void LevelHarness::lose_private(const store::Place& place) {
  close();
  put_raw(key_of('p', place), {});
  reopen();
}

std::string dump(store::EntryStore& store) {
  std::string out;
  std::set<domain::SubjectId> subjects;
  for (const auto& info : store.journals()) {
    out += "line " + to_hex(ByteView(info.id.value()).first(4)) + " from " + std::to_string(info.first);
    if (info.fork) out += " off " + text(store::Place{info.fork->of, info.fork->seq});
    out += " to " + std::to_string(info.head.head.seq) + "\n";
    for (auto seq = info.first; seq <= info.head.head.seq; ++seq) {
      const auto item = store.item({info.id, seq});
      out += "  " + (item ? text(item->item) : item.error().what.en) + "\n";
      if (!item || item->item.is_stub()) continue;
      const auto entry = journal::parse_entry(item->item.entry);
      if (entry) subjects.insert(journal::subject_of(*entry, item->item.id));
    }
    const auto ranges = store.read(info.id, 0, {7, 1U << 20});
    if (!ranges) {
      out += "  cannot be read: " + ranges.error().field + "\n";
    } else {
      for (const auto& range : *ranges) {
        out += "  range " + std::to_string(range.first) + ".." + std::to_string(range.last()) + "\n";
      }
    }
  }
  for (const auto& subject : subjects) {
    out += "subject " + to_hex(ByteView(subject.value()).first(4));
    const auto items = store.of_subject(subject);
    VERIFY(items.has_value());
    for (const auto& item : *items) out += " " + text(item.place);
    out += "\n";
  }
  const auto arrivals = store.arrivals(0, 1'000'000);
  out += "arrivals";
  if (!arrivals) return out + " " + arrivals.error().what.en + "\n";
  for (const auto& arrival : *arrivals) out += " " + std::to_string(arrival.number) + ":" + text(arrival.place);
  return out + "\n";
}

}  // namespace cunzheng::test
