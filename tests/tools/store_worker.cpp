// store_worker FOLDER COUNT [POINT NUMBER]
// Appends COUNT entries of a journal that everybody can make from its seed to the store in FOLDER, a few in each
// commit, going on where the store ends; prints "told N" when the first N entries are durable. With POINT it kills
// itself (SIGKILL) at the NUMBER-th such moment:
//   batch  LevelDB has synced a commit, the mark does not know it yet
//   slot   half of a slot of the mark is written
//   told   the mark is written, nobody was told
//   any    before any call to the disk

#include "shared/base/verify.hpp"
#include "sync/store/commit_mark.hpp"
#include "sync/store/leveldb_store.hpp"
#include "tests/support/store_work.hpp"

#include <leveldb/env.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>

namespace cunzheng::test {
namespace {

class Death {
 public:
  Death(std::string point, long number) : point_(std::move(point)), left_(number) {}

  bool is_due(const std::string& point) { return point == point_ && --left_ == 0; }
  void pass(const std::string& point) {
    if (is_due(point)) die();
  }
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;) ::pause();
  }

 private:
  std::string point_;
  std::atomic<long> left_;
};

class MortalFile final : public leveldb::WritableFile {
 public:
  MortalFile(Death& death, bool is_log, leveldb::WritableFile* file) : death_(death), is_log_(is_log), file_(file) {}
  leveldb::Status Append(const leveldb::Slice& bytes) override {
    death_.pass("any");
    return file_->Append(bytes);
  }
  leveldb::Status Close() override { return file_->Close(); }
  leveldb::Status Flush() override { return file_->Flush(); }
  leveldb::Status Sync() override {
    death_.pass("any");
    const auto status = file_->Sync();
    if (is_log_) death_.pass("batch");
    return status;
  }

 private:
  Death& death_;
  bool is_log_;
  std::unique_ptr<leveldb::WritableFile> file_;
};

class MortalDisk final : public leveldb::EnvWrapper, public store::MarkDisk {
 public:
  explicit MortalDisk(Death& death) : EnvWrapper(leveldb::Env::Default()), death_(death) {}

  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    death_.pass("any");
    const auto status = target()->NewWritableFile(name, file);
    if (status.ok()) *file = new MortalFile(death_, name.ends_with(".log"), *file);
    return status;
  }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    death_.pass("any");
    return target()->RenameFile(from, to);
  }
  leveldb::Status RemoveFile(const std::string& name) override {
    death_.pass("any");
    return target()->RemoveFile(name);
  }
  Status overwrite(const std::filesystem::path& file, std::size_t offset, ByteView bytes) override {
    if (death_.is_due("slot")) {
      CHECK(MarkDisk::overwrite(file, offset, bytes.first(bytes.size() / 2)));
      Death::die();
    }
    CHECK(MarkDisk::overwrite(file, offset, bytes));
    death_.pass("told");
    return {};
  }

 private:
  Death& death_;
};

int work(const std::filesystem::path& folder, journal::Seq count, Death& death) {
  MortalDisk disk(death);
  auto options = work_options(folder);
  options.env = &disk;
  options.mark_disk = &disk;
  auto store = store::open_leveldb_store(options, work_key());
  if (!store && store.error().code == FailureCode::not_found) store = store::create_leveldb_store(options, work_key());
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().what.en.c_str());
    return 1;
  }
  const auto journal = work_journal(count);
  const auto info = (*store)->journal(journal.id());
  for (auto next = info ? info->head.head.seq + 1 : 0; next < count;) {
    const auto last = std::min(next + next % 3, count - 1);
    const auto report = (*store)->append(std::vector{journal.range(next, last)});
    if (!report) {
      std::fprintf(stderr, "%s\n", report.error().what.en.c_str());
      return 1;
    }
    next = last + 1;
    std::printf("told %llu\n", static_cast<unsigned long long>(next));
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace cunzheng::test

int main(int argument_count, char** arguments) {
  VERIFY(argument_count == 3 || argument_count == 5);
  const bool is_mortal = argument_count == 5;
  cunzheng::test::Death death(is_mortal ? arguments[3] : "", is_mortal ? std::stol(arguments[4]) : 0);
  return cunzheng::test::work(arguments[1], std::stoull(arguments[2]), death);
}
