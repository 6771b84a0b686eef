#pragma once
// The last commit, kept outside LevelDB: a log that was cut off in the middle looks to LevelDB like a log that ends.
//
// File commit.mark in the store folder: two slots of 4 KiB, allocated once. Commit n is written to slot n % 2, so the
// slot of commit n-1 stays whole whatever happens meanwhile. A slot: magic "CZMARK1" 00, length of the content u32
// little-endian, the content in canonical bytes, zeros, and in the last 32 bytes the tagged hash of all before.
// Order of a commit: LevelDB batch synced, slot synced, told. So the mark is never ahead of an undamaged store, and
// behind it by at most one commit.

#include "shared/journal/ids.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace cunzheng::store {

using StoreId = Strong<struct StoreIdTag, ByteArray<16>>;  // drawn when a store is made

struct CommitMark {
  StoreId store;
  std::uint64_t number = 0;          // of the last commit; 0: made and never used
  Hash rolling{};                    // over all commits up to it
  std::uint64_t journals = 0;        // how many lines the store holds
  std::vector<journal::Head> heads;  // their ends: all, or the first marked_heads_max by id

  bool operator==(const CommitMark&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(store), CEREAL_NVP(number), CEREAL_NVP(rolling), CEREAL_NVP(journals), CEREAL_NVP(heads));
  }
};

inline constexpr std::size_t mark_slot_bytes = 4096;
inline constexpr std::size_t marked_heads_max = 54;  // all of a laptop's

// The few calls to the disk that go past LevelDB; tests hand in a failing one.
class MarkDisk {
 public:
  virtual ~MarkDisk() = default;
  // Makes or replaces the file, durably.
  virtual Status create(const std::filesystem::path& file, ByteView content);
  // None: there is no such file.
  virtual Result<std::optional<Bytes>> read(const std::filesystem::path& file);
  // Over bytes that are there; durable on return.
  virtual Status overwrite(const std::filesystem::path& file, std::size_t offset, ByteView bytes);
  // Makes names durable that were created, renamed or removed in `folder`.
  virtual Status sync_folder(const std::filesystem::path& folder);
};

// A new file with this mark in its slot; the other slot is empty.
Status create_mark(MarkDisk& disk, const std::filesystem::path& file, const CommitMark& mark);
Status write_mark(MarkDisk& disk, const std::filesystem::path& file, const CommitMark& mark);

// The newer of the whole slots. not_found: no file; unreadable: neither slot is whole.
Result<CommitMark> read_mark(MarkDisk& disk, const std::filesystem::path& file);

}  // namespace cunzheng::store
