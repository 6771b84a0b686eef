#pragma once
// Where entries live. Narrow, blocking and boring; one caller at a time (the store thread). Two engines keep this
// contract: mem_store (the model) and leveldb_store; tests/contract runs one suite over both.
//
// The store does not judge: it takes ranges that verify_range() accepted and whose journals the caller admits.

#include "shared/journal/range.hpp"

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace cunzheng::store {

// A second branch of a journal is stored as a line of its own, under branch_id() of its first differing item. Which
// branch is the trunk depends on which arrived first; ids of branches are names in this store alone.
struct ForkPoint {
  journal::JournalId of;  // the line that was left: the journal itself, or an earlier branch of it
  journal::Seq seq = 0;   // first place where the branches differ; never 0
  bool operator==(const ForkPoint&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(of), CEREAL_NVP(seq));
  }
};
journal::JournalId branch_id(const journal::JournalId& of, journal::Seq seq, const journal::EntryId& first_of_branch);

struct JournalInfo {
  journal::JournalId id;          // for a branch: branch_id(); its entries and head still name the journal it left
  journal::Seq first = 0;         // 0, or the fork point of a branch: what came before lies in the line it left
  journal::SignedHead head;       // the last signed head held; everything up to it is durable
  std::optional<ForkPoint> fork;  // set for a branch
  bool operator==(const JournalInfo&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(first), CEREAL_NVP(head), CEREAL_NVP(fork));
  }
};

struct Place {
  journal::JournalId journal;  // as in JournalInfo::id
  journal::Seq seq = 0;
  auto operator<=>(const Place&) const = default;
};

struct StoredItem {
  Place place;
  journal::Item item;
  bool operator==(const StoredItem&) const = default;
};

// Each item of the call is counted once.
struct AppendReport {
  std::size_t added = 0;         // items that are new
  std::size_t known = 0;         // items that were there already, by id
  std::size_t completed = 0;     // stubs that now have bytes, entries that now have their private part
  std::vector<ForkPoint> forks;  // branches that were opened by this append
};

struct ReadLimit {
  std::size_t items = 1000;
  std::size_t bytes = 256U << 10;  // of entries and private parts; the first item is read however large
};

// Something new to fold: an item that is new here, or one that was completed (its place then arrives once more).
struct Arrival {
  std::uint64_t number = 0;  // 1, 2, 3... in the order of becoming durable here; never reused
  Place place;
  bool operator==(const Arrival&) const = default;
};

struct FsckReport {
  std::size_t journals = 0;
  std::size_t items = 0;
  std::size_t private_parts = 0;
  struct Damage {
    Place place;
    Text what;
    bool lacks_bytes = false;  // of the entry or its private part: whoever holds them can give them again
  };
  std::vector<Damage> damages;
};

// A place without its bytes: damaged, or a stub.
struct Lacking {
  Place place;
  std::optional<journal::EntryId> before;  // the entry before it; none: the first of its line, or nobody can tell
};

class EntryStore {
 public:
  virtual ~EntryStore() = default;

  // Adds ranges in the given order, all or nothing; durable on return. Items already there are counted, not written.
  // A range must join what is held: open the journal at 0, or start at or before the place after a line's last item
  // with the `prev` that is held there. Otherwise Failure{conflict} whose `field` is "send_from <seq>", below the first
  // seq of the range that did not join, and nothing of the call is stored. After a gap <seq> is the place after what is
  // held; where the held item is another one than `prev`, the branches parted somewhere before, and <seq> halves the
  // way back to 0: sending from there, and again if need be, always ends.
  // A range whose items differ from held ones is a fork: stored as a branch, reported, never refused.
  // A stub does not say what came before it: it follows the range before it in the call, or goes to the only line there
  // is; among several it is refused like a gap, so that the item before is sent along. (A stub of a copy that nobody
  // knew to be one may so go to the wrong branch; its journal is then held twice from there on. Nothing is lost.)
  // A private part that was erased here is not taken in again.
  // bad_input: not the shape that verify_range() lets through; nothing is stored.
  // After any other failure the store is shut: every later call answers unavailable until it is opened anew.
  Result<AppendReport> append(std::span<const journal::Range> ranges) {
    const std::array call{ranges};
    return std::move(append_group(call).front());
  }

  // Several calls of append() made durable together (group commit), one answer each, in order. A call that is refused
  // (conflict, bad_input) leaves nothing and does not hinder the others; a later call sees what an earlier one added.
  virtual std::vector<Result<AppendReport>> append_group(std::span<const std::span<const journal::Range>> calls) = 0;

  // Adds heads that the journal's writer signed later for places it holds, so that read() can cut there. All or
  // nothing, durable on return. conflict: there is no such item here.
  virtual Status add_heads(std::span<const journal::SignedHead> heads) = 0;

  // Ranges from `from` on, in order, within the limit but at least one; empty: nothing there yet. As few ranges as the
  // held heads allow: one, ending at the last head within the limit, or at the first behind it. A range of a branch
  // names the journal that its entries name; reading a branch from before its first item begins with that item.
  // Damaged items come as stubs alone in their range. unreadable, `field` "seq <k>": item k is damaged and there is no
  // head to cut at before it, or none for it; the writer signs heads at k-1 and k (add_heads) and reads again.
  // not_found: no such journal.
  virtual Result<std::vector<journal::Range>> read(const journal::JournalId& journal, journal::Seq from,
                                                   ReadLimit limit) = 0;

  // Every journal and branch, by id. From memory.
  virtual std::vector<JournalInfo> journals() const = 0;
  virtual std::optional<JournalInfo> journal(const journal::JournalId& id) const = 0;

  // A damaged item comes as a stub. not_found: nothing there; unreadable: so damaged that its id cannot be told.
  virtual Result<StoredItem> item(const Place& place) = 0;
  // By place. Damaged entries of the subject come as stubs; those that arrived as stubs are of no known subject.
  virtual Result<std::vector<StoredItem>> of_subject(const domain::SubjectId& subject) = 0;

  // Arrivals with number > after, in order, at most `most`.
  virtual Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) = 0;

  // Deletes private parts; the caller holds the entry that orders it. Durable on return; unknown places are skipped.
  // The place remembers it: a private part that a peer sends again is not taken in.
  virtual Status erase_private(std::span<const Place> places) = 0;

  // Whole chains, all ids, all private digests, arrivals, indexes, the commit mark. Reports, changes nothing.
  virtual Result<FsckReport> fsck() = 0;
};

// What of these damages can come again, by place. On the store's thread.
std::vector<Lacking> lacking_among(EntryStore& store, std::span<const FsckReport::Damage> damages);

}  // namespace cunzheng::store
