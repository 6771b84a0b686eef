#pragma once
// The hub's own journals: `district`, `body/<id>`, `office`. The one place where the hub writes facts of its own.
// On the loop thread. Entries are composed in call order; an answer comes when they are durable.

#include "hub/directory.hpp"
#include "sync/store/store_thread.hpp"

#include <functional>
#include <map>

namespace cunzheng::hub {

// One of the hub's journals; `body` is empty for district and office.
struct OwnJournal {
  journal::JournalKind kind = journal::JournalKind::district;
  std::string body;
  auto operator<=>(const OwnJournal&) const = default;
};
inline const OwnJournal district_journal{journal::JournalKind::district, {}};
inline const OwnJournal office_journal{journal::JournalKind::office, {}};
inline OwnJournal body_journal(const std::string& body) { return {journal::JournalKind::body, body}; }

// Who hears what became of writes.
struct StoreWatch {
  std::function<void(std::span<const Growth>)> stored;  // durable: journals that grew; none where parts were completed
  std::function<void(const Failure&)> failed;           // nothing is written any more until the store is opened anew
};

class Ledger {
 public:
  using Written = std::function<void(Result<std::vector<journal::EntryId>>)>;

  // Everything handed in outlives the ledger.
  Ledger(store::StoreThread& store, Directory& directory, const Clock& clock, Random& random,
         const crypto::SecretKey& hub_key, StoreWatch watch);

  // At the start: ends and lamport clocks of the own journals, read from the store.
  Status load(store::EntryStore& store);

  // Appends drafts to a journal, opening it if it is not there yet; ids of the drafts' entries when durable.
  void write(const OwnJournal& where, std::vector<journal::Draft> drafts, Written done);

  // The same for several journals in one durable step; the ids in the order of the drafts. The order of two orders for
  // one journal is kept.
  struct Order {
    OwnJournal where;
    std::vector<journal::Draft> drafts;
  };
  void write(std::vector<Order> orders, Written done);

  // The same drafts as ranges that the caller hands to append() together with others. The caller must do so at once:
  // the journal has moved on.
  std::vector<journal::Range> compose(const OwnJournal& where, std::vector<journal::Draft> drafts);

  // Hands over ranges of any journals, each going on where its journal's pending end is. In one durable step.
  void append(std::vector<journal::Range> ranges, std::function<void(Status)> done);

  // ---- after a restore (D15, O8)
  // Ranges of the hub's own journals that a village brings back reach beyond what this ledger has written, or belong to
  // an epoch it does not know: it holds an old copy. begin_epoch() must come before anything else is written.
  bool is_outrun_by(std::span<const journal::Range> ranges) const;
  // Leaves the journals of the current epoch as they are and opens the next, above all epochs known and in `seen`.
  // What is written from here on goes there; done when it is durable.
  void begin_epoch(std::span<const journal::Range> seen, Written done);
  // What came back was said by this hub: what it says from here on counts as later.
  void saw_again(std::span<const journal::Range> ranges);
  // One of the journals this ledger writes to now.
  bool is_current(const journal::JournalId& journal) const;

  std::uint32_t epoch() const { return epoch_; }  // 0: nothing opened yet

 private:
  journal::Writer& writer(const OwnJournal& where, std::vector<journal::Range>& opened);
  journal::Writer open(const OwnJournal& where, std::optional<journal::Head> predecessor,
                       std::vector<journal::Range>& opened);
  journal::WriterContext context(const OwnJournal& where) const;
  void checkpoint_if_due(std::vector<journal::Range>& ranges);

  struct Own {
    std::uint32_t epoch = 0;
    journal::Writer writer;
  };

  store::StoreThread& store_;
  Directory& directory_;
  const Clock& clock_;
  Random& random_;
  const crypto::SecretKey& hub_key_;
  StoreWatch watch_;
  std::map<OwnJournal, Own> own_;
  std::uint32_t epoch_ = 0;
  std::optional<CivilDate> checkpoint_day_;
  std::optional<Failure> failed_;
};

}  // namespace cunzheng::hub
