#include "shared/crypto/signer.hpp"

#include <sodium.h>

#include <algorithm>

namespace cunzheng::crypto {
namespace {

using Encoded = std::span<const std::uint8_t, 32>;  // a point or a scalar, little-endian

constexpr std::string_view prefix = "cunzheng/v1/";

// The order of the group, 2^252 + 27742317777372353535851937790883648493.
constexpr ByteArray<32> group_order = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                       0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// The field prime, 2^255 - 19.
constexpr ByteArray<32> prime = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};

// The y of the eight points whose order divides 8, in canonical form; the sign of x makes no difference.
constexpr std::array<ByteArray<32>, 5> small_order_y = {{
    {0},  // order 4
    {1},  // the neutral point
    // order 2: p - 1
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    // order 8, and its negative
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
     0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
     0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
}};

bool is_below(Encoded number, Encoded bound) {
  return std::lexicographical_compare(number.rbegin(), number.rend(), bound.rbegin(), bound.rend());
}

// Canonical and of large order. We ask ourselves, so that the profile does not depend on how the
// library was built. With y = 1 or y = -1 out, a negative zero as x is out too.
bool is_sound_point(Encoded point) {
  ByteArray<32> y;
  std::copy(point.begin(), point.end(), y.begin());
  y[31] &= 0x7f;
  return is_below(y, prime) && std::find(small_order_y.begin(), small_order_y.end(), y) == small_order_y.end();
}

Bytes named(std::string_view what, ByteView bytes) {
  Bytes message;
  message.reserve(prefix.size() + what.size() + 1 + bytes.size());
  append(message, view_of(prefix));
  append(message, view_of(what));
  message.push_back(0);
  append(message, bytes);
  return message;
}

}  // namespace

Wiped<32> SecretKey::seed() const { return Wiped<32>(seed_and_public_.bytes().first<32>()); }

KeyPair make_key_pair(Random& random) {
  Wiped<32> seed;
  random.fill(seed.bytes());
  return key_pair_from_seed(seed);
}

KeyPair key_pair_from_seed(const Wiped<32>& seed) {
  Wiped<64> secret;
  PublicKey public_key;
  crypto_sign_seed_keypair(public_key.value().data(), secret.bytes().data(), seed.bytes().data());
  return {SecretKey(std::move(secret)), public_key};
}

Signature sign(const SecretKey& key, std::string_view what, ByteView bytes) {
  const auto message = named(what, bytes);
  Signature signature;
  crypto_sign_detached(signature.value().data(), nullptr, message.data(), message.size(),
                       key.seed_and_public_.bytes().data());
  return signature;
}

bool verify(const PublicKey& key, std::string_view what, ByteView bytes, const Signature& signature) {
  const Encoded point(key.value());
  const auto r = Encoded(signature.value().data(), 32);
  const auto s = Encoded(signature.value().data() + 32, 32);
  if (!is_sound_point(point) || !is_sound_point(r) || !is_below(s, group_order)) return false;
  const auto message = named(what, bytes);
  return crypto_sign_verify_detached(signature.value().data(), message.data(), message.size(), key.value().data()) == 0;
}

Status check_public_key(const PublicKey& key, std::string field) {
  if (is_sound_point(key.value()) && crypto_core_ed25519_is_valid_point(key.value().data()) == 1) return {};
  return fail(FailureCode::bad_input,
              {"这把公钥不能使用：不是规范的Ed25519公钥，或属于弱密钥",
               "this public key cannot be used: not a canonical Ed25519 key, or a weak one"},
              std::move(field));
}

}  // namespace cunzheng::crypto
