#pragma once
// When the hub wrote what, and when it first held what (O6): times only, for there is a receipt for every range.

#include "shared/registers/facts.hpp"

#include <functional>

namespace cunzheng::registers {

class HubTimes {
 public:
  void hear(const FactBook::Word& word);

  // The latest word of the journals that count.
  Instant newest(const std::function<bool(const journal::JournalId&)>& counts) const;
  bool has(const journal::JournalId& hub_journal, journal::Seq seq) const;
  // The time of the entry at that place of a hub journal; without it of the last heard before it.
  std::optional<Instant> at(const journal::JournalId& hub_journal, journal::Seq seq) const;
  // What one hub journal says was received of a device journal.
  std::optional<journal::Seq> received(const journal::JournalId& hub_journal, const journal::JournalId& of) const;
  std::optional<Instant> received_at(const journal::JournalId& hub_journal, const journal::JournalId& of,
                                     journal::Seq seq) const;

 private:
  using Times = std::vector<std::pair<journal::Seq, Instant>>;  // ascending, each seq once
  struct Spoken {
    Instant newest;
    Times times;
    std::map<journal::JournalId, Times> received;
  };
  std::map<journal::JournalId, Spoken> spoken_;
};

}  // namespace cunzheng::registers
