#include "shared/crypto/system_random.hpp"

#include "shared/crypto/wipe.hpp"

#include <sodium.h>

namespace cunzheng::crypto {

SystemRandom::SystemRandom() { start(); }

void SystemRandom::fill(std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

}  // namespace cunzheng::crypto
