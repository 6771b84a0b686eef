#include "shared/crypto/hash.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/crypto/system_random.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sodium.h>

namespace cunzheng::crypto {
namespace {

using Point = ByteArray<32>;
using Scalar = ByteArray<32>;

Point point(std::string_view hex) { return array_from_hex<32>(hex).value(); }

// All 14 encodings of the eight points of small order. Computed apart from the product: multiply random points
// by the group order; then add 2^255-19 to y where it still fits, and set the sign of a zero x.
const std::vector<Point>& small_order_encodings() {
  static const std::vector<Point> encodings = [] {
    const std::string_view ff = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    const std::string_view zeros = "000000000000000000000000000000000000000000000000000000000000";
    const auto around = [](std::string_view first, std::string_view middle, std::string_view last) {
      return point(std::string(first) + std::string(middle) + std::string(last));
    };
    std::vector<Point> list;
    for (const std::string_view sign : {"00", "80"}) {
      list.push_back(around("01", zeros, sign));  // neutral
      list.push_back(around("00", zeros, sign));  // order 4
    }
    for (const std::string_view sign : {"7f", "ff"}) {
      list.push_back(around("ec", ff, sign));  // order 2
      list.push_back(around("ed", ff, sign));  // order 4, not canonical
      list.push_back(around("ee", ff, sign));  // neutral, not canonical
    }
    const std::string eighth = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";  // order 8
    const std::string other = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03";
    for (const auto* sign : {"05", "85"}) list.push_back(point(eighth + sign));
    for (const auto* sign : {"7a", "fa"}) list.push_back(point(other + sign));
    return list;
  }();
  return encodings;
}

Bytes named(std::string_view what, std::string_view text) {
  Bytes message = bytes_of(view_of("cunzheng/v1/" + std::string(what)));
  message.push_back(0);
  append(message, view_of(text));
  return message;
}

// What a reader without our profile says. OpenSSL asks neither for small order nor for a canonical A (F8).
bool openssl_accepts(const Point& key, ByteView message, const Signature& signature) {
  auto* public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size());
  auto* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, public_key);
  const int answer =
      EVP_DigestVerify(context, signature.value().data(), signature.value().size(), message.data(), message.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return answer == 1;
}

Scalar scalar_of(std::uint64_t number) {
  Scalar out{};
  put_le(out, number);
  return out;
}

// SHA-512(R, A, message) modulo the group order.
Scalar challenge(const Point& r, const Point& key, ByteView message) {
  Bytes input(r.begin(), r.end());
  append(input, key);
  append(input, message);
  ByteArray<64> wide;
  crypto_hash_sha512(wide.data(), input.data(), input.size());
  Scalar out;
  crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
  return out;
}

Point base_times(const Scalar& scalar) {
  Point out;
  EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(out.data(), scalar.data()), 0);
  return out;
}

Point sum(const Point& a, const Point& b) {
  Point out;
  EXPECT_EQ(crypto_core_ed25519_add(out.data(), a.data(), b.data()), 0);
  return out;
}

// r + challenge * a
Scalar response(const Scalar& r, const Scalar& h, const Scalar& a) {
  Scalar out;
  crypto_core_ed25519_scalar_mul(out.data(), h.data(), a.data());
  crypto_core_ed25519_scalar_add(out.data(), out.data(), r.data());
  return out;
}

Signature signature_of(const Point& r, const Scalar& s) {
  Signature out;
  std::copy(r.begin(), r.end(), out.value().begin());
  std::copy(s.begin(), s.end(), out.value().begin() + 32);
  return out;
}

const Scalar secret_a = scalar_of(0x1234567890abcdef);

// A key comes from its seed as RFC 8032 section 7.1 says, and its seed gives it back.
TEST(Signer, KeysAgreeWithRfc8032) {
  const std::pair<const char*, const char*> vectors[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"},
  };
  for (const auto& [seed, expected] : vectors) {
    const auto raw = point(seed);
    const auto pair = key_pair_from_seed(Wiped<32>(std::span<const std::uint8_t, 32>(raw)));
    EXPECT_EQ(to_hex(pair.public_key.value()), expected);
    EXPECT_TRUE(equal(pair.secret.seed().bytes(), raw));
    EXPECT_TRUE(check_public_key(pair.public_key, "key").has_value());
  }
}

// A signature is RFC 8032's over name, zero byte and bytes: another library makes the same from the same seed.
TEST(Signer, AnotherLibraryMakesTheSameSignature) {
  const auto seed = sha256(view_of("a seed"));
  const auto pair = key_pair_from_seed(Wiped<32>(std::span<const std::uint8_t, 32>(seed)));
  for (const auto* text : {"", "x", "第一条"}) {
    const auto message = named("head", text);
    auto* key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size());
    auto* context = EVP_MD_CTX_new();
    Signature theirs;
    auto size = theirs.value().size();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
    ASSERT_EQ(EVP_DigestSign(context, theirs.value().data(), &size, message.data(), message.size()), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    EXPECT_EQ(sign(pair.secret, "head", view_of(text)), theirs);
    EXPECT_TRUE(verify(pair.public_key, "head", view_of(text), theirs));
  }
}

// Any other name, byte, key or signature bit makes the signature worthless.
TEST(Signer, EveryChangeIsSeen) {
  SystemRandom random;
  const auto pair = make_key_pair(random);
  const auto text = view_of("示范甲村证〔2026〕A017号");
  const auto good = sign(pair.secret, "certificate", text);
  ASSERT_TRUE(verify(pair.public_key, "certificate", text, good));
  EXPECT_FALSE(verify(pair.public_key, "head", text, good));
  EXPECT_FALSE(verify(make_key_pair(random).public_key, "certificate", text, good));
  for (std::size_t bit = 0; bit < 8 * 64; ++bit) {
    auto changed = good;
    changed.value()[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ASSERT_FALSE(verify(pair.public_key, "certificate", text, changed)) << "bit " << bit;
  }
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    auto changed = bytes_of(text);
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    ASSERT_FALSE(verify(pair.public_key, "certificate", changed, good)) << "bit " << bit;
  }
}

// With a key of small order anybody can make a signature that a lenient library takes; we do not (F8).
// For each encoding we search a nonce for which the lenient one does, so the case really is one.
TEST(StrictProfile, SmallOrderKeyIsRefused) {
  int lenient = 0;
  for (const auto& key : small_order_encodings()) {
    for (std::uint64_t nonce = 1; nonce <= 64; ++nonce) {
      const auto r = scalar_of(nonce);
      const auto forged = signature_of(base_times(r), r);  // S*B = R + h*A where h*A happens to vanish
      ASSERT_FALSE(verify(PublicKey(key), "head", view_of("text"), forged)) << to_hex(key);
      if (openssl_accepts(key, named("head", "text"), forged)) {
        ++lenient;
        break;
      }
    }
  }
  EXPECT_GE(lenient, 10);  // else the forgeries above prove nothing
}

// With R of small order one signature says nothing about the nonce: refused, though the equation holds.
TEST(StrictProfile, SmallOrderNonceIsRefused) {
  const auto key = base_times(secret_a);
  const Point neutral = small_order_encodings().front();
  const auto h = challenge(neutral, key, named("head", "text"));
  const auto forged = signature_of(neutral, response(Scalar{}, h, secret_a));
  EXPECT_TRUE(openssl_accepts(key, named("head", "text"), forged));
  EXPECT_FALSE(verify(PublicKey(key), "head", view_of("text"), forged));
  for (const auto& r : small_order_encodings()) {
    const auto challenge_r = challenge(r, key, named("head", "text"));
    const auto other = signature_of(r, response(Scalar{}, challenge_r, secret_a));
    EXPECT_FALSE(verify(PublicKey(key), "head", view_of("text"), other)) << to_hex(r);
  }
}

// The same signature with S + order is another signature for the same text: refused, else copies could be told apart.
TEST(StrictProfile, LargeScalarIsRefused) {
  const auto order = point("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  SystemRandom random;
  const auto pair = make_key_pair(random);
  auto signature = sign(pair.secret, "head", view_of("text"));
  ASSERT_TRUE(verify(pair.public_key, "head", view_of("text"), signature));
  for (int times = 1; times <= 14; ++times) {
    unsigned carry = 0;
    for (std::size_t k = 0; k < 32; ++k) {
      carry += signature.value()[32 + k] + order[k];
      signature.value()[32 + k] = static_cast<std::uint8_t>(carry);
      carry >>= 8;
    }
    EXPECT_FALSE(verify(pair.public_key, "head", view_of("text"), signature)) << "S + " << times << " x order";
  }
}

// A key with a part of small order: the equation without cofactor decides, the one with it would take all nonces.
// Such a key is not let in, since its holder can make signatures that only some readers take.
TEST(StrictProfile, MixedOrderKeyIsDecidedWithoutCofactorAndNotLetIn) {
  const auto eighth = point("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  const auto key = sum(base_times(secret_a), eighth);
  int accepted = 0;
  for (std::uint64_t nonce = 1; nonce <= 64; ++nonce) {
    const auto r = scalar_of(nonce);
    const auto r_point = base_times(r);
    const auto h = challenge(r_point, key, named("head", "text"));
    const auto signature = signature_of(r_point, response(r, h, secret_a));
    const bool vanishes = h[0] % 8 == 0;
    ASSERT_EQ(verify(PublicKey(key), "head", view_of("text"), signature), vanishes) << "nonce " << nonce;
    accepted += vanishes ? 1 : 0;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_FALSE(check_public_key(PublicKey(key), "device.key").has_value());
}

// Defence D05: no weak, malformed or empty key is let in, and the answer names the field.
TEST(PublicKeyCheck, WeakAndMalformedKeysAreRefused) {
  auto keys = small_order_encodings();
  keys.push_back(Point{});
  ASSERT_EQ(keys.size(), 15U);
  // y not reduced: p + 3 .. p + 18, both signs
  for (std::uint8_t low = 0xf0; low != 0; ++low) {
    for (const auto high : ByteArray<2>{0x7f, 0xff}) {
      Point not_reduced;
      not_reduced.fill(0xff);
      not_reduced.front() = low;
      not_reduced.back() = high;
      keys.push_back(not_reduced);
    }
  }
  // good keys plus each point of small order but the neutral one
  for (const auto* torsion : {"0000000000000000000000000000000000000000000000000000000000000000",
                              "0000000000000000000000000000000000000000000000000000000000000080",
                              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                              "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                              "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
    keys.push_back(sum(base_times(secret_a), point(torsion)));
  }
  keys.push_back(point("0200000000000000000000000000000000000000000000000000000000000000"));  // not on the curve
  for (const auto& key : keys) {
    const auto status = check_public_key(PublicKey(key), "device.key");
    ASSERT_FALSE(status.has_value()) << to_hex(key);
    EXPECT_EQ(status.error().code, FailureCode::bad_input);
    EXPECT_EQ(status.error().field, "device.key");
  }
  EXPECT_TRUE(check_public_key(PublicKey(base_times(secret_a)), "device.key").has_value());
}

}  // namespace
}  // namespace cunzheng::crypto
