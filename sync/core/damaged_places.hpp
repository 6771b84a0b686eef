#pragma once
// Places whose bytes are lacking here: damaged on this disk, or come as a stub. A greeting states of such a line only
// what comes before the first of them, so that the peer sends on from there; what it has fills the place (D31). Pure.

#include "shared/journal/entry.hpp"

#include <map>
#include <optional>
#include <vector>

namespace cunzheng::sync {

class DamagedPlaces {
 public:
  // `line` as in scope(). `before`: the entry before it; none: it is the first of its line, or nobody can tell.
  void add(const journal::JournalId& line, journal::Seq seq, const std::optional<journal::EntryId>& before);
  // The bytes have come.
  void filled(const journal::JournalId& line, journal::Seq seq);

  bool empty() const { return lines_.empty(); }
  std::optional<journal::Seq> last_of(const journal::JournalId& line) const;  // the last place that lacks
  std::vector<journal::Seq> of(const journal::JournalId& line) const;
  // Of `ends` what is whole: cut before the first place that lacks, or left out.
  std::vector<journal::Head> whole_of(std::vector<journal::Head> ends) const;

 private:
  using Places = std::map<journal::Seq, std::optional<journal::EntryId>>;
  std::map<journal::JournalId, Places> lines_;
};

}  // namespace cunzheng::sync
