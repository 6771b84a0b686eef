#pragma once
// The entry store as a model: in memory, with nothing between the contract and a few maps. For tests and the simulator.

#include "sync/store/journal_store.hpp"

namespace cunzheng::store {

class MemStore final : public JournalStore {
 public:
  MemStore();
  ~MemStore() override;

  // The disk copied: what a cloned laptop or a restored backup begins with.
  std::unique_ptr<MemStore> clone() const;

  // Bad blocks: the entry's bytes at `place` are gone, its id is still known.
  void damage(const Place& place);
  // The private part is gone without an order to erase it.
  void lose_private(const Place& place);

 private:
  class Tables;
  explicit MemStore(std::unique_ptr<Tables> tables, const std::vector<JournalInfo>& lines);
  Tables& tables() const { return *tables_; }
  Tables* tables_;  // the engine, owned by the base
};

}  // namespace cunzheng::store
