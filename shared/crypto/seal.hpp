#pragma once
// Authenticated encryption: XChaCha20-Poly1305 with a random nonce.

#include "shared/base/bytes.hpp"
#include "shared/base/random.hpp"
#include "shared/crypto/wipe.hpp"

#include <string_view>

namespace cunzheng::crypto {

// A key for sealing or for a keyed hash. Move only; copies are asked for by name; not serialisable.
class SymmetricKey {
 public:
  explicit SymmetricKey(Wiped<32> secret) : secret_(std::move(secret)) {}
  static SymmetricKey draw(Random& random);

  SymmetricKey copy() const { return SymmetricKey(secret_.copy()); }
  ByteView bytes() const { return secret_.bytes(); }
  const Wiped<32>& secret() const { return secret_; }

 private:
  Wiped<32> secret_;
};

// Another key for another purpose from the same secret: HKDF (hash.hpp) into a wiped holder.
SymmetricKey derive(const SymmetricKey& key, std::string_view info);

// Bytes a sealed value is longer than its plain text: nonce 24 and tag 16.
inline constexpr std::size_t seal_overhead = 40;

// nonce || cipher text || tag. `associated` is authenticated and not stored: the place the value belongs to
// (store, key, schema version), so that a value moved elsewhere does not open.
Bytes seal(const SymmetricKey& key, ByteView plain, ByteView associated, Random& random);

// Unreadable if anything was changed, or the key or `associated` is another one.
Result<Bytes> open(const SymmetricKey& key, ByteView sealed, ByteView associated);

// The same for 32 secret bytes (a key, a seed), which never touch ordinary memory.
Result<Wiped<32>> open_secret(const SymmetricKey& key, ByteView sealed, ByteView associated);

}  // namespace cunzheng::crypto
