#include "shared/crypto/hash.hpp"
#include "shared/crypto/person_key.hpp"
#include "shared/crypto/suite.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace cunzheng::crypto {
namespace {

// SHA-256 is SHA-256: the examples of FIPS 180-4 and one that fills many blocks.
TEST(Hash, AgreesWithPublishedExamples) {
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(view_of("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(Bytes(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The name stands before the bytes and ends with a zero byte, so that no name and bytes can be read as others.
TEST(Hash, TagIsPartOfTheHashAndUnambiguous) {
  Bytes spelled = bytes_of(view_of("cunzheng/v1/entry"));
  spelled.push_back(0);
  append(spelled, view_of("body"));
  EXPECT_EQ(tagged_hash("entry", view_of("body")), sha256(spelled));
  EXPECT_NE(tagged_hash("entry", view_of("body")), tagged_hash("entr", view_of("ybody")));
  EXPECT_NE(tagged_hash("entry", view_of("body")), tagged_hash("head", view_of("body")));
}

// However the bytes are cut, the hash is that of the whole, and a Hasher serves again after finish().
TEST(Hash, PiecesGiveTheHashOfTheWhole) {
  const Bytes whole(300, 0x5a);
  Hasher hasher;
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    hasher.update(ByteView(whole).first(cut)).update(ByteView(whole).subspan(cut));
    ASSERT_EQ(hasher.finish(), sha256(whole)) << "cut at " << cut;
  }
  EXPECT_EQ(tagged_hasher("entry").update(whole).finish(), tagged_hash("entry", whole));
}

// A Hasher under way is not disturbed by other hashing of the same thread.
TEST(Hash, TwoAtOnceDoNotMix) {
  Hasher hasher;
  hasher.update(view_of("a"));
  const auto other = hmac_sha256(view_of("key"), view_of("message"));
  EXPECT_NE(other, Hash{});
  auto moved = std::move(hasher);
  EXPECT_EQ(moved.update(view_of("bc")).finish(), sha256(view_of("abc")));
}

// Threads hash at the same time and each gets its own answer.
TEST(Hash, AnyThreadMayHash) {
  std::array<int, 4> wrong{};
  std::array<std::thread, 4> threads;
  for (std::size_t t = 0; t < threads.size(); ++t) {
    threads[t] = std::thread([t, &wrong] {
      const Bytes bytes(200 + t, static_cast<std::uint8_t>(t));
      const auto right = Hasher().update(bytes).finish();
      for (int k = 0; k < 2000; ++k) wrong[t] += sha256(bytes) == right ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

// HMAC agrees with RFC 4231: a short key, a text key, and a key longer than a block.
TEST(Hmac, AgreesWithRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(20, 0x0b), view_of("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256(view_of("Jefe"), view_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(Bytes(131, 0xaa), view_of("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// HKDF agrees with RFC 5869's third example (no salt, no info), and the info makes another key.
TEST(Hkdf, AgreesWithRfc5869) {
  EXPECT_EQ(to_hex(hkdf(Bytes(22, 0x0b), "")), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
  EXPECT_NE(hkdf(Bytes(22, 0x0b), "index"), hkdf(Bytes(22, 0x0b), "private"));
}

// The person key is the first half of the HMAC, so another store's key gives another person key.
TEST(PersonKey, IsTheFirstHalfOfTheHmac) {
  const SymmetricKey one(Wiped<32>(std::span<const std::uint8_t, 32>(sha256(view_of("one")))));
  const SymmetricKey two(Wiped<32>(std::span<const std::uint8_t, 32>(sha256(view_of("two")))));
  const std::string_view number = "12019919680904908X";
  const auto full = hmac_sha256(one.bytes(), view_of(number));
  EXPECT_TRUE(equal(person_key(one, number), ByteView(full).first(16)));
  EXPECT_NE(person_key(one, number), person_key(two, number));
  EXPECT_NE(person_key(one, number), person_key(one, "120199196103159017"));
}

// The exclusion prefix is exactly the first 20 bits: five hexadecimal digits of the HMAC, whatever they are.
TEST(ExclusionPrefix, IsTheFirstTwentyBits) {
  const auto list_key = sha256(view_of("list of May"));
  std::uint32_t highest = 0;
  for (int person = 0; person < 300; ++person) {
    const auto number = "12019919" + std::to_string(1'000'000'000 + person);
    const auto digits = to_hex(hmac_sha256(list_key, view_of(number))).substr(0, 5);
    const auto prefix = exclusion_prefix(list_key, number);
    ASSERT_EQ(prefix, std::stoul(digits, nullptr, 16));
    highest = std::max(highest, prefix);
  }
  EXPECT_LT(highest, 1U << 20);
  EXPECT_GT(highest, 1U << 19);  // the upper bits are used too
}

// Only suite 1 is taken, and the refusal names the field (defence D02).
TEST(Suite, OnlyTheFirstIsAccepted) {
  EXPECT_TRUE(check_suite(1).has_value());
  for (int suite = 0; suite < 256; ++suite) {
    if (suite == 1) continue;
    const auto status = check_suite(static_cast<std::uint8_t>(suite));
    ASSERT_FALSE(status.has_value()) << suite;
    EXPECT_EQ(status.error().code, FailureCode::bad_input);
    EXPECT_EQ(status.error().field, "suite");
  }
}

}  // namespace
}  // namespace cunzheng::crypto
