#include "sync/store/leveldb_engine.hpp"

#include "shared/base/verify.hpp"
#include "shared/codec/archive.hpp"

#include <algorithm>

namespace cunzheng::store {
namespace {

using journal::EntryId;
using journal::JournalId;
using journal::Seq;

// Traces of older commits are dropped. What LevelDB may lose unnoticed lies in its logs, at most two write buffers of
// 8 MiB; the smallest commit takes more than 300 bytes of them.
constexpr std::uint64_t traces_kept = 1U << 16;

constexpr std::size_t stub_bytes = 32;  // an entry has at least 196

tl::unexpected<Failure> index_damaged(const Failure& why) {
  return fail(FailureCode::unreadable,
              {"存储的索引已损坏，请运行 repair 命令修复：" + why.what.zh,
               "an index of the store is damaged, run the repair command: " + why.what.en});
}

std::optional<EntryId> id_in_part(ByteView value) {
  EntryId id;
  std::copy_n(value.begin() + 1, id.value().size(), id.value().begin());
  if (id == EntryId{}) return std::nullopt;
  return id;
}

bool is_part_value(ByteView value) {
  return value.size() >= 1 + 32 && value[0] <= static_cast<std::uint8_t>(Kept::Part::erased);
}

// Damage is told by nullopt, the disk's no by a failure.
Result<std::optional<Bytes>> get_or_damaged(SealedDb& db, ByteView key) {
  auto value = db.get(key);
  if (!value && value.error().code == FailureCode::unreadable) return std::nullopt;
  return value;
}

}  // namespace

std::uint64_t oldest_trace(const CommitRecord& last) {
  return std::max(last.since, last.number >= traces_kept ? last.number - traces_kept + 1 : 0);
}

Result<std::unique_ptr<LevelEngine>> LevelEngine::load(std::unique_ptr<SealedDb> db, StoreId store) {
  std::unique_ptr<LevelEngine> engine(new LevelEngine(std::move(db), store));
  auto& sealed = *engine->db_;
  TRY(const auto commit, sealed.get(key::commit()));
  if (!commit) return fail(FailureCode::unreadable, {"存储已损坏：缺少提交记录", "the store is damaged: no commit record"});
  TRY(engine->commit_, codec::decode<CommitRecord>(*commit));

  Status lines;
  CHECK(sealed.scan(ByteView(key::line(0)).first(1), key::line(0), [&](ByteView key, ByteView raw) {
    const auto value = sealed.open_value(key, raw);
    auto info = value ? codec::decode<JournalInfo>(*value) : Result<JournalInfo>(tl::make_unexpected(value.error()));
    if (!info) {
      lines = tl::make_unexpected(info.error());
    } else if (key::line_in(key) != engine->lines_.size()) {
      lines = fail(FailureCode::unreadable, {"存储已损坏：缺少日志记录", "the store is damaged: the record of a journal is missing"});
    } else {
      engine->numbers_.emplace(info->id, key::line_in(key));
      engine->lines_.push_back(std::move(*info));
    }
    return lines.has_value();
  }));
  CHECK(lines);
  return engine;
}

std::vector<JournalInfo> LevelEngine::lines() const { return lines_; }

CommitMark LevelEngine::mark() const {
  CommitMark mark{store_, commit_.number, commit_.rolling, lines_.size(), {}};
  for (const auto& [id, number] : numbers_) {
    if (mark.heads.size() == marked_heads_max) break;
    mark.heads.push_back(lines_[number].head.head);
  }
  return mark;
}

Result<bool> LevelEngine::has_every_commit() {
  auto expected = oldest_trace(commit_);
  CHECK(db_->scan(ByteView(key::trace(0)).first(1), key::trace(expected), [&](ByteView key, ByteView) {
    if (key::number_in(key) != expected) return false;
    ++expected;
    return true;
  }));
  return expected == commit_.number + 1;
}

void LevelEngine::serve(std::unique_ptr<FolderLock> lock, MarkDisk& disk, std::filesystem::path mark_file) {
  lock_ = std::move(lock);
  mark_disk_ = &disk;
  mark_file_ = std::move(mark_file);
}

Result<Kept> LevelEngine::load(const Place& place) {
  const auto line = number_of(place.journal);
  TRY(auto entry, get_or_damaged(*db_, key::entry(line, place.seq)));
  TRY(const auto part, get_or_damaged(*db_, key::part(line, place.seq)));
  Kept kept;
  kept.part_damaged = !part || !is_part_value(*part);
  if (!kept.part_damaged) {
    kept.part = static_cast<Kept::Part>((*part)[0]);
    kept.id = id_in_part(*part);
    kept.private_part = bytes_of(ByteView(*part).subspan(1 + 32));
  }
  if (!entry) {
    kept.damaged = true;
  } else if (entry->size() == stub_bytes) {
    kept.id.emplace();
    std::copy(entry->begin(), entry->end(), kept.id->value().begin());
  } else {
    kept.id = journal::id_of(*entry);
    kept.entry = std::move(*entry);
  }
  return kept;
}

Result<std::vector<journal::SignedHead>> LevelEngine::heads(const JournalId& line, Seq from, std::size_t most) {
  std::vector<journal::SignedHead> out;
  const auto number = number_of(line);
  const auto read = db_->scan(ByteView(key::head(number, 0)).first(5), key::head(number, from), [&](ByteView key, ByteView raw) {
    const auto value = db_->open_value(key, raw);
    const auto head = value ? codec::decode<journal::SignedHead>(*value) : tl::make_unexpected(value.error());
    if (head) out.push_back(*head);
    return out.size() < most;
  });
  if (!read && read.error().code != FailureCode::unreadable) return tl::make_unexpected(read.error());
  return out;
}

Result<std::vector<Place>> LevelEngine::places_of(const domain::SubjectId& subject) {
  std::vector<Place> out;
  const auto first = key::subject(subject, 0, 0);
  const auto prefix = ByteView(first).first(1 + 16);
  const auto read = db_->scan(prefix, prefix, [&](ByteView key, ByteView) {
    const auto [line, seq] = key::place_in(key);
    if (line < lines_.size()) out.push_back({lines_[line].id, seq});
    return true;
  });
  if (!read && read.error().code == FailureCode::unreadable) return index_damaged(read.error());
  CHECK(read);
  return out;
}

Result<bool> LevelEngine::is_indexed(const domain::SubjectId& subject, const Place& place) {
  const auto value = db_->get_raw(key::subject(subject, number_of(place.journal), place.seq));
  if (!value && value.error().code == FailureCode::unreadable) return false;
  CHECK(value);
  return value->has_value();
}

Result<std::vector<Arrival>> LevelEngine::arrivals(std::uint64_t after, std::size_t most) {
  std::vector<Arrival> out;
  if (most == 0 || after >= commit_.arrivals) return out;
  Status opened;
  auto next = after + 1;
  const auto read = db_->scan(ByteView(key::arrival(0)).first(1), key::arrival(next), [&](ByteView key, ByteView raw) {
    const auto value = db_->open_value(key, raw);
    const auto run = value ? codec::decode<ArrivalRun>(*value) : tl::make_unexpected(value.error());
    const auto last = key::number_in(key);
    const bool fits = run && run->line < lines_.size() && run->count <= last && last - run->count < next;
    if (!fits) {
      opened = fail(FailureCode::unreadable, {"到达记录缺失或损坏", "records of arrival are missing or damaged"});
      return false;
    }
    for (; next <= last && out.size() < most; ++next) {
      out.push_back({next, {lines_[run->line].id, run->first + (next - (last - run->count + 1))}});
    }
    return out.size() < most;
  });
  if (!read && read.error().code == FailureCode::unreadable) return index_damaged(read.error());
  CHECK(read);
  if (opened && out.size() < most && next <= commit_.arrivals) {
    opened = fail(FailureCode::unreadable, {"到达记录缺失", "records of arrival are missing"});
  }
  if (!opened) return index_damaged(opened.error());
  return out;
}

void LevelEngine::put_lines(SealedDb::Batch& batch, const std::map<JournalId, JournalInfo>& lines) {
  for (const auto& [id, info] : lines) {
    const auto [at, is_new] = numbers_.emplace(id, static_cast<key::Line>(lines_.size()));
    if (is_new) {
      lines_.push_back(info);
    } else {
      lines_[at->second] = info;
    }
    batch.put(key::line(at->second), codec::encode(info));
  }
}

void LevelEngine::put_writes(SealedDb::Batch& batch, const std::vector<Changes::Write>& writes,
                             std::uint64_t& arrivals) {
  ArrivalRun run;
  const auto end_run = [&] {
    if (run.count == 0) return;
    arrivals += run.count;
    batch.put(key::arrival(arrivals), codec::encode(run));
    run = {};
  };
  for (const auto& write : writes) {
    const auto line = number_of(write.place.journal);
    const auto seq = write.place.seq;
    const auto& item = *write.item;
    if (write.puts_entry) batch.put(key::entry(line, seq), item.is_stub() ? ByteView(item.id.value()) : ByteView(item.entry));
    if (write.puts_part) batch.put(key::part(line, seq), part_value(item));
    if (write.subject) batch.put_raw(key::subject(*write.subject, line, seq), {});
    if (run.line != line || run.first + run.count != seq) end_run();
    if (run.count == 0) run = {line, seq, 0};
    ++run.count;
  }
  end_run();
}

Status LevelEngine::commit(const Changes& changes) {
  VERIFY(mark_disk_ != nullptr);
  SealedDb::Batch batch(*db_);
  auto next = commit_;
  ++next.number;
  next.before = commit_.rolling;
  put_lines(batch, changes.lines);
  put_writes(batch, changes.writes, next.arrivals);
  for (const auto& [line, head] : changes.heads) {
    batch.put(key::head(number_of(line), head.head.seq), codec::encode(head));
  }
  for (const auto& place : changes.erased) {
    TRY(const auto kept, load(place));
    batch.put(key::part(number_of(place.journal), place.seq), erased_part_value(kept.id));
  }
  batch.put_raw(key::trace(next.number), {});
  if (next.number >= traces_kept) batch.erase(key::trace(next.number - traces_kept));
  next.rolling = rolling_hash(commit_.rolling, next.number, batch.digest());
  batch.put(key::commit(), codec::encode(next));
  CHECK(db_->write(batch, true));
  commit_ = next;
  CHECK(write_mark(*mark_disk_, mark_file_, mark()));
  for (const auto& place : changes.erased) db_->compact(key::part(number_of(place.journal), place.seq));
  return {};
}

Result<std::vector<Text>> LevelEngine::check() {
  std::vector<Text> wrong;
  const auto mark = read_mark(*mark_disk_, mark_file_);
  if (!mark) {
    wrong.push_back(mark.error().what);
  } else if (mark->store != store_ || mark->number != commit_.number || mark->rolling != commit_.rolling) {
    wrong.push_back({"提交标记与存储不符", "the commit mark does not agree with the store"});
  }
  const auto complete = has_every_commit();
  if (!complete) {
    wrong.push_back(complete.error().what);
  } else if (!*complete) {
    wrong.push_back({"缺少提交", "commits are missing"});
  }
  // Every block once, whatever is in it.
  const auto all = db_->scan({}, {}, [](ByteView, ByteView) { return true; });
  if (!all) wrong.push_back(all.error().what);
  return wrong;
}

}  // namespace cunzheng::store
