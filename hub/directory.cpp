#include "hub/directory.hpp"

#include <algorithm>

namespace cunzheng::hub {
namespace {

using journal::JournalKind;

// Order in which a laptop gets what it lacks: what binds everybody first, branches last.
constexpr int last_rank = 4;
int rank(JournalKind kind) {
  switch (kind) {
    case JournalKind::district:
      return 0;
    case JournalKind::body:
      return 1;
    case JournalKind::device:
      return 2;
    case JournalKind::office:
      return 3;
  }
  return last_rank;
}

// The end of a journal or branch under the name that the store has for it.
journal::Head end_in(const store::JournalInfo& info) { return {info.id, info.head.head.seq, info.head.head.id}; }

// The opening entry of a journal that is held; where it is damaged, as the rows kept it. A branch's is that of the
// journal it left, which its head still names.
std::optional<journal::JournalOpened> opening_held(store::EntryStore& store, const registers::FactBook& facts,
                                                   const store::JournalInfo& info) {
  const auto journal = info.head.head.journal;
  if (const auto first = store.item({journal, 0}); first && !first->item.is_stub()) {
    if (const auto entry = journal::parse_entry(first->item.entry)) {
      if (const auto opening = journal::read_body<journal::JournalOpened>(*entry)) return *opening;
    }
  }
  const auto* kept = facts.opening_of(journal);
  if (kept == nullptr) return std::nullopt;
  return *kept;
}

}  // namespace

std::optional<journal::JournalOpened> opening_in(const journal::Range& range) {
  if (range.first != 0 || range.items.empty() || range.items.front().is_stub()) return std::nullopt;
  const auto entry = journal::parse_entry(range.items.front().entry);
  if (!entry) return std::nullopt;
  const auto opened = journal::read_body<journal::JournalOpened>(*entry);
  if (!opened) return std::nullopt;
  return *opened;
}

Directory::Directory(crypto::PublicKey root, crypto::PublicKey hub_key) : hub_key_(hub_key), facts_(root) {}

Status Directory::load(store::EntryStore& store, const registers::Projection& projection) {
  CHECK(projection.each_fact([this](const registers::Held& held) { facts_.learn(held); }));
  for (const auto& info : store.journals()) {
    // Without an opening nobody knows whose it is: it lies in the store, and its laptop has to enrol again (D31).
    const auto opening = opening_held(store, facts_, info);
    if (opening) journals_[info.id] = Known{*opening, end_in(info), end_in(info), info.fork.has_value()};
  }
  return {};
}

void Directory::lack(const std::vector<store::Lacking>& places) {
  for (const auto& each : places) lacking_.add(each.place.journal, each.place.seq, each.before);
}

// A place of a branch is filled by the branch's own entry only: that shows at the next start.
void Directory::fill(const store::JournalInfo& line, const journal::Range& range) {
  if (line.fork) return;
  for (const auto seq : lacking_.of(line.id)) {
    if (range.first <= seq && seq <= range.last() && !range.items[seq - range.first].is_stub()) {
      lacking_.filled(line.id, seq);
    }
  }
}

void Directory::learn(const journal::JournalId& at, std::span<const journal::Item> items) {
  for (const auto& item : items) {
    const auto entry = journal::parse_entry(item.entry);
    if (entry && registers::FactBook::is_fact(entry->kind)) facts_.learn({at, item});
  }
}

bool Directory::goes_on(std::span<const journal::Range> ranges) const {
  std::map<journal::JournalId, journal::Head> ends;
  for (const auto& range : ranges) {
    if (unsettled_.contains(range.journal)) return false;
    auto end = ends.find(range.journal);
    if (end == ends.end()) {
      const auto known = journals_.find(range.journal);
      if (known == journals_.end()) {
        if (!opening_in(range)) return false;
      } else if (range.first != known->second.pending.seq + 1 || journal::prev_of(range) != known->second.pending.id) {
        return false;
      }
    } else if (range.first != end->second.seq + 1 || journal::prev_of(range) != end->second.id) {
      return false;
    }
    ends[range.journal] = range.head.head;
  }
  return true;
}

void Directory::unsettle(std::span<const journal::Range> ranges) {
  for (const auto& range : ranges) unsettled_.insert(range.journal);
}

void Directory::settle(std::span<const journal::Range> ranges) {
  for (const auto& range : ranges) unsettled_.extract(range.journal);
}

void Directory::pending(std::span<const journal::Range> ranges) {
  for (const auto& range : ranges) {
    if (const auto opening = opening_in(range); opening && !journals_.contains(range.journal)) {
      journals_[range.journal].opening = *opening;
    }
    journals_.at(range.journal).pending = range.head.head;
  }
}

std::vector<Growth> Directory::durable(std::span<const journal::Range> ranges) {
  std::map<journal::JournalId, Growth> grown;
  for (const auto& range : ranges) {
    auto& known = journals_.at(range.journal);
    auto& growth = grown[range.journal];
    growth.is_new = growth.is_new || !known.durable;
    growth.head = range.head.head;
    known.durable = range.head.head;
    learn(range.journal, range.items);
  }
  std::vector<Growth> out;
  for (const auto& [id, growth] : grown) out.push_back(growth);
  return out;
}

std::vector<Growth> Directory::durable(const store::JournalInfo& info, std::span<const journal::Range> ranges) {
  const auto left = info.head.head.journal;  // the journal itself, or the one that this branch left
  const bool is_new = !journals_.contains(info.id);
  for (const auto& range : ranges) {
    if (range.journal != left) continue;
    fill(info, range);
    if (const auto opening = opening_in(range); opening && !journals_.contains(left))
      journals_[left].opening = *opening;
    learn(left, range.items);
  }
  if (!journals_.contains(left)) return {};
  if (is_new) journals_[info.id].opening = journals_.at(left).opening;
  auto& known = journals_.at(info.id);
  known.is_branch = info.fork.has_value();
  const auto end = end_in(info);
  if (known.durable && end.seq <= known.durable->seq) return {};
  known.durable = end;
  if (end.seq >= known.pending.seq) known.pending = end;
  return {Growth{end, is_new}};
}

std::optional<journal::Head> Directory::end_of(const journal::JournalId& journal) const {
  const auto known = journals_.find(journal);
  return known == journals_.end() ? std::nullopt : known->second.durable;
}

const journal::JournalOpened* Directory::opening_of(const journal::JournalId& journal) const {
  const auto known = journals_.find(journal);
  return known == journals_.end() ? nullptr : &known->second.opening;
}

std::vector<journal::Head> Directory::ends() const {
  std::vector<journal::Head> out;
  for (const auto& [id, known] : journals_) {
    if (known.durable) out.push_back(*known.durable);
  }
  return out;
}

std::vector<journal::Head> Directory::ends_of(JournalKind kind) const {
  auto out = ends();
  std::erase_if(out, [&](const journal::Head& end) {
    const auto& known = journals_.at(end.journal);
    return known.is_branch || known.opening.journal_kind != kind;
  });
  std::stable_sort(out.begin(), out.end(), [&](const journal::Head& a, const journal::Head& b) {
    return journals_.at(a.journal).opening.epoch < journals_.at(b.journal).opening.epoch;
  });
  return out;
}

bool Directory::is_branch(const journal::JournalId& journal) const {
  const auto known = journals_.find(journal);
  return known != journals_.end() && known->second.is_branch;
}

std::optional<journal::JournalId> Directory::own_journal(JournalKind kind, const std::string& body) const {
  std::optional<journal::JournalId> found;
  std::uint32_t epoch = 0;
  for (const auto& [id, known] : journals_) {
    if (known.is_branch) continue;
    if (known.opening.journal_kind == kind && known.opening.body == body && known.opening.epoch > epoch) {
      epoch = known.opening.epoch;
      found = id;
    }
  }
  return found;
}

std::optional<journal::JournalId> Directory::journal_of_device(const crypto::PublicKey& device) const {
  for (const auto& [id, known] : journals_) {
    if (!known.is_branch && known.opening.journal_kind == JournalKind::device && known.opening.key == device) return id;
  }
  return std::nullopt;
}

std::optional<std::string> Directory::body_of_device_journal(const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  if (opening == nullptr || opening->journal_kind != JournalKind::device) return std::nullopt;
  return opening->body;
}

bool Directory::in_scope(const std::string& body, const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  if (opening == nullptr || opening->journal_kind == JournalKind::office) return false;
  return opening->journal_kind == JournalKind::district || opening->body == body;
}

Result<Directory::Admission> Directory::admit(const crypto::PublicKey& device) const {
  const auto* enrolled = facts_.device(device);
  if (enrolled == nullptr) {
    return fail(FailureCode::refused, {"这台电脑没有在本区登记", "this device is not enrolled in this district"});
  }
  if (enrolled->revoked) {
    return fail(FailureCode::refused, {"这台电脑的登记已经撤销，请联系区里", "this device's enrolment was revoked"}, {},
                "O9");
  }
  return Admission{enrolled->body, journal_of_device(device)};
}

std::vector<journal::Head> Directory::scope(const std::string& body) const {
  std::vector<std::pair<int, journal::Head>> found;
  for (const auto& [id, known] : journals_) {
    if (!known.durable || !in_scope(body, id)) continue;
    found.emplace_back(known.is_branch ? last_rank : rank(known.opening.journal_kind), *known.durable);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<journal::Head> out;
  for (const auto& [order, head] : found) out.push_back(head);
  return out;
}

std::vector<journal::Head> Directory::whole(const std::string& body) const { return lacking_.whole_of(scope(body)); }

std::optional<crypto::PublicKey> Directory::key_of(const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  if (opening == nullptr) return std::nullopt;
  return opening->key;
}

Result<crypto::PublicKey> Directory::admit_journal(const journal::Entry& opening, const journal::JournalId&,
                                                   const std::string& body) const {
  TRY(const auto opened, journal::read_body<journal::JournalOpened>(opening));
  if (opened.journal_kind != JournalKind::device) {
    // A tail of our own that a restore lost; anything else would need the hub's key.
    if (opened.key == hub_key_ && (opened.journal_kind == JournalKind::district || opened.body == body))
      return opened.key;
    return fail(FailureCode::refused, {"这不是本区中心的日志", "not a journal of this hub"});
  }
  const auto* device = facts_.device(opened.key);
  if (device == nullptr || device->body != body || opened.body != body) {
    return fail(FailureCode::refused, {"这台电脑没有在该村登记", "this device is not enrolled for that committee"});
  }
  if (device->enrolled.series != opened.series) {
    return fail(FailureCode::refused, {"编号字母与登记的不符", "the series letter is not the one given"}, "series",
                "O3");
  }
  return opened.key;
}

bool Directory::is_own(const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  return opening != nullptr && opening->journal_kind != JournalKind::device;
}

}  // namespace cunzheng::hub
