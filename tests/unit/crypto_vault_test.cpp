#include "shared/codec/archive.hpp"
#include "shared/crypto/hash.hpp"
#include "shared/crypto/signer.hpp"
#include "shared/crypto/system_random.hpp"
#include "shared/crypto/vault.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace cunzheng::crypto {
namespace {

// Counts up from a first byte: the same "chance" every time.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint8_t next) : next_(next) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = next_++;
  }

 private:
  std::uint8_t next_;
};

SymmetricKey key_of(const Hash& bytes) { return SymmetricKey(Wiped<32>(std::span<const std::uint8_t, 32>(bytes))); }

constexpr std::string_view good_passphrase = "村委会门前有三棵老槐树，两口井";

// Sealing agrees with the example of draft-irtf-cfrg-xchacha-03, A.3.1.
TEST(Seal, AgreesWithThePublishedExample) {
  Hash key;
  std::iota(key.begin(), key.end(), std::uint8_t{0x80});
  CountingRandom nonce(0x40);
  const auto associated = from_hex("50515253c0c1c2c3c4c5c6c7").value();
  const auto plain = view_of(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would "
      "be it.");
  EXPECT_EQ(to_hex(seal(key_of(key), plain, associated, nonce)),
            "404142434445464748494a4b4c4d4e4f5051525354555657"
            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
            "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            "21f9664c97637da9768812f615c68b13b52e"
            "c0875924c1c7987947deafd8780acf49");
}

// What was sealed opens again, nothing included; any changed bit, cut, key or place does not.
TEST(Seal, OpensOnlyUnchangedAndInItsPlace) {
  SystemRandom random;
  const auto key = SymmetricKey::draw(random);
  for (const std::string_view text : {"", "120199196103159017"}) {
    const auto sealed = seal(key, view_of(text), view_of("store 1, key 7"), random);
    ASSERT_EQ(sealed.size(), text.size() + seal_overhead);
    const auto opened = open(key, sealed, view_of("store 1, key 7"));
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(text_of(*opened), text);
    EXPECT_EQ(open(key, sealed, view_of("store 1, key 8")).error().code, FailureCode::unreadable);
    EXPECT_FALSE(open(SymmetricKey::draw(random), sealed, view_of("store 1, key 7")).has_value());
    for (std::size_t size = 0; size < sealed.size(); ++size) {
      ASSERT_FALSE(open(key, ByteView(sealed).first(size), view_of("store 1, key 7")).has_value()) << size;
    }
    for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
      auto changed = sealed;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      ASSERT_FALSE(open(key, changed, view_of("store 1, key 7")).has_value()) << bit;
    }
  }
}

// Two seals of the same thing differ: the nonce is drawn each time.
TEST(Seal, DrawsAFreshNonce) {
  SystemRandom random;
  const auto key = SymmetricKey::draw(random);
  EXPECT_NE(seal(key, view_of("x"), {}, random), seal(key, view_of("x"), {}, random));
}

// A secret of another length is not taken for one of 32 bytes.
TEST(Seal, SecretHasItsLength) {
  SystemRandom random;
  const auto key = SymmetricKey::draw(random);
  const auto secret = make_key_pair(random).secret.seed();
  const auto opened = open_secret(key, seal(key, secret.bytes(), {}, random), {});
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(equal(opened->bytes(), secret.bytes()));
  EXPECT_FALSE(open_secret(key, seal(key, secret.bytes().first<31>(), {}, random), {}).has_value());
}

// Derived keys differ by purpose and follow from the key alone.
TEST(SymmetricKey, DerivesByPurpose) {
  const auto key = key_of(sha256(view_of("a key")));
  EXPECT_TRUE(equal(derive(key, "index").bytes(), hkdf(key.bytes(), "index")));
  EXPECT_FALSE(equal(derive(key, "index").bytes(), derive(key, "private").bytes()));
  EXPECT_TRUE(equal(key.copy().bytes(), key.bytes()));
}

// Secrets can be moved but not copied by accident, and no archive takes them.
TEST(SymmetricKey, IsNotCopiedByAccident) {
  static_assert(!std::is_copy_constructible_v<SymmetricKey> && std::is_nothrow_move_constructible_v<SymmetricKey>);
  static_assert(!std::is_copy_constructible_v<SecretKey> && std::is_nothrow_move_constructible_v<SecretKey>);
  static_assert(!cereal::traits::is_output_serializable<SymmetricKey, codec::Writer>::value);
  static_assert(!cereal::traits::is_output_serializable<SecretKey, codec::Writer>::value);
  auto key = key_of(sha256(view_of("a key")));
  const auto copy = key.copy();
  const auto moved = std::move(key);
  EXPECT_TRUE(equal(moved.bytes(), copy.bytes()));
}

// The right passphrase gives the secret back, also after the slot went through bytes; a wrong one is refused in
// words a clerk understands.
TEST(KeySlot, OpensWithItsPassphraseOnly) {
  SystemRandom random;
  const auto secret = SymmetricKey::draw(random);
  const auto slot =
      make_slot("经办人 测试甲", good_passphrase, secret.secret(), Argon2Cost::for_tests(), random).value();
  const auto read = codec::decode<KeySlot>(codec::encode(slot));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, slot);
  const auto opened = open_slot(*read, good_passphrase);
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(equal(opened->bytes(), secret.bytes()));
  for (const std::string_view wrong : {"", "x", "村委会门前有三棵老槐树，两口", "村委会门前有三棵老槐树，两口井。"}) {
    const auto refused = open_slot(slot, wrong);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, FailureCode::refused);
    EXPECT_EQ(refused.error().field, "passphrase");
    EXPECT_FALSE(refused.error().what.zh.empty());
    EXPECT_FALSE(refused.error().what.en.empty());
  }
}

// An input method left in full width, or blanks around, do not lock anybody out.
TEST(KeySlot, WidthAndBlanksAroundDoNotCount) {
  SystemRandom random;
  const auto secret = SymmetricKey::draw(random);
  const auto slot = make_slot("x", "Huai shu 3 ke!", secret.secret(), Argon2Cost::for_tests(), random).value();
  EXPECT_TRUE(open_slot(slot, "Ｈｕａｉ　ｓｈｕ　３　ｋｅ！").has_value());
  EXPECT_TRUE(open_slot(slot, "  Huai shu 3 ke!\n").has_value());
  EXPECT_FALSE(open_slot(slot, "huai shu 3 ke!").has_value());
  EXPECT_EQ(open_slot(slot, "Huai shu 3 ke!\xff").error().code, FailureCode::bad_input);
  EXPECT_EQ(open_slot(slot, std::string(1025, 'a')).error().code, FailureCode::bad_input);
}

// The wrapping key is Argon2id as another library computes it, and the bytes it vouches for are those FORMAT names.
TEST(KeySlot, WrappingKeyAgreesWithAnotherLibrary) {
  CountingRandom random(0);  // salt 00..0f
  const auto secret = key_of(sha256(view_of("secret")));
  const auto slot = make_slot("手册", "村证 correct horse", secret.secret(), Argon2Cost::for_tests(), random).value();
  // python cryptography 48: Argon2id(salt=bytes(range(16)), length=32, iterations=1, lanes=1, memory_cost=64)
  const auto wrapping = array_from_hex<32>("7fe8194cbfd91e9be982e98dfa7b2aa114a2e0d9522d8c9a8250a39dabbfc8c4").value();
  Bytes vouched = from_hex("4000000001000000000102030405060708090a0b0c0d0e0f").value();  // 64 KiB, 1 pass, salt
  append(vouched, view_of("手册"));
  const auto opened = open_secret(key_of(wrapping), slot.wrapped_key, tagged_hash("keyslot", vouched));
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(equal(opened->bytes(), secret.bytes()));
}

// A slot altered in any field does not open: nobody can relabel a slot or pass one off as cheaper.
TEST(KeySlot, EveryFieldIsVouchedFor) {
  SystemRandom random;
  const auto secret = SymmetricKey::draw(random);
  const auto slot = make_slot("经办人", good_passphrase, secret.secret(), Argon2Cost::for_tests(), random).value();
  auto changed = slot;
  changed.label = "负责人";
  EXPECT_EQ(open_slot(changed, good_passphrase).error().code, FailureCode::refused);
  changed = slot;
  changed.salt[3] ^= 1;
  EXPECT_EQ(open_slot(changed, good_passphrase).error().code, FailureCode::refused);
  changed = slot;
  changed.memory_kib += 8;
  EXPECT_EQ(open_slot(changed, good_passphrase).error().code, FailureCode::refused);
  changed = slot;
  changed.passes += 1;
  EXPECT_EQ(open_slot(changed, good_passphrase).error().code, FailureCode::refused);
  changed = slot;
  changed.wrapped_key.back() ^= 1;
  EXPECT_EQ(open_slot(changed, good_passphrase).error().code, FailureCode::refused);
}

// A hostile file cannot make us take all memory or work for hours: it is refused unworked.
TEST(KeySlot, CostOutsideTheLimitsIsBadInput) {
  SystemRandom random;
  const auto secret = SymmetricKey::draw(random);
  const auto slot = make_slot("x", good_passphrase, secret.secret(), Argon2Cost::for_tests(), random).value();
  const auto code_with = [&](std::uint32_t memory_kib, std::uint32_t passes, std::size_t wrapped_size) {
    auto changed = slot;
    changed.memory_kib = memory_kib;
    changed.passes = passes;
    changed.wrapped_key.resize(wrapped_size);
    const auto opened = open_slot(changed, good_passphrase);
    EXPECT_FALSE(opened.has_value());
    return opened.error().field;
  };
  const auto size = slot.wrapped_key.size();
  EXPECT_EQ(code_with(0, 1, size), "memory_kib");
  EXPECT_EQ(code_with(7, 1, size), "memory_kib");
  EXPECT_EQ(code_with(1024 * 1024 + 1, 1, size), "memory_kib");
  EXPECT_EQ(code_with(0xffffffff, 1, size), "memory_kib");
  EXPECT_EQ(code_with(64, 0, size), "passes");
  EXPECT_EQ(code_with(64, 11, size), "passes");
  EXPECT_EQ(code_with(64, 0xffffffff, size), "passes");
  EXPECT_EQ(code_with(64, 1, size - 1), "wrapped_key");
  EXPECT_EQ(code_with(64, 1, size + 1), "wrapped_key");
}

// Defence D13: the least cost is 64 MiB and 3 passes, and no measured time brings the cost below it.
TEST(Argon2Cost, NeverFallsBelowTheFloor) {
  EXPECT_EQ(Argon2Cost::floor().memory_kib(), 65536U);
  EXPECT_EQ(Argon2Cost::floor().passes(), 3U);
  auto cost = Argon2Cost::floor();
  for (const std::int64_t took : {-5, 0, 1, 3, 80, 499, 500, 1000, 1001, 5000, 600'000}) {
    for (const auto& tried : {Argon2Cost::for_tests(), Argon2Cost::floor(), cost}) {
      const auto next = next_cost(tried, took);
      if (next == tried) continue;
      EXPECT_GE(next.memory_kib(), 65536U);
      EXPECT_LE(next.memory_kib(), 262144U);
      EXPECT_GE(next.passes(), 3U);
      EXPECT_LE(next.passes(), 10U);
      cost = next;
    }
  }
  EXPECT_EQ(next_cost(Argon2Cost::floor(), 9'000), Argon2Cost::floor());  // a slow machine keeps the floor
}

// On machines of any speed three rounds come to rest, between half a second and a second where the limits allow.
TEST(Argon2Cost, CalibrationComesToRest) {
  for (std::int64_t kib_passes_per_ms = 20; kib_passes_per_ms < 40'000; kib_passes_per_ms += 37) {
    const auto took = [&](Argon2Cost cost) {
      return static_cast<std::int64_t>(cost.memory_kib()) * cost.passes() / kib_passes_per_ms;
    };
    auto cost = Argon2Cost::floor();
    for (int round = 0; round < 3; ++round) cost = next_cost(cost, took(cost));
    ASSERT_EQ(next_cost(cost, took(cost)), cost) << kib_passes_per_ms;
    if (cost != Argon2Cost::floor()) {
      EXPECT_LE(took(cost), 1000) << kib_passes_per_ms;
    }
    const bool at_the_top = cost.memory_kib() == 262144 && cost.passes() == 10;
    if (!at_the_top) {
      EXPECT_GE(took(cost), 500) << kib_passes_per_ms;
    }
  }
}

// The enrolment code gives the same key however it is typed, and another one for another hub or code.
TEST(EnrolmentCode, SpellingDoesNotCountButHubDoes) {
  const auto hub = sha256(view_of("hub"));
  const auto key = derive_from_code("7K01-9QXM-1V", hub).value();
  EXPECT_TRUE(equal(key.bytes(), derive_from_code("7ko19 qxmlv", hub).value().bytes()));
  EXPECT_FALSE(equal(key.bytes(), derive_from_code("7K01-9QXM-1W", hub).value().bytes()));
  EXPECT_FALSE(equal(key.bytes(), derive_from_code("7K01-9QXM-1V", sha256(view_of("another"))).value().bytes()));
}

// The passphrase policy of D13, by cases.
TEST(Passphrase, Policy) {
  for (const std::string_view good :
       {"abcdefghijkl", "one two three four five six seven eight", "村口老槐树下二十三只白鹅", "a b c d e f g h"}) {
    EXPECT_TRUE(check_passphrase(good).has_value()) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("abcdefghijk"), std::string("   abcdefghijk   "),
        std::string("村口老槐树下二十三只鹅"), std::string("aaaaaaaaaaaaaaaaaaaa"), std::string("121212121212"),
        std::string("abcdefghijk\tl"), std::string("abcdefghijkl\xc0\x80"), std::string(1025, 'x')}) {
    const auto status = check_passphrase(bad);
    ASSERT_FALSE(status.has_value()) << bad;
    EXPECT_EQ(status.error().code, FailureCode::bad_input);
    EXPECT_EQ(status.error().field, "passphrase");
  }
}

}  // namespace
}  // namespace cunzheng::crypto
