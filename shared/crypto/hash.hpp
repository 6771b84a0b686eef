#pragma once
// SHA-256 and what is built on it. Every function may be called from any thread.

#include "shared/base/bytes.hpp"

#include <memory>
#include <string_view>

namespace cunzheng::crypto {

Hash sha256(ByteView bytes);

// SHA-256("cunzheng/v1/<what>" 00 bytes). The name keeps one kind of bytes from passing for another.
// `what` is one of the program's own names and holds no zero byte.
Hash tagged_hash(std::string_view what, ByteView bytes);

// SHA-256 of what arrives in pieces. Movable; a moved-from Hasher may only be destroyed or assigned to.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  Hasher& update(ByteView bytes);
  // The hash of all bytes so far; afterwards the Hasher begins anew.
  Hash finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A Hasher that has already taken "cunzheng/v1/<what>" 00: its hash equals tagged_hash of the rest.
Hasher tagged_hasher(std::string_view what);

Hash hmac_sha256(ByteView key, ByteView message);

// HKDF-SHA256 (RFC 5869) without a salt, its first 32 bytes. `key` must be unguessable: a key or a shared
// secret, never a passphrase. For keys prefer derive() in seal.hpp, which wipes.
Hash hkdf(ByteView key, std::string_view info);

}  // namespace cunzheng::crypto
