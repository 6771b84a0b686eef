#include "shared/registers/hub_times.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

using Times = std::vector<std::pair<journal::Seq, Instant>>;

// Of two for one place the earlier time counts: a fork of the hub's journal must not depend on the order of arrival.
void insert(Times& times, journal::Seq seq, Instant at) {
  const auto place = std::lower_bound(times.begin(), times.end(), seq,
                                      [](const auto& each, journal::Seq wanted) { return each.first < wanted; });
  if (place == times.end() || place->first != seq) {
    times.insert(place, {seq, at});
  } else {
    place->second = std::min(place->second, at);
  }
}

}  // namespace

void HubTimes::hear(const FactBook::Word& word) {
  auto& spoken = spoken_[word.journal];
  insert(spoken.times, word.seq, word.at);
  if (word.received) insert(spoken.received[word.received->journal], word.received->seq, word.at);
  spoken.newest = std::max(spoken.newest, word.at);
}

Instant HubTimes::newest(const std::function<bool(const journal::JournalId&)>& counts) const {
  Instant out;
  for (const auto& [journal, spoken] : spoken_) {
    if (out < spoken.newest && counts(journal)) out = spoken.newest;
  }
  return out;
}

bool HubTimes::has(const journal::JournalId& hub_journal, journal::Seq seq) const {
  const auto spoken = spoken_.find(hub_journal);
  if (spoken == spoken_.end()) return false;
  const auto& times = spoken->second.times;
  const auto place = std::lower_bound(times.begin(), times.end(), seq,
                                      [](const auto& each, journal::Seq wanted) { return each.first < wanted; });
  return place != times.end() && place->first == seq;
}

std::optional<Instant> HubTimes::at(const journal::JournalId& hub_journal, journal::Seq seq) const {
  const auto spoken = spoken_.find(hub_journal);
  if (spoken == spoken_.end()) return std::nullopt;
  const auto& times = spoken->second.times;
  const auto above = std::upper_bound(times.begin(), times.end(), seq,
                                      [](journal::Seq wanted, const auto& each) { return wanted < each.first; });
  if (above == times.begin()) return std::nullopt;
  return std::prev(above)->second;
}

std::optional<journal::Seq> HubTimes::received(const journal::JournalId& hub_journal,
                                               const journal::JournalId& of) const {
  const auto spoken = spoken_.find(hub_journal);
  if (spoken == spoken_.end()) return std::nullopt;
  const auto times = spoken->second.received.find(of);
  if (times == spoken->second.received.end()) return std::nullopt;
  return times->second.back().first;
}

std::optional<Instant> HubTimes::received_at(const journal::JournalId& hub_journal, const journal::JournalId& of,
                                             journal::Seq seq) const {
  const auto spoken = spoken_.find(hub_journal);
  if (spoken == spoken_.end()) return std::nullopt;
  const auto times = spoken->second.received.find(of);
  if (times == spoken->second.received.end()) return std::nullopt;
  const auto from = std::lower_bound(times->second.begin(), times->second.end(), seq,
                                     [](const auto& each, journal::Seq wanted) { return each.first < wanted; });
  if (from == times->second.end()) return std::nullopt;
  return from->second;
}

}  // namespace cunzheng::registers
