#pragma once
// Looking a person up without writing the ID number down. `normalised_id_number` is the 18-character form
// with an upper-case X that shared/domain makes; another spelling gives another key.

#include "shared/base/bytes.hpp"
#include "shared/crypto/seal.hpp"

#include <string_view>

namespace cunzheng::crypto {

// HMAC-SHA256(index key, number), its first 16 bytes: the key of the person in this store and in no other.
ByteArray<16> person_key(const SymmetricKey& index_key, std::string_view normalised_id_number);

// The first 20 bits of HMAC-SHA256(list key, number), 0 .. 2^20-1: so few that a stolen exclusion list proves
// nothing about anybody, and a hit means "possible match, ask" (R72). A new list has a new key.
std::uint32_t exclusion_prefix(ByteView list_key, std::string_view normalised_id_number);

}  // namespace cunzheng::crypto
