#include "shared/crypto/seal.hpp"

#include "shared/crypto/hash.hpp"

#include <sodium.h>

#include <algorithm>

namespace cunzheng::crypto {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(nonce_size + tag_size == seal_overhead);

tl::unexpected<Failure> does_not_open() {
  return fail(FailureCode::unreadable, {"密封的数据打不开：已损坏，或不是用这把密钥密封的",
                                        "sealed data does not open: it is damaged or was sealed with another key"});
}

// `plain` is exactly seal_overhead shorter than `sealed`; it is zeroed on a failure.
bool open_into(std::span<std::uint8_t> plain, const SymmetricKey& key, ByteView sealed, ByteView associated) {
  const auto box = sealed.subspan(nonce_size);
  return crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, box.data(), box.size(),
                                                    associated.data(), associated.size(), sealed.data(),
                                                    key.bytes().data()) == 0;
}

}  // namespace

SymmetricKey SymmetricKey::draw(Random& random) {
  Wiped<32> secret;
  random.fill(secret.bytes());
  return SymmetricKey(std::move(secret));
}

SymmetricKey derive(const SymmetricKey& key, std::string_view info) {
  auto hash = hkdf(key.bytes(), info);
  Wiped<32> secret{std::span<const std::uint8_t, 32>(hash)};
  wipe(hash);
  return SymmetricKey(std::move(secret));
}

Bytes seal(const SymmetricKey& key, ByteView plain, ByteView associated, Random& random) {
  Bytes sealed(seal_overhead + plain.size());
  const auto nonce = std::span(sealed).first(nonce_size);
  random.fill(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + nonce_size, nullptr, plain.data(), plain.size(),
                                             associated.data(), associated.size(), nullptr, nonce.data(),
                                             key.bytes().data());
  return sealed;
}

Result<Bytes> open(const SymmetricKey& key, ByteView sealed, ByteView associated) {
  if (sealed.size() < seal_overhead) return does_not_open();
  Bytes plain(sealed.size() - seal_overhead);
  if (!open_into(plain, key, sealed, associated)) return does_not_open();
  return plain;
}

Result<Wiped<32>> open_secret(const SymmetricKey& key, ByteView sealed, ByteView associated) {
  Wiped<32> plain;
  if (sealed.size() != seal_overhead + 32 || !open_into(plain.bytes(), key, sealed, associated)) return does_not_open();
  return plain;
}

}  // namespace cunzheng::crypto
