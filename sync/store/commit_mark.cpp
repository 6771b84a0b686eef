#include "sync/store/commit_mark.hpp"

#include "shared/base/verify.hpp"
#include "shared/codec/archive.hpp"
#include "shared/crypto/hash.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace cunzheng::store {
namespace {

constexpr std::string_view magic{"CZMARK1\0", 8};
constexpr std::size_t length_at = magic.size();
constexpr std::size_t content_at = length_at + 4;
constexpr std::size_t check_at = mark_slot_bytes - 32;

// The largest mark fits: store, number, rolling, journals, count, heads of 72 bytes.
static_assert(content_at + 16 + 8 + 32 + 8 + 4 + 72 * marked_heads_max <= check_at);

tl::unexpected<Failure> disk_says(const std::filesystem::path& file, int error) {
  const auto why = file.string() + ": " + std::generic_category().message(error);
  return fail(FailureCode::unavailable, {"无法读写磁盘：" + why, "the disk cannot be read or written: " + why});
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& file, int flags) : number_(::open(file.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Status write_synced(const std::filesystem::path& file, int flags, std::size_t offset, ByteView bytes) {
  const Descriptor descriptor(file, flags);
  if (!descriptor.is_open()) return disk_says(file, errno);
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk_says(file, written == 0 ? EIO : errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::size_t>(written);
  }
  if (::fdatasync(descriptor.number()) != 0) return disk_says(file, errno);
  return {};
}

Bytes to_slot(const CommitMark& mark) {
  VERIFY(mark.heads.size() <= marked_heads_max);
  const auto content = codec::encode(mark);
  Bytes slot(mark_slot_bytes);
  const std::span<std::uint8_t> all(slot);
  std::copy(magic.begin(), magic.end(), slot.begin());
  put_le(all.subspan(length_at), static_cast<std::uint32_t>(content.size()));
  std::copy(content.begin(), content.end(), slot.begin() + content_at);
  const auto check = crypto::tagged_hash("commit-mark", ByteView(slot).first(check_at));
  std::copy(check.begin(), check.end(), slot.begin() + check_at);
  return slot;
}

std::optional<CommitMark> from_slot(ByteView slot) {
  if (!equal(slot.first(magic.size()), view_of(magic))) return std::nullopt;
  if (!equal(slot.subspan(check_at), crypto::tagged_hash("commit-mark", slot.first(check_at)))) return std::nullopt;
  const auto length = get_le<std::uint32_t>(slot.subspan(length_at));
  if (length > check_at - content_at) return std::nullopt;
  auto mark = codec::decode<CommitMark>(slot.subspan(content_at, length));
  if (!mark) return std::nullopt;
  return std::move(*mark);
}

std::size_t offset_of(const CommitMark& mark) { return mark.number % 2 * mark_slot_bytes; }

}  // namespace

Status MarkDisk::create(const std::filesystem::path& file, ByteView content) {
  CHECK(write_synced(file, O_WRONLY | O_CREAT | O_TRUNC, 0, content));
  return sync_folder(file.parent_path());
}

Result<std::optional<Bytes>> MarkDisk::read(const std::filesystem::path& file) {
  const Descriptor descriptor(file, O_RDONLY);
  if (!descriptor.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    return disk_says(file, errno);
  }
  Bytes content(2 * mark_slot_bytes);
  std::size_t filled = 0;
  while (filled < content.size()) {
    const auto got = ::pread(descriptor.number(), content.data() + filled, content.size() - filled,
                             static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_says(file, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

Status MarkDisk::overwrite(const std::filesystem::path& file, std::size_t offset, ByteView bytes) {
  return write_synced(file, O_WRONLY, offset, bytes);
}

Status MarkDisk::sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (!descriptor.is_open()) return disk_says(folder, errno);
  if (::fsync(descriptor.number()) != 0) return disk_says(folder, errno);
  return {};
}

Status create_mark(MarkDisk& disk, const std::filesystem::path& file, const CommitMark& mark) {
  Bytes content(2 * mark_slot_bytes);
  const auto slot = to_slot(mark);
  std::copy(slot.begin(), slot.end(), content.begin() + static_cast<std::ptrdiff_t>(offset_of(mark)));
  return disk.create(file, content);
}

Status write_mark(MarkDisk& disk, const std::filesystem::path& file, const CommitMark& mark) {
  return disk.overwrite(file, offset_of(mark), to_slot(mark));
}

Result<CommitMark> read_mark(MarkDisk& disk, const std::filesystem::path& file) {
  TRY(auto content, disk.read(file));
  if (!content) {
    return fail(FailureCode::not_found, {"缺少提交标记文件：" + file.string(), "there is no commit mark " + file.string()});
  }
  content->resize(2 * mark_slot_bytes);  // what was cut off counts as zeros
  auto first = from_slot(ByteView(*content).first(mark_slot_bytes));
  auto second = from_slot(ByteView(*content).subspan(mark_slot_bytes));
  if (!first && !second) {
    return fail(FailureCode::unreadable,
                {"提交标记文件已损坏：" + file.string(), "the commit mark is damaged: " + file.string()});
  }
  if (!first) return std::move(*second);
  if (!second) return std::move(*first);
  return first->number > second->number ? std::move(*first) : std::move(*second);
}

}  // namespace cunzheng::store
