#include "shared/crypto/person_key.hpp"

#include "shared/crypto/hash.hpp"

#include <algorithm>

namespace cunzheng::crypto {

ByteArray<16> person_key(const SymmetricKey& index_key, std::string_view normalised_id_number) {
  const auto full = hmac_sha256(index_key.bytes(), view_of(normalised_id_number));
  ByteArray<16> key;
  std::copy_n(full.begin(), key.size(), key.begin());
  return key;
}

std::uint32_t exclusion_prefix(ByteView list_key, std::string_view normalised_id_number) {
  const auto full = hmac_sha256(list_key, view_of(normalised_id_number));
  return static_cast<std::uint32_t>(full[0]) << 12 | static_cast<std::uint32_t>(full[1]) << 4 | full[2] >> 4;
}

}  // namespace cunzheng::crypto
