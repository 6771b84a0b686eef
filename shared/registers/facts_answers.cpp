#include "shared/registers/facts_state.hpp"

#include <algorithm>
#include <tuple>

namespace cunzheng::registers {

using journal::DataKind;
using journal::JournalKind;
using journal::Seq;

std::optional<journal::HubStatement> FactBook::hub() const {
  const auto* newest = state_->trust.newest();
  return newest ? std::optional(newest->statement) : std::nullopt;
}

std::optional<journal::HubCertified> FactBook::certified_hub() const {
  const auto* newest = state_->trust.newest();
  return newest ? std::optional(newest->certified) : std::nullopt;
}

const journal::CertifiedOfficer* FactBook::district_officer(const domain::OfficerId& id) const {
  const auto* newest = state_->trust.newest();
  if (!newest) return nullptr;
  for (const auto& officer : newest->statement.officers) {
    if (officer.officer == id) return &officer;
  }
  return nullptr;
}

std::vector<const Published*> FactBook::published(DataKind kind) const {
  std::vector<const Published*> out;
  const auto found = state_->now.published.find(kind);
  if (found == state_->now.published.end()) return out;
  for (const auto& each : found->second.counting()) out.push_back(&each);
  return out;
}

const Published* FactBook::in_force(DataKind kind, CivilDate day, std::uint32_t revision_max) const {
  const Published* out = nullptr;
  for (const auto* each : published(kind)) {
    if (each->effective_from <= day && each->revision <= revision_max) out = each;
  }
  return out;
}

const Published* FactBook::revision(DataKind kind, std::uint32_t revision) const {
  for (const auto* each : published(kind)) {
    if (each->revision == revision) return each;
  }
  return nullptr;
}

std::uint32_t FactBook::newest_revision(DataKind kind) const {
  const auto all = published(kind);
  return all.empty() ? 0 : all.back()->revision;
}

Instant FactBook::newest_word() const {
  return state_->times.newest([this](const journal::JournalId& journal) { return is_hub_journal(journal); });
}

bool FactBook::signed_by_officers(std::string_view tag, ByteView bytes,
                                  const std::vector<journal::OfficerSignature>& signatures, Instant at) const {
  return state_->trust.signed_by_officers(tag, bytes, signatures, at);
}

std::optional<FactBook::Exclusions> FactBook::exclusions() const {
  const auto& lists = state_->now.lists;
  if (lists.empty()) return std::nullopt;
  // Of several entries with the newest revision (a new epoch) the first that still has the list.
  const auto revision = lists.rbegin()->first.first;
  const Said<journal::ExclusionListPublished>* best = nullptr;
  for (const auto& [key, has_list] : lists) {
    if (key.first != revision || (best && (best->personal || !has_list))) continue;
    best = &std::get<Said<journal::ExclusionListPublished>>(state_->facts.at(key.second).said);
  }
  return Exclusions{revision, best->body.published_at,
                    best->personal ? std::optional(best->personal->list) : std::nullopt};
}

std::vector<std::string> FactBook::bodies() const {
  std::vector<std::string> out;
  for (const auto& [body, described] : state_->now.described) out.push_back(body);
  return out;
}

std::optional<journal::BodyDescribed> FactBook::body_on(const std::string& body, CivilDate day) const {
  const auto found = state_->now.described.find(body);
  if (found == state_->now.described.end()) return std::nullopt;
  std::optional<journal::BodyDescribed> out;
  for (const auto& [order, each] : found->second) {
    if (each.from <= day && (!out || out->from <= each.from)) out = each;
  }
  return out;
}

std::vector<Appointed> FactBook::appointments(const std::string& body) const {
  std::vector<Appointed> out;
  const auto found = state_->now.appointed.find(body);
  if (found == state_->now.appointed.end()) return out;
  for (const auto& [order, each] : found->second) out.push_back(each);
  return out;
}

domain::Posts FactBook::posts(const std::string& body) const {
  std::vector<domain::Appointment> out;
  for (const auto& each : appointments(body)) out.push_back(each.appointment);
  return domain::Posts(std::move(out));
}

std::optional<FactBook::OfficerFact> FactBook::officer(const domain::OfficerId& id) const {
  std::optional<OfficerFact> out;
  for (const auto* book : {&state_->now.keys_made, &state_->now.officers}) {
    const auto found = book->find(id);
    if (found == book->end()) continue;
    for (const auto& [order, each] : found->second) {
      if (!out) out = each;
      if (!each.name.empty()) out->name = each.name;
    }
  }
  return out;
}

std::map<domain::OfficerId, FactBook::OfficerFact> FactBook::officers_of(const std::string& body) const {
  std::map<domain::OfficerId, OfficerFact> out;
  for (const auto& [id, made] : state_->now.keys_made) {
    for (const auto& [order, each] : made) {
      const auto* opening = opening_of(state_->facts.at(order).journal);
      if (opening && opening->body == body) out[id] = each;
    }
  }
  return out;
}

const Device* FactBook::device(const crypto::PublicKey& key) const {
  const auto found = state_->now.devices.find(key);
  return found == state_->now.devices.end() ? nullptr : &found->second;
}

std::vector<Revoked> FactBook::revocations(const crypto::PublicKey& key) const {
  std::vector<Revoked> out;
  const auto* found = device(key);
  if (!found) return out;
  const auto revoked = state_->now.revoked.find({found->body, key});
  if (revoked == state_->now.revoked.end()) return out;
  for (const auto& [order, each] : revoked->second) out.push_back({order.second, each});
  return out;
}

std::vector<const Device*> FactBook::devices_of(const std::string& body) const {
  std::vector<const Device*> out;
  for (const auto& [key, device] : state_->now.devices) {
    if (device.body == body) out.push_back(&device);
  }
  return out;
}

const journal::JournalOpened* FactBook::opening_of(const journal::JournalId& journal) const {
  return state_->trust.opening_of(journal);
}

std::vector<journal::JournalId> FactBook::journals_of_kind(JournalKind kind, const std::string& body) const {
  return state_->trust.journals(kind, body);
}

bool FactBook::is_hub_journal(const journal::JournalId& journal) const { return state_->trust.is_hub_journal(journal); }

std::optional<Seq> FactBook::received(const journal::JournalId& journal) const {
  std::optional<Seq> out;
  const auto* opening = opening_of(journal);
  if (!opening) return out;
  for (const auto& hub_journal : state_->trust.journals(JournalKind::body, opening->body)) {
    if (is_hub_journal(hub_journal)) out = std::max(out, state_->times.received(hub_journal, journal));
  }
  return out;
}

std::optional<Instant> FactBook::received_at(const journal::JournalId& journal, Seq seq) const {
  std::optional<Instant> out;
  const auto* opening = opening_of(journal);
  if (!opening) return out;
  for (const auto& hub_journal : state_->trust.journals(JournalKind::body, opening->body)) {
    if (!is_hub_journal(hub_journal)) continue;
    const auto at = state_->times.received_at(hub_journal, journal, seq);
    if (at && (!out || *at < *out)) out = at;
  }
  return out;
}

std::optional<Instant> FactBook::seen_until(const std::string& body, const journal::Known& district,
                                            const journal::Known& of_body) const {
  std::optional<Instant> out;
  for (const auto& [kind, name, known] :
       {std::tuple(JournalKind::district, std::string(), district), std::tuple(JournalKind::body, body, of_body)}) {
    for (const auto& journal : state_->trust.journals(kind, name)) {
      if (opening_of(journal)->epoch != known.epoch || !is_hub_journal(journal)) continue;
      out = std::max(out, state_->times.at(journal, known.seq));
    }
  }
  return out;
}

bool FactBook::has_heard(JournalKind kind, const std::string& body, const journal::Known& place) const {
  const auto& journals = state_->trust.journals(kind, body);
  return std::any_of(journals.begin(), journals.end(), [&](const journal::JournalId& journal) {
    return opening_of(journal)->epoch == place.epoch && is_hub_journal(journal) &&
           state_->times.has(journal, place.seq);
  });
}

const FactBook::Ruling* FactBook::ruling_on(const domain::FindingId& finding) const {
  const auto found = state_->now.rulings.find(finding);
  return found == state_->now.rulings.end() ? nullptr : &found->second.rbegin()->second;
}

}  // namespace cunzheng::registers
