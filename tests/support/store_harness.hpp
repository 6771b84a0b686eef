#pragma once
// The engines of the entry store, each with the same handles for a test: open anew, and damage.

#include "shared/crypto/seal.hpp"
#include "sync/store/entry_store.hpp"
#include "sync/store/leveldb_store.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/temp_folder.hpp"

#include <memory>
#include <string>

namespace cunzheng::test {

// In memory; opening anew changes nothing.
class MemHarness {
 public:
  store::EntryStore& store() { return store_; }
  void reopen() {}
  void damage_entry(const store::Place& place) { store_.damage(place); }
  void lose_private(const store::Place& place) { store_.lose_private(place); }

 private:
  store::MemStore store_;
};

// In a folder of its own. All have the same key; the seed makes them different stores.
class LevelHarness {
 public:
  explicit LevelHarness(std::uint64_t seed = 1);

  store::EntryStore& store() { return *store_; }
  void reopen();
  void close() { store_.reset(); }
  void damage_entry(const store::Place& place);  // these two open the store anew
  void lose_private(const store::Place& place);

  // For tests of the engine itself.
  const std::filesystem::path& folder() const { return folder_.path(); }
  store::StoreOptions options();
  const crypto::SymmetricKey& key() const { return key_; }
  const store::OpenReport& report() const { return report_; }
  // The LevelDB key of an entry ('e') or private part ('p'). The store must be closed.
  Bytes key_of(char tag, const store::Place& place);
  // Raw access; the store must be closed. An empty value deletes.
  void put_raw(ByteView key, ByteView value);
  Bytes get_raw(ByteView key);

 private:
  TempFolder folder_;
  SeededRandom random_;
  crypto::SymmetricKey key_;
  store::OpenReport report_;
  std::unique_ptr<store::EntryStore> store_;
};

// What a store holds, as text: two that hold the same, in the same order of arrival, give the same.
std::string dump(store::EntryStore& store);

}  // namespace cunzheng::test
