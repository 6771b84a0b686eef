#include "sync/store/leveldb_folder.hpp"

#include "shared/base/verify.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace cunzheng::store {
namespace {

MarkDisk& system_mark_disk() {
  static MarkDisk disk;
  return disk;
}

tl::unexpected<Failure> file_system_says(const std::error_code& error, const std::filesystem::path& path) {
  const auto why = path.string() + ": " + error.message();
  return fail(FailureCode::unavailable, {"无法读写磁盘（空间可能不足）：" + why, "the disk cannot be read or written (is it full?): " + why});
}

// LevelDB's lock and its talk are not part of the database.
bool is_of_database(const std::string& name) { return name != "LOCK" && name != "LOG" && name != "LOG.old"; }

Result<std::vector<std::filesystem::path>> files_of(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error)) files.push_back(at->path());
  }
  if (error) return file_system_says(error, folder);
  return files;
}

}  // namespace

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(std::filesystem::symlink_status(path, error));
}

Status make_private_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  if (error) return file_system_says(error, path);
  return {};
}

Status move(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) return file_system_says(error, from);
  return {};
}

Status remove_all_of(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return file_system_says(error, path);
  return {};
}

Failure needs_repair(const Text& what) {
  return {FailureCode::unreadable,
          {what.zh + "。原有文件未改动。请先复制整个存储文件夹，再恢复完整的备份，或运行 repair 命令（缺少的内容会从中心取回）",
           what.en + ". Nothing was changed. Copy the whole store folder, then restore a complete backup or run the "
                     "repair command (what is missing comes back from the hub)"},
          {},
          {}};
}

StoreFolder::StoreFolder(const StoreOptions& options)
    : path_(options.folder),
      env_(options.env),
      mark_disk_(options.mark_disk == nullptr ? &system_mark_disk() : options.mark_disk) {
  VERIFY(options.random != nullptr);
}

Result<std::unique_ptr<FolderLock>> StoreFolder::lock() const { return FolderLock::take(path_ / "store.lock", env_); }

Status StoreFolder::tidy_up() const {
  CHECK(remove_all_of(copy()));
  CHECK(remove_all_of(fresh()));
  if (!is_there(recovered())) return {};
  if (is_there(db())) return remove_all_of(recovered());
  CHECK(move(recovered(), db()));
  return sync();
}

Result<std::filesystem::path> StoreFolder::swap_in_recovered() const {
  std::filesystem::path kept;
  for (int number = 1; kept.empty() || is_there(kept); ++number) kept = path_ / ("db.damaged-" + std::to_string(number));
  CHECK(sync());
  CHECK(move(db(), kept));
  CHECK(move(recovered(), db()));  // a crash right before this: tidy_up() does it
  CHECK(sync());
  return kept;
}

Result<std::unique_ptr<LevelEngine>> open_engine(const std::filesystem::path& db, SealedDb::Care care,
                                                 const StoreFolder& folder, const crypto::SymmetricKey& key,
                                                 Random* random) {
  TRY(auto sealed, SealedDb::open(db, care, folder.env()));
  TRY(const auto store, check_meta(*sealed, key, random));
  return LevelEngine::load(std::move(sealed), store);
}

Result<bool> is_mark_behind(LevelEngine& engine, const CommitMark& mark) {
  const auto& commit = engine.last_commit();
  const auto refused = [](const char* zh, const char* en) {
    return fail(FailureCode::refused,
                {std::string(zh) + "。请恢复完整的备份（包括 commit.mark），或运行 repair 命令",
                 std::string(en) + ". Restore a complete backup, commit.mark included, or run the repair command"});
  };
  if (mark.store != engine.store()) return refused("提交标记属于另一个存储", "the commit mark is another store's");
  if (commit.number < mark.number) {
    const auto lost = std::to_string(mark.number - commit.number);
    return tl::make_unexpected(needs_repair({"存储缺少" + lost + "次已确认的提交",
                                             lost + " confirmed commits are missing in the store"}));
  }
  const bool is_behind = commit.number == mark.number + 1;
  if (commit.number > mark.number + 1) return refused("提交标记比存储旧", "the commit mark is older than the store");
  if (mark.rolling != (is_behind ? commit.before : commit.rolling)) {
    return refused("提交标记与存储来自不同的历史", "commit mark and store have different histories");
  }
  TRY(const bool complete, engine.has_every_commit());
  if (!complete) {
    return tl::make_unexpected(needs_repair({"存储中间缺少已确认的提交", "confirmed commits are missing in the middle of the store"}));
  }
  return is_behind;
}

Status sync_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_synced) return file_system_says({error, std::generic_category()}, file);
  return {};
}

Status StoreFolder::copy_database() const {
  CHECK(make_private_folder(copy()));
  TRY(const auto files, files_of(db()));
  std::error_code error;
  for (const auto& file : files) {
    if (!is_of_database(file.filename().string())) continue;
    const auto target = copy() / file.filename();
    std::filesystem::copy_file(file, target, error);
    if (error) return file_system_says(error, target);
    CHECK(sync_file(target));
  }
  return mark_disk_->sync_folder(copy());
}

Result<std::vector<std::filesystem::path>> logs_of(const std::filesystem::path& database) {
  TRY(auto files, files_of(database));
  std::erase_if(files, [](const auto& file) { return file.extension() != ".log"; });
  return files;
}

}  // namespace cunzheng::store
