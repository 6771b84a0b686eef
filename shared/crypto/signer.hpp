#pragma once
// Ed25519 signatures with one strict profile, the same on laptop, hub and verify page:
//   - the public key A and the point R are canonical and not of small order
//   - S is below the group order
//   - R equals S*B - H(R, A, message)*A byte for byte (the equation without the cofactor)
// Libraries disagree exactly on what this leaves out, so every reader in another language must check the same.
// Keys are checked once more when they come in (check_public_key), and more sharply there.

#include "shared/base/bytes.hpp"
#include "shared/base/random.hpp"
#include "shared/base/strong.hpp"
#include "shared/crypto/wipe.hpp"

#include <string>
#include <string_view>

namespace cunzheng::crypto {

using PublicKey = Strong<struct PublicKeyTag, ByteArray<32>>;
using Signature = Strong<struct SignatureTag, ByteArray<64>>;

// Move only, wiped, unknown to every archive. The way to keep one: seal or slot its seed.
class SecretKey {
 public:
  // The 32 bytes the key is made from (RFC 8032's private key).
  Wiped<32> seed() const;

 private:
  friend struct KeyPair key_pair_from_seed(const Wiped<32>&);
  friend Signature sign(const SecretKey&, std::string_view, ByteView);
  explicit SecretKey(Wiped<64> seed_and_public) : seed_and_public_(std::move(seed_and_public)) {}
  Wiped<64> seed_and_public_;
};

struct KeyPair {
  SecretKey secret;
  PublicKey public_key;
};

KeyPair make_key_pair(Random& random);
KeyPair key_pair_from_seed(const Wiped<32>& seed);

// Signs "cunzheng/v1/<what>" 00 bytes. `what` is one of the program's own names and holds no zero byte.
Signature sign(const SecretKey& key, std::string_view what, ByteView bytes);

// True if the holder of `key` signed these bytes under this name. Any bytes may be handed in.
bool verify(const PublicKey& key, std::string_view what, ByteView bytes, const Signature& signature);

// Whether a key from outside may be taken in (defence D05): canonical, on the curve, and in the group of prime
// order. So all small-order and all-zero keys and those with a small-order part are bad input in `field`.
// Possession is proved elsewhere, by a signature over the enrolment.
Status check_public_key(const PublicKey& key, std::string field);

}  // namespace cunzheng::crypto
