#pragma once
// LevelDB's log format, read with checksums: what of a damaged log is still good. LevelDB itself offers only all or,
// unchecked, anything: and Debian's build stops the process when it stumbles over unchecked damage.
//
// A log is blocks of 32 KiB; a block holds records of {crc32c of type and bytes, masked, 4; length 2; type 1; bytes},
// whole (1) or in parts (first 2, middle 3, last 4), and zeros where less than a header fits.

#include "shared/base/bytes.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace cunzheng::store {

struct LogDamage {
  std::uint64_t good_end = 0;  // where the last whole record before any damage ends
  std::vector<std::pair<std::size_t, std::size_t>> bad;  // offset and length of what does not check
};
LogDamage damage_of_log(ByteView log);

// Cuts the log off where its damage begins. What LevelDB then reads without complaint is what was written before.
// Answers whether there was any.
Result<bool> cut_damaged_tail(const std::filesystem::path& log);

// Puts zeros over what does not check, which LevelDB passes over: the good records behind it stay.
Status blank_damage(const std::filesystem::path& log);

}  // namespace cunzheng::store
