#include "sync/store/leveldb_log.hpp"

#include "sync/store/leveldb_folder.hpp"

#include <array>
#include <fstream>

namespace cunzheng::store {
namespace {

constexpr std::size_t block_bytes = 32768;
constexpr std::size_t header_bytes = 7;
constexpr std::uint8_t type_full = 1;
constexpr std::uint8_t type_last = 4;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    auto crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0);  // Castagnoli
    table[byte] = crc;
  }
  return table;
}

std::uint32_t masked_crc32c(ByteView bytes) {
  static constexpr auto table = make_crc_table();
  std::uint32_t crc = ~0U;
  for (const auto byte : bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

Result<Bytes> read_log(const std::filesystem::path& log) {
  std::ifstream stream(log, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) {
    return fail(FailureCode::unavailable,
                {"无法读取 " + log.string(), "cannot read " + log.string()});
  }
  return bytes_of(view_of(content));
}

}  // namespace

LogDamage damage_of_log(ByteView log) {
  LogDamage damage;
  for (std::size_t block = 0; block < log.size(); block += block_bytes) {
    const auto end = std::min(log.size(), block + block_bytes);
    const bool is_last_block = end == log.size();
    for (auto at = block; at + header_bytes <= end;) {
      const auto length = get_le<std::uint16_t>(log.subspan(at + 4));
      const auto type = log[at + 6];
      if (type == 0 && length == 0) break;  // blank to the end of the block
      const auto next = at + header_bytes + length;
      if (next > end && is_last_block) break;  // the writer died here, LevelDB knows that
      const bool is_good = next <= end && type <= type_last &&
                           get_le<std::uint32_t>(log.subspan(at)) == masked_crc32c(log.subspan(at + 6, 1U + length));
      if (!is_good) {
        damage.bad.emplace_back(at, end - at);
        break;
      }
      at = next;
      if (damage.bad.empty() && (type == type_full || type == type_last)) damage.good_end = at;
    }
  }
  return damage;
}

Result<bool> cut_damaged_tail(const std::filesystem::path& log) {
  TRY(const auto content, read_log(log));
  const auto damage = damage_of_log(content);
  if (damage.bad.empty()) return false;
  std::error_code error;
  std::filesystem::resize_file(log, damage.good_end, error);
  if (error) return fail(FailureCode::unavailable, {error.message(), error.message()});
  CHECK(sync_file(log));
  return true;
}

Status blank_damage(const std::filesystem::path& log) {
  TRY(const auto content, read_log(log));
  std::fstream stream(log, std::ios::in | std::ios::out | std::ios::binary);
  for (const auto& [offset, length] : damage_of_log(content).bad) {
    stream.seekp(static_cast<std::streamoff>(offset));
    const std::string zeros(length, '\0');
    stream.write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
  }
  stream.close();
  if (!stream) return fail(FailureCode::unavailable, {"无法写入 " + log.string(), "cannot write " + log.string()});
  return {};
}

}  // namespace cunzheng::store
