#include "sync/store/leveldb_folder.hpp"

#include "shared/codec/archive.hpp"
#include "sync/store/leveldb_log.hpp"

#include <algorithm>

namespace cunzheng::store {
namespace {

using journal::JournalId;
using journal::Seq;

constexpr std::size_t places_per_write = 500;  // also the length of a run of arrivals

// Damage is passed over here, the disk's no is not.
Status unless_damaged(Status status) {
  if (!status && status.error().code == FailureCode::unreadable) return {};
  return status;
}

Result<std::optional<Bytes>> get_unless_damaged(SealedDb& db, ByteView key) {
  auto value = db.get(key);
  if (!value && value.error().code == FailureCode::unreadable) return std::nullopt;
  return value;
}

ByteView tag_of(const Bytes& key) { return ByteView(key).first(1); }

// Puts everything of `from` that can be read into `to`, with new numbers for lines and arrivals.
class Rebuild {
 public:
  Rebuild(SealedDb& from, SealedDb& to, RepairReport& report) : from_(from), to_(to), report_(report) {}

  Status run(CommitRecord commit, ByteView meta) {
    CHECK(find_lines());
    if (lines_.empty()) return nothing_left();
    key::Line number = 0;
    for (const auto& [old_number, line] : lines_) CHECK(copy_line(old_number, number++, line, commit.arrivals));
    SealedDb::Batch batch(to_);
    batch.put_raw(key::meta(), meta);
    batch.put_raw(key::trace(commit.number), {});
    commit.rolling = rolling_hash(commit.before, commit.number, batch.digest());
    batch.put(key::commit(), codec::encode(commit));
    return to_.write(batch, true);
  }

  bool reaches(const journal::Head& head) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const auto& line) {
      const auto& end = line.second.head.head;
      return end.journal == head.journal && end.seq >= head.seq;
    });
  }

 private:
  static tl::unexpected<Failure> nothing_left() {
    return fail(FailureCode::unreadable, {"数据库里没有可以读出的日志。请恢复备份，或重新登记后从中心取回",
                                          "no journal can be read from the database. Restore a backup, or enrol again "
                                          "and fetch everything from the hub"});
  }

  // Lines by their records, and where a record is damaged by their entries and heads.
  Status find_lines() {
    CHECK(unless_damaged(from_.scan(tag_of(key::line(0)), tag_of(key::line(0)), [&](ByteView key, ByteView raw) {
      const auto value = from_.open_value(key, raw);
      const auto info = value ? codec::decode<JournalInfo>(*value) : tl::make_unexpected(value.error());
      if (info) lines_.emplace(key::line_in(key), *info);
      return true;
    })));
    std::map<key::Line, Seq> firsts;
    CHECK(unless_damaged(from_.scan(tag_of(key::entry(0, 0)), tag_of(key::entry(0, 0)), [&](ByteView key, ByteView) {
      const auto [line, seq] = key::place_in(key);
      firsts.emplace(line, seq);
      return true;
    })));
    return unless_damaged(from_.scan(tag_of(key::head(0, 0)), tag_of(key::head(0, 0)), [&](ByteView key, ByteView raw) {
      const auto value = from_.open_value(key, raw);
      const auto head = value ? codec::decode<journal::SignedHead>(*value) : tl::make_unexpected(value.error());
      if (head) extend(key::place_in(key).first, *head, firsts);
      return true;
    }));
  }

  void extend(key::Line number, const journal::SignedHead& head, const std::map<key::Line, Seq>& firsts) {
    const auto line = lines_.find(number);
    if (line != lines_.end()) {
      if (line->second.head.head.seq < head.head.seq) line->second.head = head;
      return;
    }
    const auto first = firsts.find(number);
    if (first == firsts.end() || first->second > head.head.seq) return;
    const auto& journal = head.head.journal;
    JournalInfo info{journal, first->second, head, std::nullopt};
    if (info.first != 0) {
      info.id = branch_id(journal, info.first, head.head.id);  // which line it left cannot be told: the trunk
      info.fork = ForkPoint{journal, info.first};
    }
    lines_.emplace(number, info);
  }

  Status copy_line(key::Line from_number, key::Line number, const JournalInfo& line, std::uint64_t& arrivals) {
    SealedDb::Batch about(to_);
    about.put(key::line(number), codec::encode(line));
    const Bytes heads = key::head(from_number, 0);
    CHECK(unless_damaged(from_.scan(ByteView(heads).first(5), heads, [&](ByteView key, ByteView raw) {
      const auto value = from_.open_value(key, raw);
      if (value) about.put(key::head(number, key::place_in(key).second), *value);
      return true;
    })));
    CHECK(to_.write(about, false));
    const auto last = line.head.head.seq;
    for (auto first = line.first; first <= last; first += places_per_write) {
      const auto count = std::min<std::uint64_t>(places_per_write, last - first + 1);
      SealedDb::Batch batch(to_);
      for (auto seq = first; seq < first + count; ++seq) CHECK(copy_place(batch, from_number, number, seq));
      arrivals += count;
      batch.put(key::arrival(arrivals), codec::encode(ArrivalRun{number, first, count}));
      CHECK(to_.write(batch, false));
    }
    return {};
  }

  Status copy_place(SealedDb::Batch& batch, key::Line from_number, key::Line number, Seq seq) {
    TRY(const auto entry, get_unless_damaged(from_, key::entry(from_number, seq)));
    TRY(const auto part, get_unless_damaged(from_, key::part(from_number, seq)));
    ++report_.items;
    if (!entry) ++report_.damaged_items;
    if (entry) batch.put(key::entry(number, seq), *entry);
    if (part) batch.put(key::part(number, seq), *part);
    const auto parsed = entry ? journal::parse_entry(*entry) : fail(FailureCode::not_found, {});
    if (parsed) {
      batch.put_raw(key::subject(journal::subject_of(*parsed, journal::id_of(*entry)), number, seq), {});
    }
    return {};
  }

  SealedDb& from_;
  SealedDb& to_;
  RepairReport& report_;
  std::map<key::Line, JournalInfo> lines_;  // by the number in `from_`
};

// The commit that the rebuilt database is at: the next one, so that the mark as it is now is one behind it.
Result<CommitRecord> next_commit(SealedDb& from, const std::optional<CommitMark>& mark, RepairReport& report) {
  TRY(const auto value, get_unless_damaged(from, key::commit()));
  const auto held = value ? codec::decode<CommitRecord>(*value) : fail(FailureCode::not_found, {});
  const auto last = held.value_or(CommitRecord{});
  CommitRecord next;
  next.number = std::max(last.number, mark ? mark->number : 0) + 1;
  next.before = mark && mark->number + 1 == next.number ? mark->rolling : last.rolling;
  next.since = next.number;
  if (mark && mark->number > last.number) report.commits_lost = mark->number - last.number;
  if (!held) return next;

  const auto expected_from = oldest_trace(last);
  std::uint64_t traces = 0;
  CHECK(unless_damaged(from.scan(tag_of(key::trace(0)), key::trace(expected_from), [&](ByteView, ByteView) {
    ++traces;
    return true;
  })));
  const auto expected = last.number - expected_from + 1;
  if (traces < expected) report.commits_lost += expected - traces;
  return next;
}

Status rebuild(const StoreFolder& folder, const std::optional<CommitMark>& mark, const crypto::SymmetricKey& key,
               Random* random, RepairReport& report) {
  CHECK(folder.copy_database());
  TRY(const auto logs, logs_of(folder.copy()));
  for (const auto& log : logs) CHECK(blank_damage(log));  // LevelDB's repair reads logs without checking
  CHECK(repair_copy(folder.copy(), folder.env()));
  TRY(const auto from, SealedDb::open(folder.copy(), SealedDb::Care::open, folder.env()));
  auto store = check_meta(*from, key, random);
  if (!store) {
    if (store.error().code != FailureCode::unreadable || !mark) return tl::make_unexpected(store.error());
    store = mark->store;
    from->unseal(*store, entries_key(key), random);
  }
  if (mark && mark->store != *store) {
    return fail(FailureCode::refused, {"提交标记属于另一个存储，请先移走 commit.mark",
                                       "the commit mark is another store's; move commit.mark away first"});
  }
  TRY(const auto commit, next_commit(*from, mark, report));
  TRY(const auto to, SealedDb::open(folder.fresh(), SealedDb::Care::create, folder.env()));
  to->unseal(*store, entries_key(key), random);
  Rebuild work(*from, *to, report);
  CHECK(work.run(commit, meta_value(*store, key, *random)));
  if (!mark) return {};
  for (const auto& head : mark->heads) {
    if (!work.reaches(head)) report.heads_lost.push_back(head);
  }
  return {};
}

}  // namespace

Result<RepairReport> repair_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key) {
  const StoreFolder folder(options);
  if (!is_there(folder.db()) && !is_there(folder.recovered())) {
    return fail(FailureCode::not_found, {"这里没有可修复的存储：" + folder.path().string(),
                                         "there is no store to repair in " + folder.path().string()});
  }
  TRY(const auto lock, folder.lock());
  CHECK(folder.tidy_up());
  const auto found = read_mark(folder.mark_disk(), folder.mark());
  if (!found && found.error().code == FailureCode::unavailable) return tl::make_unexpected(found.error());
  const auto mark = found ? std::optional(*found) : std::nullopt;

  RepairReport report;
  report.mark_was_lost = !mark;
  if (const auto made = rebuild(folder, mark, key, options.random, report); !made) {
    CHECK(folder.tidy_up());
    return tl::make_unexpected(made.error());
  }
  CHECK(remove_all_of(folder.rows()));  // their cursor counts arrivals that are counted anew
  CHECK(remove_all_of(folder.copy()));
  CHECK(move(folder.fresh(), folder.recovered()));
  TRY(report.kept_original, folder.swap_in_recovered());
  TRY(const auto engine, open_engine(folder.db(), SealedDb::Care::open, folder, key, options.random));
  CHECK(create_mark(folder.mark_disk(), folder.mark(), engine->mark()));
  return report;
}

}  // namespace cunzheng::store
