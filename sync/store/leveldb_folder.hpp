#pragma once
// The store folder: what lies where, how a database is opened and compared with the mark, and how one is put in the
// place of another. Shared by opening, recovery and repair.

#include "sync/store/leveldb_engine.hpp"
#include "sync/store/leveldb_store.hpp"

namespace cunzheng::store {

class StoreFolder {
 public:
  explicit StoreFolder(const StoreOptions& options);

  std::filesystem::path db() const { return path_ / "db"; }
  std::filesystem::path copy() const { return path_ / "db.copy"; }            // under work: may be incomplete
  std::filesystem::path fresh() const { return path_ / "db.fresh"; }          // the same
  std::filesystem::path recovered() const { return path_ / "db.recovered"; }  // complete, about to take db's place
  std::filesystem::path mark() const { return path_ / "commit.mark"; }
  std::filesystem::path rows() const { return path_ / "rows"; }
  const std::filesystem::path& path() const { return path_; }

  leveldb::Env* env() const { return env_; }
  MarkDisk& mark_disk() const { return *mark_disk_; }

  Result<std::unique_ptr<FolderLock>> lock() const;

  // After a crash: finishes a swap that had begun, or clears away what an unfinished recovery left. Under the lock.
  Status tidy_up() const;

  Status sync() const { return mark_disk_->sync_folder(path_); }

  // Copies db/ to copy(), durably. unavailable: no space.
  Status copy_database() const;

  // Puts `recovered()` in the place of db/, which is kept; answers where.
  Result<std::filesystem::path> swap_in_recovered() const;

 private:
  std::filesystem::path path_;
  leveldb::Env* env_;
  MarkDisk* mark_disk_;
};

bool is_there(const std::filesystem::path& path);
Status make_private_folder(const std::filesystem::path& path);  // for its owner alone
Status move(const std::filesystem::path& from, const std::filesystem::path& to);
Status remove_all_of(const std::filesystem::path& path);

// Says of a damaged store what to do.
Failure needs_repair(const Text& what);

// An existing database with the right key, its commits and lines read.
Result<std::unique_ptr<LevelEngine>> open_engine(const std::filesystem::path& db, SealedDb::Care care,
                                                 const StoreFolder& folder, const crypto::SymmetricKey& key,
                                                 Random* random);

// Whether the database is where the mark says. True: one commit behind it, as after a crash between the two.
// unreadable: confirmed commits are missing; refused: they do not belong together.
Result<bool> is_mark_behind(LevelEngine& engine, const CommitMark& mark);

Result<std::vector<std::filesystem::path>> logs_of(const std::filesystem::path& database);
Status sync_file(const std::filesystem::path& file);

// A power cut can leave garbage behind the last good record of a log, and LevelDB then refuses it all. Cuts it off in a
// copy and, if nothing that the mark confirms is missing there, puts the copy in the place of db/. Answers where the
// original is kept; unreadable: something confirmed is missing, nothing was changed.
Result<std::filesystem::path> recover(const StoreFolder& folder, const CommitMark& mark, const crypto::SymmetricKey& key,
                                      Random* random);

}  // namespace cunzheng::store
