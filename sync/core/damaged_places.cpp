#include "sync/core/damaged_places.hpp"

namespace cunzheng::sync {

void DamagedPlaces::add(const journal::JournalId& line, journal::Seq seq,
                        const std::optional<journal::EntryId>& before) {
  lines_[line][seq] = before;
}

void DamagedPlaces::filled(const journal::JournalId& line, journal::Seq seq) {
  const auto found = lines_.find(line);
  if (found == lines_.end()) return;
  found->second.erase(seq);
  if (found->second.empty()) lines_.erase(found);
}

std::optional<journal::Seq> DamagedPlaces::last_of(const journal::JournalId& line) const {
  const auto found = lines_.find(line);
  if (found == lines_.end()) return std::nullopt;
  return found->second.rbegin()->first;
}

std::vector<journal::Seq> DamagedPlaces::of(const journal::JournalId& line) const {
  std::vector<journal::Seq> out;
  const auto found = lines_.find(line);
  if (found == lines_.end()) return out;
  for (const auto& [seq, before] : found->second) out.push_back(seq);
  return out;
}

std::vector<journal::Head> DamagedPlaces::whole_of(std::vector<journal::Head> ends) const {
  std::vector<journal::Head> out;
  for (auto& end : ends) {
    const auto found = lines_.find(end.journal);
    if (found == lines_.end()) {
      out.push_back(end);
      continue;
    }
    const auto& [seq, before] = *found->second.begin();
    if (before) out.push_back({end.journal, seq - 1, *before});
  }
  return out;
}

}  // namespace cunzheng::sync
