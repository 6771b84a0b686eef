#pragma once
// Revisions of the district's data, of one kind: which of those that were signed count, and which is in force when.

#include "shared/registers/facts.hpp"

#include <set>

namespace cunzheng::registers {

class Publications {
 public:
  using Order = std::pair<std::uint64_t, journal::EntryId>;  // lamport, id

  // Adds one whose signatures count. Of several with one revision the first in order counts; the content must be fit
  // to follow the next lower revision that counts.
  void add(const Order& order, const journal::DataPublished& body);
  // Looks through all of them. Entries that began or ceased to count.
  std::set<journal::EntryId> settle();

  const std::vector<Published>& counting() const { return counting_; }
  std::optional<Text> why_not(const journal::EntryId& entry) const;

 private:
  struct Candidate {
    journal::DataPublished body;
    // The answer for the predecessor it was asked for: checking a catalogue takes milliseconds.
    std::optional<journal::EntryId> after;
    bool checked = false;
    Published published;
    std::optional<Text> why_not;
  };
  using Key = std::pair<std::uint32_t, Order>;  // revision first

  std::map<Key, Candidate> candidates_;
  std::vector<Published> counting_;
};

}  // namespace cunzheng::registers
