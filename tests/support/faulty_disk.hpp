#pragma once
// A disk that fails at a chosen call, loses what was not synced, or lies about syncing: LevelDB's environment and the
// commit mark's calls, counted together. Syncs are remembered instead of waited for, so that a run takes milliseconds.

#include "sync/store/commit_mark.hpp"
#include "tests/support/seeded_random.hpp"

#include <leveldb/env.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace cunzheng::test {

enum class DiskFault {
  none,
  io_error,   // this call fails
  no_space,   // this and all later calls that need space fail
  torn,       // half of what this call writes arrives, then it fails
  power_cut,  // this and all later calls fail; lose_unsynced() then takes what was not synced
};

class FaultyDisk final : public leveldb::EnvWrapper, public store::MarkDisk {
 public:
  FaultyDisk() : EnvWrapper(leveldb::Env::Default()) {}

  // Counts anew; call number `call` (from 1) fails as told.
  void arm(DiskFault fault, std::size_t call);
  void disarm() { arm(DiskFault::none, 0); }
  std::size_t calls() const;
  // The fault happened.
  bool struck() const;
  // From that call on (see arm) a sync is answered with "done" and not done.
  void lie_about_syncs(std::size_t from_call) { lies_from_ = from_call; }
  // After the power came back: every file that was written through this disk ends where it was last synced, or
  // somewhere behind that.
  void lose_unsynced(SeededRandom& random);

  leveldb::Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) override;
  leveldb::Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) override;
  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override;
  leveldb::Status NewAppendableFile(const std::string& name, leveldb::WritableFile** file) override;
  leveldb::Status GetChildren(const std::string& folder, std::vector<std::string>* names) override;
  leveldb::Status RemoveFile(const std::string& name) override;
  leveldb::Status CreateDir(const std::string& name) override;
  leveldb::Status GetFileSize(const std::string& name, std::uint64_t* size) override;
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override;
  leveldb::Status LockFile(const std::string& name, leveldb::FileLock** lock) override;

  Status create(const std::filesystem::path& file, ByteView content) override;
  Result<std::optional<Bytes>> read(const std::filesystem::path& file) override;
  Status overwrite(const std::filesystem::path& file, std::size_t offset, ByteView bytes) override;
  Status sync_folder(const std::filesystem::path& folder) override;

 private:
  friend class FaultyWritableFile;
  friend class FaultySequentialFile;
  friend class FaultyRandomAccessFile;

  enum class Call { reads, writes, syncs };
  // What happens to the next call.
  DiskFault next(Call call);
  leveldb::Status fails(DiskFault fault, const std::string& name) const;
  leveldb::Status pass(Call call, const std::string& name);
  // How many bytes of the next call of the mark arrive.
  Result<std::size_t> arriving(Call call, std::size_t size);

  mutable std::mutex mutex_;
  DiskFault fault_ = DiskFault::none;
  std::size_t at_ = 0;
  std::size_t calls_ = 0;
  bool struck_ = false;
  std::size_t lies_from_ = SIZE_MAX;
  std::map<std::string, std::uint64_t> synced_;  // bytes of each file that would survive
};

}  // namespace cunzheng::test
