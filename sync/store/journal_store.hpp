#pragma once
// The entry store over any engine: joins, forks, reading, fsck. Keeps the ends of all lines in memory.

#include "sync/store/join.hpp"

#include <memory>
#include <set>

namespace cunzheng::store {

class JournalStore : public EntryStore, private Holdings {
 public:
  // `lines`: what the engine holds.
  JournalStore(std::unique_ptr<Engine> engine, const std::vector<JournalInfo>& lines);

  std::vector<Result<AppendReport>> append_group(std::span<const std::span<const journal::Range>> calls) override;
  Status add_heads(std::span<const journal::SignedHead> heads) override;
  Result<std::vector<journal::Range>> read(const journal::JournalId& journal, journal::Seq from,
                                           ReadLimit limit) override;
  std::vector<JournalInfo> journals() const override;
  std::optional<JournalInfo> journal(const journal::JournalId& id) const override;
  Result<StoredItem> item(const Place& place) override;
  Result<std::vector<StoredItem>> of_subject(const domain::SubjectId& subject) override;
  Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) override;
  Status erase_private(std::span<const Place> places) override;
  Result<FsckReport> fsck() override;

 protected:
  Engine& engine() { return *engine_; }

 private:
  const JournalInfo* line(const journal::JournalId& id) const override;
  std::vector<journal::JournalId> lines_of(const journal::JournalId& journal) const override;
  Result<Glance> glance(const Place& place) override;
  Result<bool> has_head(const Place& place) override;

  Status check_open() const;
  Status commit(const Changes& changes);
  void take_over(const JournalInfo& line);
  bool holds(const Place& place) const;
  Result<std::map<journal::Seq, journal::SignedHead>> heads_from(const JournalInfo& line, journal::Seq from,
                                                                 std::size_t most);

  std::unique_ptr<Engine> engine_;
  std::map<journal::JournalId, JournalInfo> lines_;
  std::map<journal::JournalId, std::set<journal::JournalId>> by_journal_;
  bool shut_ = false;  // a write failed: nobody knows what is on the disk until it is opened anew
};

// One full reading of a store, which JournalStore::fsck() asks for.
Result<FsckReport> check_everything(const std::map<journal::JournalId, JournalInfo>& lines, Engine& engine);

}  // namespace cunzheng::store
