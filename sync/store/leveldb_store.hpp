#pragma once
// The embedded engine: LevelDB with the guards that its defaults lack, sealed values and opaque keys.
//
// A store folder holds: db/ (LevelDB), commit.mark (two slots outside LevelDB, commit_mark.hpp), rows/ (projection),
// store.lock, and after a recovery db.damaged-<n>/ (what was there before; delete it when nothing is missed).
// Values are sealed with the data key; associated data = store id + LevelDB key, so a value moved elsewhere fails.
// LevelDB keys are a tag and local numbers, or hashes; nothing a person could be told from. README.md lists them.

#include "shared/base/random.hpp"
#include "shared/crypto/seal.hpp"
#include "sync/store/entry_store.hpp"
#include "sync/store/row_store.hpp"

#include <filesystem>
#include <memory>

namespace leveldb {
class Env;
}

namespace cunzheng::store {

class MarkDisk;  // commit_mark.hpp

struct StoreOptions {
  std::filesystem::path folder;
  Random* random = nullptr;        // nonces, store id; outlives the store
  leveldb::Env* env = nullptr;     // tests hand in a failing disk; null: the system's
  MarkDisk* mark_disk = nullptr;   // the same for the commit mark
};

struct OpenReport {
  bool recovered = false;               // opened from a mended copy; the original lies beside it
  std::filesystem::path kept_original;  // where
  bool mark_was_behind = false;         // a commit was in LevelDB but not yet in the mark: normal after a crash
  std::vector<FsckReport::Damage> damages;  // among the last 1,000 arrivals: come as stubs, ask for them again
};

// Makes an empty store. conflict if the folder already holds one: nothing is touched then.
Result<std::unique_ptr<EntryStore>> create_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key);

// Opens an existing store; never creates. Checks CURRENT and MANIFEST, that every commit up to the mark is there, and
// reads the last 1,000 arrivals. What LevelDB refuses is copied and the garbage behind the last good record cut
// off there; the copy is taken if it reaches the mark, and the original is kept.
// Failures: not_found (no store here); unreadable (damaged, or commits that were confirmed are missing; the folder is
// as it was); refused (another key, another store's mark, or no mark); unavailable (in use, or the disk says no).
Result<std::unique_ptr<EntryStore>> open_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key,
                                                       OpenReport* report = nullptr);

struct RepairReport {
  std::filesystem::path kept_original;
  std::size_t items = 0;
  std::size_t damaged_items = 0;
  bool mark_was_lost = false;              // then nobody can say whether commits are missing
  std::uint64_t commits_lost = 0;          // confirmed, and not there any more
  std::vector<journal::Head> heads_lost;   // ends that were confirmed and are not reached any more
};

// The way out when open_leveldb_store() says unreadable, or refused for want of a mark: a person asks for it. Makes a new
// database of everything that can still be read, counts arrivals anew, drops the rows and sets the mark. The original
// is kept. What is missing comes back from the hub, damaged items too. A journal of this device's own must not be
// continued when it stands in `heads_lost` or the mark was lost: open a new one that names it as predecessor.
// Failures: not_found, refused (another key), unreadable (nothing can be read), unavailable.
Result<RepairReport> repair_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key);

// Rows beside the entries; the store must exist. Damaged, sealed with another key, or of another version of this
// program: made anew, empty (`was_reset`): the projection starts over. May be open beside the entry store.
Result<std::unique_ptr<RowStore>> open_row_store(const StoreOptions& options, const crypto::SymmetricKey& key,
                                                 bool* was_reset);

}  // namespace cunzheng::store
