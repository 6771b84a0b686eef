#include "tests/support/faulty_disk.hpp"

#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

namespace cunzheng::test {

using leveldb::Slice;

class FaultySequentialFile final : public leveldb::SequentialFile {
 public:
  FaultySequentialFile(FaultyDisk& disk, std::string name, leveldb::SequentialFile* file)
      : disk_(disk), name_(std::move(name)), file_(file) {}
  leveldb::Status Read(size_t size, Slice* result, char* scratch) override {
    if (auto status = disk_.pass(FaultyDisk::Call::reads, name_); !status.ok()) return status;
    return file_->Read(size, result, scratch);
  }
  leveldb::Status Skip(std::uint64_t size) override { return file_->Skip(size); }

 private:
  FaultyDisk& disk_;
  std::string name_;
  std::unique_ptr<leveldb::SequentialFile> file_;
};

class FaultyRandomAccessFile final : public leveldb::RandomAccessFile {
 public:
  FaultyRandomAccessFile(FaultyDisk& disk, std::string name, leveldb::RandomAccessFile* file)
      : disk_(disk), name_(std::move(name)), file_(file) {}
  leveldb::Status Read(std::uint64_t offset, size_t size, Slice* result, char* scratch) const override {
    if (auto status = disk_.pass(FaultyDisk::Call::reads, name_); !status.ok()) return status;
    return file_->Read(offset, size, result, scratch);
  }

 private:
  FaultyDisk& disk_;
  std::string name_;
  std::unique_ptr<leveldb::RandomAccessFile> file_;
};

class FaultyWritableFile final : public leveldb::WritableFile {
 public:
  FaultyWritableFile(FaultyDisk& disk, std::string name, leveldb::WritableFile* file, std::uint64_t size)
      : disk_(disk), name_(std::move(name)), file_(file), size_(size) {}

  leveldb::Status Append(const Slice& bytes) override {
    const auto fault = disk_.next(FaultyDisk::Call::writes);
    if (fault == DiskFault::none) {
      size_ += bytes.size();
      return file_->Append(bytes);
    }
    if (fault == DiskFault::torn) {
      file_->Append(Slice(bytes.data(), bytes.size() / 2));
      file_->Flush();
      size_ += bytes.size() / 2;
    }
    return disk_.fails(fault, name_);
  }
  leveldb::Status Close() override {
    const auto closed = file_->Close();
    const auto status = disk_.pass(FaultyDisk::Call::writes, name_);
    return status.ok() ? closed : status;
  }
  leveldb::Status Flush() override {
    if (auto status = disk_.pass(FaultyDisk::Call::writes, name_); !status.ok()) return status;
    return file_->Flush();
  }
  leveldb::Status Sync() override {
    if (auto status = disk_.pass(FaultyDisk::Call::syncs, name_); !status.ok()) return status;
    const auto flushed = file_->Flush();
    if (!flushed.ok()) return flushed;
    const std::lock_guard guard(disk_.mutex_);
    if (disk_.calls_ < disk_.lies_from_) disk_.synced_[name_] = size_;
    return flushed;
  }

 private:
  FaultyDisk& disk_;
  std::string name_;
  std::unique_ptr<leveldb::WritableFile> file_;
  std::uint64_t size_;
};

void FaultyDisk::arm(DiskFault fault, std::size_t call) {
  const std::lock_guard guard(mutex_);
  fault_ = fault;
  at_ = call;
  calls_ = 0;
  struck_ = false;
}

std::size_t FaultyDisk::calls() const {
  const std::lock_guard guard(mutex_);
  return calls_;
}

bool FaultyDisk::struck() const {
  const std::lock_guard guard(mutex_);
  return struck_;
}

void FaultyDisk::lose_unsynced(SeededRandom& random) {
  const std::lock_guard guard(mutex_);
  for (const auto& [name, size] : synced_) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(name, error)) continue;
    const auto now = std::filesystem::file_size(name, error);
    if (now <= size) continue;
    std::filesystem::resize_file(name, random.one_in(2) ? size : random.between(size, now), error);
  }
  synced_.clear();
}

DiskFault FaultyDisk::next(Call call) {
  const std::lock_guard guard(mutex_);
  ++calls_;
  if (fault_ == DiskFault::none || calls_ < at_) return DiskFault::none;
  const bool lasts = fault_ == DiskFault::no_space || fault_ == DiskFault::power_cut;
  if (!lasts && calls_ != at_) return DiskFault::none;
  if (fault_ == DiskFault::no_space && call != Call::writes) return DiskFault::none;
  struck_ = true;
  return fault_;
}

leveldb::Status FaultyDisk::fails(DiskFault fault, const std::string& name) const {
  return leveldb::Status::IOError(name,
                                  fault == DiskFault::no_space ? "No space left on device" : "Input/output error");
}

leveldb::Status FaultyDisk::pass(Call call, const std::string& name) {
  const auto fault = next(call);
  return fault == DiskFault::none ? leveldb::Status::OK() : fails(fault, name);
}

leveldb::Status FaultyDisk::NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) {
  if (auto status = pass(Call::reads, name); !status.ok()) return status;
  const auto status = target()->NewSequentialFile(name, file);
  if (status.ok()) *file = new FaultySequentialFile(*this, name, *file);
  return status;
}

leveldb::Status FaultyDisk::NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) {
  if (auto status = pass(Call::reads, name); !status.ok()) return status;
  const auto status = target()->NewRandomAccessFile(name, file);
  if (status.ok()) *file = new FaultyRandomAccessFile(*this, name, *file);
  return status;
}

leveldb::Status FaultyDisk::NewWritableFile(const std::string& name, leveldb::WritableFile** file) {
  if (auto status = pass(Call::writes, name); !status.ok()) return status;
  const auto status = target()->NewWritableFile(name, file);
  if (!status.ok()) return status;
  *file = new FaultyWritableFile(*this, name, *file, 0);
  const std::lock_guard guard(mutex_);
  synced_[name] = 0;
  return status;
}

leveldb::Status FaultyDisk::NewAppendableFile(const std::string& name, leveldb::WritableFile** file) {
  if (auto status = pass(Call::writes, name); !status.ok()) return status;
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  const auto status = target()->NewAppendableFile(name, file);
  if (status.ok()) *file = new FaultyWritableFile(*this, name, *file, error ? 0 : size);
  return status;
}

leveldb::Status FaultyDisk::GetChildren(const std::string& folder, std::vector<std::string>* names) {
  if (auto status = pass(Call::reads, folder); !status.ok()) return status;
  return target()->GetChildren(folder, names);
}

leveldb::Status FaultyDisk::RemoveFile(const std::string& name) {
  if (auto status = pass(Call::syncs, name); !status.ok()) return status;
  const std::lock_guard guard(mutex_);
  synced_.erase(name);
  return target()->RemoveFile(name);
}

leveldb::Status FaultyDisk::CreateDir(const std::string& name) {
  if (auto status = pass(Call::writes, name); !status.ok()) return status;
  return target()->CreateDir(name);
}

leveldb::Status FaultyDisk::GetFileSize(const std::string& name, std::uint64_t* size) {
  if (auto status = pass(Call::reads, name); !status.ok()) return status;
  return target()->GetFileSize(name, size);
}

leveldb::Status FaultyDisk::RenameFile(const std::string& from, const std::string& to) {
  if (auto status = pass(Call::writes, from); !status.ok()) return status;
  const std::lock_guard guard(mutex_);
  if (const auto moved = synced_.extract(from)) synced_[to] = moved.mapped();
  return target()->RenameFile(from, to);
}

leveldb::Status FaultyDisk::LockFile(const std::string& name, leveldb::FileLock** lock) {
  if (auto status = pass(Call::reads, name); !status.ok()) return status;
  return target()->LockFile(name, lock);
}

Result<std::size_t> FaultyDisk::arriving(Call call, std::size_t size) {
  const auto fault = next(call);
  if (fault == DiskFault::none) return size;
  if (fault == DiskFault::torn) return size / 2;
  return fail(FailureCode::unavailable, {"磁盘故障", fails(fault, "commit.mark").ToString()});
}

Status FaultyDisk::create(const std::filesystem::path& file, ByteView content) {
  TRY(const auto arrives, arriving(Call::writes, content.size()));
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(arrives));
  if (arrives < content.size()) return fail(FailureCode::unavailable, {"磁盘故障", "torn"});
  return {};
}

Result<std::optional<Bytes>> FaultyDisk::read(const std::filesystem::path& file) {
  CHECK(arriving(Call::reads, 0));
  return MarkDisk::read(file);
}

Status FaultyDisk::overwrite(const std::filesystem::path& file, std::size_t offset, ByteView bytes) {
  TRY(const auto arrives, arriving(Call::writes, bytes.size()));
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(arrives));
  if (arrives < bytes.size()) return fail(FailureCode::unavailable, {"磁盘故障", "torn"});
  return {};
}

Status FaultyDisk::sync_folder(const std::filesystem::path&) {
  CHECK(arriving(Call::syncs, 0));
  return {};
}

}  // namespace cunzheng::test
