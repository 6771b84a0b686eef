#include "sync/link/compression.hpp"

#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

namespace cunzheng::link {
namespace {

constexpr std::size_t max = 2U << 20;

Bytes text(std::size_t size, std::uint64_t seed) {
  test::SeededRandom random(seed);
  Bytes out;
  while (out.size() < size) append(out, view_of("示范甲村" + std::to_string(random.below(1000)) + "号 "));
  out.resize(size);
  return out;
}

// Whatever goes in comes out, in order, over several streams and pauses, with messages of every size, packed or not.
TEST(Compression, MessagesComeOutAsTheyWentIn) {
  test::SeededRandom random(99);
  for (int round = 0; round < 20; ++round) {
    Packer packer;
    Unpacker unpacker;
    for (int k = 0; k < 50; ++k) {
      if (packer.has_stream() && random.one_in(10)) {
        const auto end = unpacker.unpack(packer.end_stream(), max, true);
        ASSERT_TRUE(end && !*end);
      }
      Bytes message = text(random.below(5000), random.next());
      if (random.one_in(3)) random.fill(message);
      const auto packed = packer.pack(message, !random.one_in(4));
      EXPECT_LE(packed.size(), packed_bytes_max(message.size()));
      const auto unpacked = unpacker.unpack(packed, max, true);
      ASSERT_TRUE(unpacked && *unpacked) << round << " " << k;
      EXPECT_EQ(**unpacked, message);
    }
  }
}

// A message as large as frames may be takes the same way, and one byte less of room is too little.
TEST(Compression, BoundsAreExact) {
  for (const std::size_t size : {0UL, 1UL, 255UL, 256UL, 16'384UL, 65'536UL, 131'072UL, max}) {
    Bytes message = text(size, size);
    const auto packed = Packer().pack(message, true);
    const auto whole = Unpacker().unpack(packed, size, true);
    ASSERT_TRUE(whole && *whole) << size;
    EXPECT_EQ(**whole, message);
    if (size > 0) {
      EXPECT_FALSE(Unpacker().unpack(packed, size - 1, true)) << size;
    }
  }
}

// Fifty megabytes of zeros in a few kilobytes are refused without being made.
TEST(Compression, BombIsRefused) {
  const auto bomb = Packer().pack(Bytes(50'000'000, 0), true);
  EXPECT_LT(bomb.size(), 20'000U);
  EXPECT_FALSE(Unpacker().unpack(bomb, max, true));
}

// What repeats across messages is said once: the second of two equal messages costs next to nothing.
TEST(Compression, StreamRemembersEarlierMessages) {
  test::SeededRandom random(5);
  Bytes ids(600);
  random.fill(ids);
  Packer packer;
  const auto first = packer.pack(ids, true);
  const auto second = packer.pack(ids, true);
  EXPECT_GT(first.size(), 600U);
  EXPECT_LT(second.size(), 40U);
}

// From an unknown peer nothing packed is taken, and before `may_stream` nothing is packed.
TEST(Compression, UnknownPeersGetNoStream) {
  const auto message = text(4000, 1);
  Packer packer;
  const auto plain = packer.pack(message, false);
  EXPECT_FALSE(packer.has_stream());
  EXPECT_TRUE(Unpacker().unpack(plain, max, false));
  const auto packed = packer.pack(message, true);
  EXPECT_FALSE(Unpacker().unpack(packed, max, false));
}

// Bytes nobody packed: an answer each time, never more than the bound, and stray markers are refused.
TEST(Compression, DamageIsNoticedOrBounded) {
  EXPECT_FALSE(Unpacker().unpack({}, max, true));
  EXPECT_FALSE(Unpacker().unpack(Bytes{2}, max, true)) << "the end of no stream";
  EXPECT_FALSE(Unpacker().unpack(Bytes{3, 0}, max, true));
  Unpacker open;
  ASSERT_TRUE(open.unpack(Packer().pack(text(1000, 1), true), max, true));
  EXPECT_FALSE(open.unpack(Bytes{2, 0}, max, true)) << "an end with something behind it";

  // A window larger than ours is not made room for.
  Bytes wide{1};
  const auto long_text = text(1'000'000, 3);
  auto* const stream = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, 24);
  ZSTD_CCtx_setParameter(stream, ZSTD_c_contentSizeFlag, 0);
  wide.resize(1 + ZSTD_compressBound(long_text.size()));
  ZSTD_inBuffer in{long_text.data(), long_text.size(), 0};
  ZSTD_outBuffer out{wide.data() + 1, wide.size() - 1, 0};
  ASSERT_EQ(ZSTD_compressStream2(stream, &out, &in, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(stream);
  wide.resize(1 + out.pos);
  EXPECT_FALSE(Unpacker().unpack(wide, max, true));

  test::SeededRandom random(2024);
  const auto good = Packer().pack(text(3000, 7), true);
  for (int k = 0; k < 5000; ++k) {
    auto damaged = good;
    for (std::uint64_t flips = random.between(1, 4); flips > 0; --flips) {
      damaged[random.below(damaged.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
    damaged.resize(random.between(1, damaged.size()));
    const auto unpacked = Unpacker().unpack(damaged, 8'000, true);
    if (unpacked && *unpacked) {
      EXPECT_LE((*unpacked)->size(), 8'000U);
    }
  }
}

}  // namespace
}  // namespace cunzheng::link
