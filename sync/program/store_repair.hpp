#pragma once
// `repair` of both programs: the way out when a store does not open or its indexes are damaged. A person asks for it.

#include "sync/program/command.hpp"
#include "sync/store/leveldb_store.hpp"

namespace cunzheng::program {

struct RepairedStore {
  std::unique_ptr<store::EntryStore> entries;
  std::optional<store::RepairReport> report;       // none: the store opened and had nothing to make anew
  std::vector<store::FsckReport::Damage> lacking;  // entries without bytes: they come back with a session
  // Confirmed commits are gone, or nobody can tell: what this program wrote last may be among them.
  bool may_have_lost_own_words() const;
};

// Opens the store; makes it anew out of what can be read only if it does not open, or has damage that no session mends.
// `beforehand` is called first then: what must hold even if this is broken off is written down there. Otherwise nothing
// is changed. Failures as of repair_leveldb_store(), and what opening says of a store that is in use or not there.
Result<RepairedStore> repair_store(const store::StoreOptions& options, const crypto::SymmetricKey& key,
                                   const std::function<Status()>& beforehand);

// What was done; `next` says what the person does now.
Reply repair_reply(const RepairedStore& repaired, const Text& next);

}  // namespace cunzheng::program
