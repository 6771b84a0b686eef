#include "sync/store/mem_store.hpp"

#include "shared/base/verify.hpp"

#include <algorithm>
#include <set>

namespace cunzheng::store {

using journal::JournalId;
using journal::Seq;

class MemStore::Tables final : public Engine {
 public:
  Result<Kept> load(const Place& place) override {
    const auto found = kept.find(place);
    VERIFY(found != kept.end());
    return found->second;
  }

  Result<std::vector<journal::SignedHead>> heads(const JournalId& line, Seq from, std::size_t most) override {
    std::vector<journal::SignedHead> out;
    for (auto at = signed_heads.lower_bound({line, from});
         at != signed_heads.end() && at->first.journal == line && out.size() < most; ++at) {
      out.push_back(at->second);
    }
    return out;
  }

  Result<std::vector<Place>> places_of(const domain::SubjectId& subject) override {
    const auto found = subjects.find(subject);
    if (found == subjects.end()) return std::vector<Place>{};
    return std::vector<Place>(found->second.begin(), found->second.end());
  }

  Result<bool> is_indexed(const domain::SubjectId& subject, const Place& place) override {
    const auto found = subjects.find(subject);
    return found != subjects.end() && found->second.contains(place);
  }

  Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) override {
    std::vector<Arrival> out;
    for (auto number = after; number < arrived.size() && out.size() < most; ++number) {
      out.push_back({number + 1, arrived[number]});
    }
    return out;
  }

  Status commit(const Changes& changes) override {
    for (const auto& write : changes.writes) {
      auto& at = kept[write.place];
      at.id = write.item->id;
      if (write.puts_entry) {
        at.entry = write.item->entry;
        at.damaged = false;
      }
      if (write.puts_part) {
        at.part = write.item->private_part ? Kept::Part::held : Kept::Part::absent;
        at.private_part = write.item->private_part.value_or(Bytes{});
        at.part_damaged = false;
      }
      if (write.subject) subjects[*write.subject].insert(write.place);
      arrived.push_back(write.place);
    }
    for (const auto& [line, head] : changes.heads) signed_heads[{line, head.head.seq}] = head;
    for (const auto& place : changes.erased) {
      auto& at = kept.at(place);
      at.part = Kept::Part::erased;
      at.private_part.clear();
    }
    return {};
  }

  Result<std::vector<Text>> check() override { return std::vector<Text>{}; }

  std::map<Place, Kept> kept;
  std::map<Place, journal::SignedHead> signed_heads;
  std::map<domain::SubjectId, std::set<Place>> subjects;
  std::vector<Place> arrived;
};

MemStore::MemStore() : MemStore(std::make_unique<Tables>(), {}) {}
MemStore::~MemStore() = default;

MemStore::MemStore(std::unique_ptr<Tables> tables, const std::vector<JournalInfo>& lines)
    : JournalStore(std::move(tables), lines), tables_(static_cast<Tables*>(&engine())) {}

std::unique_ptr<MemStore> MemStore::clone() const {
  return std::unique_ptr<MemStore>(new MemStore(std::make_unique<Tables>(tables()), journals()));
}

void MemStore::damage(const Place& place) {
  auto& at = tables().kept.at(place);
  at.entry.clear();
  at.damaged = true;
}

void MemStore::lose_private(const Place& place) {
  auto& at = tables().kept.at(place);
  at.part = Kept::Part::absent;
  at.private_part.clear();
  at.part_damaged = true;
}

}  // namespace cunzheng::store
