#pragma once
// One LevelDB folder, opened with the guards that its defaults lack, its values sealed:
//   - checksums verified on every read, logs and tables refused when damaged (paranoid), writes synced where told
//   - created only when asked to; an existing folder is looked at before LevelDB may touch it, because LevelDB takes a
//     folder without CURRENT for an empty one and deletes what lies there
//   - a value is sealed with the data key for its place: associated data = schema, store id, key. Moved to another
//     key, or into another store, it does not open
// The only file that knows LevelDB is the .cpp.

#include "shared/base/random.hpp"
#include "shared/crypto/hash.hpp"
#include "shared/crypto/seal.hpp"
#include "sync/store/commit_mark.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace leveldb {
class Env;
}

namespace cunzheng::store {

class SealedDb {
 public:
  enum class Care : std::uint8_t {
    create,  // a new one; the folder must not exist
    open,    // an existing one
  };

  // unreadable: damaged or incomplete; unavailable: in use or the disk says no. `env` null: the system's.
  static Result<std::unique_ptr<SealedDb>> open(const std::filesystem::path& folder, Care care, leveldb::Env* env);
  ~SealedDb();

  // Before the first sealed value is read or written. `random` outlives this object.
  void unseal(const StoreId& store, crypto::SymmetricKey key, Random* random);

  // The value as it lies there. None: no such key; unreadable: damaged; unavailable: the disk says no.
  Result<std::optional<Bytes>> get_raw(ByteView key);
  // The same, opened.
  Result<std::optional<Bytes>> get(ByteView key);
  Result<Bytes> open_value(ByteView key, ByteView sealed) const;

  // All raw entries from `from` on whose keys start with `prefix`, in order; `each` returns false to stop.
  // unreadable: something was damaged; what could be read behind it was still handed to `each`.
  Status scan(ByteView prefix, ByteView from, const std::function<bool(ByteView key, ByteView raw)>& each);

  // Changes that come true together.
  class Batch {
   public:
    explicit Batch(const SealedDb& db);
    ~Batch();
    void put(ByteView key, ByteView plain);     // sealed
    void put_raw(ByteView key, ByteView value);  // as it is
    void erase(ByteView key);
    // Over every change so far. Once.
    Hash digest() { return digest_.finish(); }

   private:
    friend class SealedDb;
    struct Rep;
    const SealedDb& db_;
    std::unique_ptr<Rep> rep_;
    crypto::Hasher digest_;
  };
  // After a failure nothing more may be written: LevelDB would say OK to the next write all the same.
  Status write(const Batch& batch, bool durable);

  // Rewrites what lies at `key` on the disk, so that values that were overwritten or deleted go, as far as LevelDB
  // and the file system let them. Best effort.
  void compact(ByteView key);

 private:
  struct Rep;
  explicit SealedDb(std::unique_ptr<Rep> rep);
  Bytes associated(ByteView key) const;

  std::unique_ptr<Rep> rep_;
  StoreId store_;
  std::optional<crypto::SymmetricKey> key_;
  Random* random_ = nullptr;
};

// Keeps other processes (and other objects of this one) away from a folder while it lives.
class FolderLock {
 public:
  // unavailable: held by somebody else.
  static Result<std::unique_ptr<FolderLock>> take(const std::filesystem::path& file, leveldb::Env* env);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  FolderLock(void* lock, leveldb::Env* env) : lock_(lock), env_(env) {}
  void* lock_;
  leveldb::Env* env_;
};

// LevelDB's own repair. Only ever on a copy: it throws away what it does not understand.
Status repair_copy(const std::filesystem::path& copy, leveldb::Env* env);

}  // namespace cunzheng::store
