#pragma once
// Small files beside a store: written whole or not at all, readable by their owner only. Any thread, blocking.

#include "shared/base/bytes.hpp"

#include <filesystem>

namespace cunzheng::program {

// Replaces the file at once: after a crash there is the old content or the new, never a part. Mode 0600, durable on
// return, the folder entry too. unavailable: the disk is full or read-only.
Status write_file(const std::filesystem::path& file, ByteView bytes);

// not_found: no such file. unreadable: longer than `bytes_max`, or it cannot be read.
Result<Bytes> read_file(const std::filesystem::path& file, std::size_t bytes_max);

// A folder that only its owner may enter (0700), made if it is missing. refused if it belongs to somebody else.
Status make_private_folder(const std::filesystem::path& folder);

// refused unless only the owner can read the file: for keys.
Status check_private(const std::filesystem::path& file);

}  // namespace cunzheng::program
