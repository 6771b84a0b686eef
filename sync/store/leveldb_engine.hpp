#pragma once
// Entries in LevelDB: which keys there are, and what a commit writes. README.md has the table.

#include "sync/store/engine.hpp"
#include "sync/store/leveldb_sealed.hpp"

namespace cunzheng::store {

// The commit that a database is at: a record in every batch.
struct CommitRecord {
  std::uint64_t number = 0;
  Hash rolling{};             // tagged hash of the one before, the number and the batch
  Hash before{};              // of the commit before: what a mark that is one behind says
  std::uint64_t since = 0;    // the first commit that left its trace here (key 'k')
  std::uint64_t arrivals = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(number), CEREAL_NVP(rolling), CEREAL_NVP(before), CEREAL_NVP(since), CEREAL_NVP(arrivals));
  }
};

// The oldest commit whose trace must still be there.
std::uint64_t oldest_trace(const CommitRecord& last);

// Items of one line that arrived one after the other in one commit.
struct ArrivalRun {
  std::uint32_t line = 0;
  journal::Seq first = 0;
  std::uint64_t count = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(line), CEREAL_NVP(first), CEREAL_NVP(count));
  }
};

// Keys: a tag, then numbers with the largest byte first, so that LevelDB's order is theirs.
namespace key {
using Line = std::uint32_t;  // local number of a line

Bytes meta();                                                                        // m
Bytes commit();                                                                      // c
Bytes trace(std::uint64_t commit);                                                   // k
Bytes line(Line line);                                                               // j
Bytes entry(Line line, journal::Seq seq);                                            // e
Bytes part(Line line, journal::Seq seq);                                             // p
Bytes head(Line line, journal::Seq seq);                                             // h
Bytes subject(const domain::SubjectId& subject, Line line, journal::Seq seq);        // s
Bytes arrival(std::uint64_t last_of_run);                                            // a

// Numbers at the end of a key: of 'j'; of 'e', 'p', 'h', 's'; of 'a', 'k'.
Line line_in(ByteView key);
std::pair<Line, journal::Seq> place_in(ByteView key);
std::uint64_t number_in(ByteView key);
}  // namespace key

// Values, opened.
Bytes part_value(const journal::Item& item);
Bytes erased_part_value(const std::optional<journal::EntryId>& id);

// The store id that the database names, if `key` is the one it was made with. refused: another key.
Result<StoreId> check_meta(SealedDb& db, const crypto::SymmetricKey& key, Random* random);
Bytes meta_value(const StoreId& store, const crypto::SymmetricKey& key, Random& random);
crypto::SymmetricKey entries_key(const crypto::SymmetricKey& key);

Hash rolling_hash(const Hash& before, std::uint64_t number, const Hash& batch);

class LevelEngine final : public Engine {
 public:
  // Reads commit and lines of an unsealed database. unreadable: they are damaged.
  static Result<std::unique_ptr<LevelEngine>> load(std::unique_ptr<SealedDb> db, StoreId store);

  const CommitRecord& last_commit() const { return commit_; }
  const StoreId& store() const { return store_; }
  std::vector<JournalInfo> lines() const;
  CommitMark mark() const;

  // Every commit left its trace. LevelDB may have lost one in the middle of a log and kept the later ones.
  Result<bool> has_every_commit();

  // From now on commits are written to this mark, and the folder is held. `disk` outlives the engine.
  void serve(std::unique_ptr<FolderLock> lock, MarkDisk& disk, std::filesystem::path mark_file);

  Result<Kept> load(const Place& place) override;
  Result<std::vector<journal::SignedHead>> heads(const journal::JournalId& line, journal::Seq from,
                                                 std::size_t most) override;
  Result<std::vector<Place>> places_of(const domain::SubjectId& subject) override;
  Result<bool> is_indexed(const domain::SubjectId& subject, const Place& place) override;
  Result<std::vector<Arrival>> arrivals(std::uint64_t after, std::size_t most) override;
  Status commit(const Changes& changes) override;
  Result<std::vector<Text>> check() override;

 private:
  LevelEngine(std::unique_ptr<SealedDb> db, StoreId store) : db_(std::move(db)), store_(store) {}

  key::Line number_of(const journal::JournalId& line) const { return numbers_.at(line); }
  void put_lines(SealedDb::Batch& batch, const std::map<journal::JournalId, JournalInfo>& lines);
  void put_writes(SealedDb::Batch& batch, const std::vector<Changes::Write>& writes, std::uint64_t& arrivals);

  std::unique_ptr<FolderLock> lock_;  // let go after the database is closed
  std::unique_ptr<SealedDb> db_;
  StoreId store_;
  CommitRecord commit_;
  std::map<journal::JournalId, key::Line> numbers_;
  std::vector<JournalInfo> lines_;  // by number
  MarkDisk* mark_disk_ = nullptr;
  std::filesystem::path mark_file_;
};

}  // namespace cunzheng::store
