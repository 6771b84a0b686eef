#include "sync/program/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cunzheng::program {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int operator*() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

tl::unexpected<Failure> trouble(const Text& doing, const std::filesystem::path& path, int error) {
  const auto code = error == ENOENT                     ? FailureCode::not_found
                    : error == EACCES || error == EPERM ? FailureCode::refused
                                                        : FailureCode::unavailable;
  const auto what = path.string() + "（" + std::strerror(error) + "）";
  return fail(code, {doing.zh + "：" + what, doing.en + ": " + path.string() + " (" + std::strerror(error) + ")"});
}

const Text writing{"写不了文件", "cannot write"};
const Text reading{"读不了文件", "cannot read"};

// The name of a file is durable only when its folder is.
Status sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open() || ::fsync(*descriptor) != 0) return trouble(writing, folder, errno);
  return {};
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  return folder.empty() ? "." : folder;
}

}  // namespace

Status write_file(const std::filesystem::path& file, ByteView bytes) {
  const auto fresh = std::filesystem::path(file.string() + ".new");
  {
    const Descriptor descriptor(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!descriptor.is_open()) return trouble(writing, fresh, errno);
    if (::fchmod(*descriptor, 0600) != 0) return trouble(writing, fresh, errno);
    while (!bytes.empty()) {
      const auto written = ::write(*descriptor, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return trouble(writing, fresh, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (::fsync(*descriptor) != 0) return trouble(writing, fresh, errno);
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) return trouble(writing, file, errno);
  return sync_folder(folder_of(file));
}

Result<Bytes> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a pipe must not hold us up
  if (!descriptor.is_open()) return trouble(reading, file, errno);
  struct stat about {};
  if (::fstat(*descriptor, &about) != 0) return trouble(reading, file, errno);
  if (!S_ISREG(about.st_mode)) {
    return fail(FailureCode::unreadable, {"不是普通文件：" + file.string(), "not a regular file: " + file.string()});
  }
  Bytes out;
  ByteArray<65536> piece;
  for (;;) {
    const auto count = ::read(*descriptor, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return trouble(reading, file, errno);
    if (count == 0) return out;
    append(out, ByteView(piece).first(static_cast<std::size_t>(count)));
    if (out.size() > bytes_max) {
      const auto most = std::to_string(bytes_max >> 10) + " KiB";
      return fail(FailureCode::unreadable, {"文件太大，最多" + most + "：" + file.string(),
                                            "too large, at most " + most + ": " + file.string()});
    }
  }
}

Status make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder_of(folder), error);
  if (error) return trouble(writing, folder, error.value());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return trouble(writing, folder, errno);
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return trouble(reading, folder, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) {
    return fail(FailureCode::refused,
                {"不是本用户自己的文件夹：" + folder.string(), "not a folder of this user: " + folder.string()});
  }
  if (::chmod(folder.c_str(), 0700) != 0) return trouble(writing, folder, errno);
  return sync_folder(folder_of(folder));
}

Status check_private(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return trouble(reading, file, errno);
  if ((info.st_mode & 077) != 0 || info.st_uid != ::geteuid()) {
    return fail(FailureCode::refused, {"密钥文件只能由本用户读写（权限0600）：" + file.string(),
                                       "a key file must be its owner's alone (mode 0600): " + file.string()});
  }
  return {};
}

}  // namespace cunzheng::program
