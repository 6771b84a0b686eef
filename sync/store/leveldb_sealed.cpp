#include "sync/store/leveldb_sealed.hpp"

#include "shared/base/verify.hpp"

#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/write_batch.h>

#include <fstream>

namespace cunzheng::store {
namespace {

constexpr std::uint8_t schema = 1;

// LevelDB compares bytes with memcmp, which takes no null pointer, not even for none.
leveldb::Slice slice(ByteView bytes) {
  return bytes.empty() ? leveldb::Slice() : leveldb::Slice(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
ByteView view(const leveldb::Slice& bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

leveldb::Env* env_or_default(leveldb::Env* env) { return env == nullptr ? leveldb::Env::Default() : env; }

tl::unexpected<Failure> damaged(const std::string& why) {
  return fail(FailureCode::unreadable, {"存储已损坏：" + why, "the store is damaged: " + why});
}

tl::unexpected<Failure> says(const leveldb::Status& status) {
  const auto why = status.ToString();
  // NotFound and InvalidArgument come from a folder with missing files.
  if (!status.IsIOError()) return damaged(why);
  return fail(FailureCode::unavailable, {"存储暂时无法读写：" + why, "the store cannot be read or written now: " + why});
}

// LevelDB takes a folder without these for an empty one.
Status check_current(const std::filesystem::path& folder) {
  std::ifstream file(folder / "CURRENT", std::ios::binary);
  std::string name;
  if (!std::getline(file, name)) return damaged("CURRENT");
  std::error_code error;
  const bool is_there = name.starts_with("MANIFEST-") && std::filesystem::is_regular_file(folder / name, error);
  if (!is_there) return damaged("MANIFEST");
  return {};
}

leveldb::ReadOptions careful(bool fills_cache) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = fills_cache;
  return options;
}

}  // namespace

struct SealedDb::Rep {
  std::unique_ptr<const leveldb::FilterPolicy> filter;  // outlives the database
  std::unique_ptr<leveldb::DB> db;
};

struct SealedDb::Batch::Rep {
  leveldb::WriteBatch batch;
};

Result<std::unique_ptr<SealedDb>> SealedDb::open(const std::filesystem::path& folder, Care care, leveldb::Env* env) {
  if (care != Care::create) CHECK(check_current(folder));
  auto rep = std::make_unique<Rep>();
  rep->filter.reset(leveldb::NewBloomFilterPolicy(10));  // most questions are "is it there?" of what is not
  leveldb::Options options;
  options.env = env_or_default(env);
  options.create_if_missing = care == Care::create;
  options.error_if_exists = care == Care::create;
  options.paranoid_checks = true;
  options.filter_policy = rep->filter.get();
  options.compression = leveldb::kNoCompression;  // sealed values do not shrink
  // A commit of 500 certificates is 1 MB: with LevelDB's 4 MiB every fourth one would make a table. Twice that halves
  // the tables of level 0; more would make opening slower, which reads the log of at most one buffer.
  options.write_buffer_size = 8U << 20;
  // LevelDB's block of 4 KiB stays: one bad block costs about eight entries, and items are read one by one.
  leveldb::DB* db = nullptr;
  const auto status = leveldb::DB::Open(options, folder.string(), &db);
  if (!status.ok()) return says(status);
  rep->db.reset(db);
  return std::unique_ptr<SealedDb>(new SealedDb(std::move(rep)));
}

SealedDb::SealedDb(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}
SealedDb::~SealedDb() = default;

void SealedDb::unseal(const StoreId& store, crypto::SymmetricKey key, Random* random) {
  store_ = store;
  key_ = std::move(key);
  random_ = random;
}

Bytes SealedDb::associated(ByteView key) const {
  Bytes out;
  out.reserve(1 + store_.value().size() + key.size());
  out.push_back(schema);
  append(out, store_.value());
  append(out, key);
  return out;
}

Result<std::optional<Bytes>> SealedDb::get_raw(ByteView key) {
  std::string value;
  const auto status = rep_->db->Get(careful(true), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return says(status);
  return bytes_of(view_of(value));
}

Result<std::optional<Bytes>> SealedDb::get(ByteView key) {
  TRY(const auto raw, get_raw(key));
  if (!raw) return std::nullopt;
  TRY(auto plain, open_value(key, *raw));
  return plain;
}

Result<Bytes> SealedDb::open_value(ByteView key, ByteView sealed) const {
  VERIFY(key_.has_value());
  return crypto::open(*key_, sealed, associated(key));
}

Status SealedDb::scan(ByteView prefix, ByteView from, const std::function<bool(ByteView key, ByteView raw)>& each) {
  const std::unique_ptr<leveldb::Iterator> at(rep_->db->NewIterator(careful(false)));
  for (at->Seek(slice(from)); at->Valid() && at->key().starts_with(slice(prefix)); at->Next()) {
    if (!each(view(at->key()), view(at->value()))) break;
  }
  if (const auto status = at->status(); !status.ok()) return says(status);
  return {};
}

SealedDb::Batch::Batch(const SealedDb& db)
    : db_(db), rep_(std::make_unique<Rep>()), digest_(crypto::tagged_hasher("batch")) {}
SealedDb::Batch::~Batch() = default;

void SealedDb::Batch::put(ByteView key, ByteView plain) {
  VERIFY(db_.key_.has_value());
  put_raw(key, crypto::seal(*db_.key_, plain, db_.associated(key), *db_.random_));
}

void SealedDb::Batch::put_raw(ByteView key, ByteView value) {
  ByteArray<8> lengths;
  put_le(std::span(lengths), static_cast<std::uint32_t>(key.size()));
  put_le(std::span(lengths).subspan(4), static_cast<std::uint32_t>(value.size()));
  digest_.update(lengths).update(key).update(value);
  rep_->batch.Put(slice(key), slice(value));
}

void SealedDb::Batch::erase(ByteView key) {
  ByteArray<8> lengths;
  put_le(std::span(lengths), static_cast<std::uint32_t>(key.size()));
  put_le(std::span(lengths).subspan(4), ~std::uint32_t{0});  // no value is that long
  digest_.update(lengths).update(key);
  rep_->batch.Delete(slice(key));
}

Status SealedDb::write(const Batch& batch, bool durable) {
  leveldb::WriteOptions options;
  options.sync = durable;
  const auto status = rep_->db->Write(options, &batch.rep_->batch);
  if (!status.ok()) return says(status);
  return {};
}

void SealedDb::compact(ByteView key) {
  const auto place = slice(key);
  rep_->db->CompactRange(&place, &place);
}

Result<std::unique_ptr<FolderLock>> FolderLock::take(const std::filesystem::path& file, leveldb::Env* env) {
  leveldb::FileLock* lock = nullptr;
  const auto status = env_or_default(env)->LockFile(file.string(), &lock);
  if (!status.ok()) {
    return fail(FailureCode::unavailable, {"存储正被另一个程序使用：" + status.ToString(),
                                           "the store is in use by another program: " + status.ToString()});
  }
  return std::unique_ptr<FolderLock>(new FolderLock(lock, env));
}

FolderLock::~FolderLock() { env_or_default(env_)->UnlockFile(static_cast<leveldb::FileLock*>(lock_)); }

Status repair_copy(const std::filesystem::path& copy, leveldb::Env* env) {
  leveldb::Options options;
  options.env = env_or_default(env);
  options.compression = leveldb::kNoCompression;
  options.paranoid_checks = true;
  const auto status = leveldb::RepairDB(copy.string(), options);
  if (!status.ok()) return says(status);
  return {};
}

}  // namespace cunzheng::store
