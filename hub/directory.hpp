#pragma once
// The hub's memory of who may say what: ends, keys and openings of all journals, and the facts of the hub's own
// journals. Lives on the loop thread; answers the sessions. Knows two ends of a journal: the durable one, which is
// told to peers, and the pending one, which counts what is on its way to the disk. Branches of a fork are journals of
// their own here, under the name that the store gave them.

#include "shared/registers/projection.hpp"
#include "sync/core/damaged_places.hpp"
#include "sync/core/session.hpp"
#include "sync/store/entry_store.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace cunzheng::hub {

struct Growth {
  journal::Head head;
  bool is_new = false;  // the journal was not there before
};

// The opening entry at the front of a range that begins a journal.
std::optional<journal::JournalOpened> opening_in(const journal::Range& range);

class Directory final : public sync::Directory {
 public:
  Directory(crypto::PublicKey root, crypto::PublicKey hub_key);

  // At the start, before the loop runs: ends and openings from the store, facts from the rows (caught up with it).
  Status load(store::EntryStore& store, const registers::Projection& projection);
  // Damaged places: from the next session on villages are asked for them (D31).
  void lack(const std::vector<store::Lacking>& places);

  // ---- what is written
  // True if each range goes on exactly where its journal's pending end is, or opens a journal at 0. While what becomes
  // of a journal is left to the store (unsettle, settle) nothing can be said of its end: false.
  bool goes_on(std::span<const journal::Range> ranges) const;
  void unsettle(std::span<const journal::Range> ranges);
  void settle(std::span<const journal::Range> ranges);
  // The ranges were handed to the store: pending ends move.
  void pending(std::span<const journal::Range> ranges);
  // They are durable: durable ends move, facts are learned. What grew, for the sessions.
  std::vector<Growth> durable(std::span<const journal::Range> ranges);
  // The same for a journal or branch whose end was looked up again, after ranges that overlapped or branched off.
  std::vector<Growth> durable(const store::JournalInfo& info, std::span<const journal::Range> ranges);

  // ---- what is known
  const registers::FactBook& facts() const { return facts_; }
  std::optional<journal::Head> end_of(const journal::JournalId& journal) const;  // durable
  const journal::JournalOpened* opening_of(const journal::JournalId& journal) const;
  std::vector<journal::Head> ends() const;                              // durable, of all journals and branches, by id
  std::vector<journal::Head> ends_of(journal::JournalKind kind) const;  // no branches; the earlier epoch first
  bool is_branch(const journal::JournalId& journal) const;
  // The hub's journal of that kind (and body) with the highest epoch.
  std::optional<journal::JournalId> own_journal(journal::JournalKind kind, const std::string& body) const;
  std::optional<journal::JournalId> journal_of_device(const crypto::PublicKey& device) const;
  std::optional<std::string> body_of_device_journal(const journal::JournalId& journal) const;
  bool in_scope(const std::string& body, const journal::JournalId& journal) const;

  // ---- sync::Directory
  Result<Admission> admit(const crypto::PublicKey& device) const override;
  std::vector<journal::Head> scope(const std::string& body) const override;
  std::vector<journal::Head> whole(const std::string& body) const override;
  std::optional<crypto::PublicKey> key_of(const journal::JournalId& journal) const override;
  Result<crypto::PublicKey> admit_journal(const journal::Entry& opening, const journal::JournalId& id,
                                          const std::string& body) const override;
  bool is_own(const journal::JournalId& journal) const override;

 private:
  struct Known {
    journal::JournalOpened opening;
    std::optional<journal::Head> durable;
    journal::Head pending;
    bool is_branch = false;
  };
  void learn(const journal::JournalId& at, std::span<const journal::Item> items);
  void fill(const store::JournalInfo& line, const journal::Range& range);

  crypto::PublicKey hub_key_;
  registers::FactBook facts_;
  std::map<journal::JournalId, Known> journals_;
  std::multiset<journal::JournalId> unsettled_;
  sync::DamagedPlaces lacking_;
};

}  // namespace cunzheng::hub
