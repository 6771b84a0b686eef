#pragma once
// Which set of algorithms bytes were made with. A device keeps one suite for the life of its key.

#include "shared/base/result.hpp"

#include <cstdint>

namespace cunzheng::crypto {

enum class Suite : std::uint8_t {
  sha256_ed25519 = 1,  // SHA-256, Ed25519 (profile: signer.hpp), XChaCha20-Poly1305, Argon2id
  sm3_sm2 = 2,         // SM3, SM2, SM4: reserved, not accepted
};

// Only suite 1 is accepted; everything else is bad input in field "suite".
Status check_suite(std::uint8_t suite);

}  // namespace cunzheng::crypto
