#include "shared/crypto/wipe.hpp"

#include "shared/base/verify.hpp"

#include <sodium.h>

#include <new>

namespace cunzheng::crypto {

void start() {
  static const bool ready = sodium_init() >= 0;
  VERIFY(ready);
}

void wipe(std::span<std::uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

namespace detail {

std::uint8_t* allocate_wiped(std::size_t size) {
  start();  // the allocator's page size and canary come from there
  auto* bytes = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (bytes == nullptr) throw std::bad_alloc();
  sodium_memzero(bytes, size);
  return bytes;
}

void FreeWiped::operator()(std::uint8_t* bytes) const { sodium_free(bytes); }

}  // namespace detail
}  // namespace cunzheng::crypto
