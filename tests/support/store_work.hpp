#pragma once
// The work that store_worker does and a test checks: a journal and a store key that both make from the same seed.

#include "shared/crypto/system_random.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/support/journals.hpp"

namespace cunzheng::test {

inline TestJournal work_journal(journal::Seq entries) {
  TestJournal journal(2024);
  journal.add_many(entries - 1);
  return journal;
}

inline crypto::SymmetricKey work_key() {
  SeededRandom random(2024);
  return crypto::SymmetricKey::draw(random);
}

inline store::StoreOptions work_options(const std::filesystem::path& folder) {
  static crypto::SystemRandom random;
  store::StoreOptions options;
  options.folder = folder;
  options.random = &random;
  return options;
}

}  // namespace cunzheng::test
