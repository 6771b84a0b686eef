#include "sync/store/leveldb_store.hpp"

#include "shared/codec/archive.hpp"
#include "sync/store/journal_store.hpp"
#include "sync/store/leveldb_folder.hpp"

namespace cunzheng::store {
namespace {

constexpr std::uint64_t arrivals_checked = 1000;

Status write_first_commit(SealedDb& db, const StoreId& store, const crypto::SymmetricKey& key, Random* random,
                          CommitRecord& commit) {
  db.unseal(store, entries_key(key), random);
  SealedDb::Batch batch(db);
  batch.put_raw(key::meta(), meta_value(store, key, *random));
  batch.put_raw(key::trace(0), {});
  commit.rolling = rolling_hash(commit.before, 0, batch.digest());
  batch.put(key::commit(), codec::encode(commit));
  return db.write(batch, true);
}

// What was read of late is most likely to be read again: damage there should be known at once.
Result<std::vector<FsckReport::Damage>> damages_among_last(LevelEngine& engine) {
  std::vector<FsckReport::Damage> damages;
  const auto last = engine.last_commit().arrivals;
  const auto arrivals = engine.arrivals(last > arrivals_checked ? last - arrivals_checked : 0, arrivals_checked);
  if (!arrivals) {
    if (arrivals.error().code == FailureCode::unavailable) return tl::make_unexpected(arrivals.error());
    damages.push_back({{}, arrivals.error().what, false});
    return damages;
  }
  for (const auto& arrival : *arrivals) {
    TRY(const auto kept, engine.load(arrival.place));
    if (kept.damaged) damages.push_back({arrival.place, {"条目已损坏", "the entry is damaged"}, true});
    if (kept.part_damaged) damages.push_back({arrival.place, {"私密部分已损坏", "the private part is damaged"}, true});
  }
  return damages;
}

}  // namespace

Result<std::unique_ptr<EntryStore>> create_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key) {
  const StoreFolder folder(options);
  CHECK(make_private_folder(folder.path()));
  TRY(auto lock, folder.lock());

  const auto taken = [&] {
    return fail(FailureCode::conflict, {"文件夹里已有存储：" + folder.path().string(),
                                        "the folder already holds a store: " + folder.path().string()});
  };
  if (is_there(folder.db()) || is_there(folder.recovered())) return taken();
  // A mark without a database: of a creation that did not finish, or all that is left of a store.
  const auto old_mark = read_mark(folder.mark_disk(), folder.mark());
  if (!old_mark && old_mark.error().code == FailureCode::unavailable) return tl::make_unexpected(old_mark.error());
  const bool is_unfinished = old_mark && old_mark->number == 0;
  if (is_there(folder.mark()) && !is_unfinished) return taken();
  CHECK(remove_all_of(folder.fresh()));

  CommitRecord commit;
  const StoreId store{draw<16>(*options.random)};
  {
    TRY(const auto db, SealedDb::open(folder.fresh(), SealedDb::Care::create, folder.env()));
    CHECK(write_first_commit(*db, store, key, options.random, commit));
  }
  CHECK(create_mark(folder.mark_disk(), folder.mark(), {store, 0, commit.rolling, 0, {}}));
  CHECK(move(folder.fresh(), folder.db()));
  CHECK(folder.sync());
  TRY(auto engine, open_engine(folder.db(), SealedDb::Care::open, folder, key, options.random));
  engine->serve(std::move(lock), folder.mark_disk(), folder.mark());
  return std::make_unique<JournalStore>(std::move(engine), std::vector<JournalInfo>{});
}

Result<std::unique_ptr<EntryStore>> open_leveldb_store(const StoreOptions& options, const crypto::SymmetricKey& key,
                                                       OpenReport* report) {
  const StoreFolder folder(options);
  const auto nothing_here = [&] {
    return fail(FailureCode::not_found,
                {"这里没有存储：" + folder.path().string(), "there is no store in " + folder.path().string()});
  };
  if (!is_there(folder.path())) return nothing_here();
  TRY(auto lock, folder.lock());
  CHECK(folder.tidy_up());

  const auto mark = read_mark(folder.mark_disk(), folder.mark());
  const bool has_db = is_there(folder.db());
  if (!mark) {
    if (mark.error().code == FailureCode::unavailable) return tl::make_unexpected(mark.error());
    if (!has_db && !is_there(folder.mark())) return nothing_here();
    if (mark.error().code == FailureCode::unreadable) return tl::make_unexpected(needs_repair(mark.error().what));
    return fail(FailureCode::refused,
                {"缺少提交标记文件 commit.mark，无法确认存储是否完整。请恢复完整的备份，或运行 repair 命令",
                 "the file commit.mark is missing, so nobody can say whether the store is complete. Restore a complete "
                 "backup or run the repair command"});
  }
  if (!has_db) {
    if (mark->number == 0) return nothing_here();  // creation did not finish
    return fail(FailureCode::unreadable,
                {"存储的数据库文件夹 db 不见了，没有可修复的内容。请恢复完整的备份；没有备份的，改用新的空文件夹重新登记，"
                 "送到区里的内容会取回",
                 "the database folder db of the store is gone and nothing is left to repair. Restore a complete backup; "
                 "without one enrol in a new empty folder, and what had reached the hub comes back"});
  }

  OpenReport seen;
  auto opened = open_engine(folder.db(), SealedDb::Care::open, folder, key, options.random);
  if (!opened && opened.error().code == FailureCode::unreadable) {
    const auto kept_original = recover(folder, *mark, key, options.random);
    if (!kept_original) {
      if (kept_original.error().code == FailureCode::unavailable) return tl::make_unexpected(kept_original.error());
      return tl::make_unexpected(needs_repair(opened.error().what));
    }
    seen.recovered = true;
    seen.kept_original = *kept_original;
    opened = open_engine(folder.db(), SealedDb::Care::open, folder, key, options.random);
  }
  TRY(auto engine, std::move(opened));
  TRY(seen.mark_was_behind, is_mark_behind(*engine, *mark));
  if (seen.mark_was_behind) CHECK(write_mark(folder.mark_disk(), folder.mark(), engine->mark()));
  TRY(seen.damages, damages_among_last(*engine));
  if (report != nullptr) *report = std::move(seen);

  const auto lines = engine->lines();
  engine->serve(std::move(lock), folder.mark_disk(), folder.mark());
  return std::make_unique<JournalStore>(std::move(engine), lines);
}

}  // namespace cunzheng::store
