#pragma once
// What an engine must be able to do. The rest of an entry store - how ranges join, forks, reading, fsck - is the same
// for every engine and stands above it (journal_store.hpp).

#include "sync/store/entry_store.hpp"

#include <map>
#include <utility>

namespace cunzheng::store {

// What lies at one place of a line.
struct Kept {
  enum class Part : std::uint8_t { absent, held, erased };  // a damaged private part is absent: it can come again

  std::optional<journal::EntryId> id;  // none: damaged so that not even this can be told
  Bytes entry;                         // empty: a stub, or damaged
  bool damaged = false;                // the entry's bytes were held and cannot be read
  Part part = Part::absent;
  bool part_damaged = false;
  Bytes private_part;

  bool is_whole() const { return !entry.empty(); }
};

// One commit. What `item` points at lies in the caller's ranges.
struct Changes {
  struct Write {
    Place place;
    const journal::Item* item = nullptr;
    bool puts_entry = false;                   // the entry's bytes, or the stub
    bool puts_part = false;                    // the private part, or that there is none
    std::optional<domain::SubjectId> subject;  // set when entry's bytes are put
  };
  std::map<journal::JournalId, JournalInfo> lines;                    // new ones and those with a new head
  std::vector<Write> writes;                                          // each is one arrival, in this order
  std::vector<std::pair<journal::JournalId, journal::SignedHead>> heads;  // line, head
  std::vector<Place> erased;                                          // private parts to delete

  bool empty() const { return lines.empty() && writes.empty() && heads.empty() && erased.empty(); }
};

// Failures of any function: unavailable (the disk says no). Damage is no failure: it is reported in what is returned.
class Engine {
 public:
  virtual ~Engine() = default;

  // `place` lies within a line. What is missing there is damaged.
  virtual Result<Kept> load(const Place& place) = 0;
  // Heads of this line at `from` and after, in order, at most `most`. Damaged ones are left out.
  virtual Result<std::vector<journal::SignedHead>> heads(const journal::JournalId& line, journal::Seq from,
                                                         std::size_t most) = 0;
  // In any order; may hold places of another subject whose id begins alike.
  virtual Result<std::vector<Place>> places_of(const domain::SubjectId& subject) = 0;
  virtual Result<bool> is_indexed(const domain::SubjectId& subject, const Place& place) = 0;
  virtual Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) = 0;

  // All or nothing, durable on return. After a failure nobody calls this engine again: whether the commit is there
  // shows when the store is opened anew.
  virtual Status commit(const Changes& changes) = 0;

  // Of the engine's own things: what is wrong with them. Empty: nothing.
  virtual Result<std::vector<Text>> check() = 0;
};

}  // namespace cunzheng::store
