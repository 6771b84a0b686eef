#pragma once
// How ranges join what a store holds: known, new at the end, completing, or a branch. Pure; the same for every engine.
//
// The items of a journal are a tree: nearly always one line, with a branch where a copied or restored device wrote on.
// A line holds items from its `first` to its head without gaps; a branch names the line that holds the item before.

#include "sync/store/engine.hpp"

namespace cunzheng::store {

// What a join needs to know of a place.
struct Glance {
  std::optional<journal::EntryId> id;
  bool is_whole = false;
  bool wants_part = false;  // there is no private part, and it was not erased
};
Glance glance_at(const Kept& kept);

// What the store held before.
class Holdings {
 public:
  virtual ~Holdings() = default;
  virtual const JournalInfo* line(const journal::JournalId& id) const = 0;
  // The journal's own line and its branches, in any order. Empty: unknown here.
  virtual std::vector<journal::JournalId> lines_of(const journal::JournalId& journal) const = 0;
  virtual Result<Glance> glance(const Place& place) = 0;
  virtual Result<bool> has_head(const Place& place) = 0;
};

// Collects the changes of one commit, call by call.
class Join {
 public:
  explicit Join(Holdings& held) : held_(held) {}

  // The changes of one append() call are taken in whole, or not at all. `ranges` outlive the changes.
  // Failures: conflict and bad_input as append() says; others come from the holdings.
  Result<AppendReport> add(std::span<const journal::Range> ranges);

  const Changes& changes() const { return group_.changes; }

 private:
  // What was added on top of the holdings: by calls already taken in, and by the call at hand.
  struct Layer {
    Changes changes;
    std::map<Place, Glance> places;
    std::map<journal::JournalId, std::vector<journal::JournalId>> opened;  // new lines by journal
  };

  const JournalInfo* line(const journal::JournalId& id) const;
  std::vector<journal::JournalId> lines_of(const journal::JournalId& journal) const;  // by id
  Result<Glance> glance(const Place& place);
  Result<std::optional<journal::JournalId>> find(const journal::JournalId& journal, journal::Seq seq,
                                                 const journal::EntryId& id);
  Result<std::optional<journal::JournalId>> branch_at(const ForkPoint& point, const journal::JournalId& journal,
                                                      const journal::EntryId& id);
  Result<journal::JournalId> line_before(const journal::Range& range);
  Result<journal::JournalId> line_for_stub(const journal::Range& range);
  Status add_range(const journal::Range& range, AppendReport& report);
  void complete(const Place& place, const Glance& held, const journal::Item& item, AppendReport& report);
  void add_rest(JournalInfo line, const journal::Range& range, journal::Seq from, AppendReport& report);
  Status keep_head(const Place& place, const journal::SignedHead& head);
  void take_in_call();

  Holdings& held_;
  Layer group_;
  Layer call_;
  std::optional<Place> touched_;  // where the range before this one ended
};

}  // namespace cunzheng::store
