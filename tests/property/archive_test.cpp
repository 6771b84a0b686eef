// Laws of the canonical archive, over values drawn from seeds: what is written is read; every shorter and longer form is
// refused; whatever else is accepted has exactly the bytes that were read.

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 takes an empty std::optional for one it must read
#endif

#include "shared/codec/archive.hpp"

#include "tests/support/body_samples.hpp"
#include "tests/support/long_run.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace cunzheng::codec {
namespace {

using test::SeededRandom;

// Every kind of value there is, inside one another.
struct Leaf {
  bool flag = false;
  std::int64_t number = 0;
  journal::RulingOutcome outcome = journal::RulingOutcome::stands;
  CivilDate day;
  std::optional<std::string> words;

  bool operator==(const Leaf&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(flag), CEREAL_NVP(number), CEREAL_NVP(outcome), CEREAL_NVP(day), CEREAL_NVP(words));
  }
};

struct Everything {
  std::uint8_t small = 0;
  std::uint16_t middle = 0;
  char letter = 'A';
  Instant at;
  journal::EntryId id;
  Bytes blob;
  Leaf leaf;
  std::vector<Leaf> leaves;
  std::vector<std::vector<std::uint32_t>> numbers;
  std::map<std::string, std::uint32_t> counts;
  std::map<journal::RulingOutcome, Leaf> by_outcome;
  std::vector<std::optional<Leaf>> maybes;

  bool operator==(const Everything&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(small), CEREAL_NVP(middle), CEREAL_NVP(letter), CEREAL_NVP(at), CEREAL_NVP(id), CEREAL_NVP(blob),
            CEREAL_NVP(leaf), CEREAL_NVP(leaves), CEREAL_NVP(numbers), CEREAL_NVP(counts), CEREAL_NVP(by_outcome),
            CEREAL_NVP(maybes));
  }
};

std::string draw_text(SeededRandom& random) {
  static const std::vector<std::string> pieces{"a", "村", "证", "𠮷", " ", "\n", std::string("\0", 1), "é", "120199"};
  std::string text;
  for (auto count = random.below(6); count > 0; --count) text += pieces[random.below(pieces.size())];
  return text;
}

journal::RulingOutcome draw_outcome(SeededRandom& random) {
  return static_cast<journal::RulingOutcome>(random.below(EnumNames<journal::RulingOutcome>::names.size()));
}

Leaf draw_leaf(SeededRandom& random) {
  Leaf leaf;
  leaf.flag = random.one_in(2);
  leaf.number = static_cast<std::int64_t>(random.next() >> random.below(64));
  leaf.outcome = draw_outcome(random);
  const auto days = static_cast<std::uint64_t>(CivilDate::last - CivilDate::first) + 1;
  leaf.day = CivilDate::first + static_cast<int>(random.below(days));
  if (random.one_in(2)) leaf.words = draw_text(random);
  return leaf;
}

Everything draw_everything(SeededRandom& random) {
  Everything out;
  out.small = static_cast<std::uint8_t>(random.next());
  out.middle = static_cast<std::uint16_t>(random.next());
  out.letter = static_cast<char>(random.between('A', 'Z'));
  out.at.ms = static_cast<std::int64_t>(random.next());
  out.id = journal::EntryId(draw<32>(random));
  out.blob.resize(random.below(20));
  random.fill(out.blob);
  out.leaf = draw_leaf(random);
  for (auto count = random.below(4); count > 0; --count) out.leaves.push_back(draw_leaf(random));
  for (auto count = random.below(4); count > 0; --count) {
    out.numbers.emplace_back(random.below(3), static_cast<std::uint32_t>(random.next()));
  }
  for (auto count = random.below(4); count > 0; --count) {
    out.counts[draw_text(random)] = static_cast<std::uint32_t>(random.next());
  }
  for (auto count = random.below(4); count > 0; --count) out.by_outcome[draw_outcome(random)] = draw_leaf(random);
  for (auto count = random.below(3); count > 0; --count) {
    out.maybes.emplace_back();
    if (random.one_in(2)) out.maybes.back() = draw_leaf(random);
  }
  return out;
}

// One to three changes: a bit, a byte, a byte more or less, a stretch said twice or left out.
Bytes mutated(SeededRandom& random, Bytes bytes) {
  for (auto count = random.between(1, 3); count > 0; --count) {
    const auto at = static_cast<std::ptrdiff_t>(bytes.empty() ? 0 : random.below(bytes.size()));
    const auto length = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(random.between(1, 8)),
                                                 static_cast<std::ptrdiff_t>(bytes.size()) - at);
    switch (random.below(bytes.empty() ? 1 : 6)) {
      case 0:
        bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(random.next()));
        break;
      case 1:
        bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
        break;
      case 2: {
        const Bytes stretch(bytes.begin() + at, bytes.begin() + at + length);
        bytes.insert(bytes.begin() + at, stretch.begin(), stretch.end());
        break;
      }
      case 3:
        bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random.next());
        break;
      case 4:
        bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random.one_in(2) ? 0 : 255);
        break;
      default:
        bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
  }
  return bytes;
}

std::uint64_t rounds(std::uint64_t usual) { return test::is_long_run() ? 20 * usual : usual; }

TEST(ArchiveLaws, RoundTripAndNothingShorterOrLonger) {
  constexpr std::uint64_t seed = 7'001;
  std::cout << "seed " << seed << "\n";
  SeededRandom random(seed);
  for (std::uint64_t round = 0; round < rounds(500); ++round) {
    const auto value = draw_everything(random);
    auto bytes = encode(value);
    const auto back = decode<Everything>(bytes);
    ASSERT_TRUE(back.has_value()) << "round " << round << ": " << back.error().what.en;
    ASSERT_EQ(*back, value) << "round " << round;
    ASSERT_EQ(encode(*back), bytes) << "round " << round;
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decode<Everything>(ByteView(bytes).first(size)).has_value()) << "round " << round << ", " << size;
    }
    bytes.push_back(static_cast<std::uint8_t>(random.next()));
    ASSERT_FALSE(decode<Everything>(bytes).has_value()) << "round " << round;
  }
}

TEST(ArchiveLaws, AcceptedMeansTheSameBytes) {
  constexpr std::uint64_t seed = 7'002;
  std::cout << "seed " << seed << "\n";
  SeededRandom random(seed);
  std::uint64_t accepted = 0;
  for (std::uint64_t round = 0; round < rounds(100'000); ++round) {
    const auto bytes = mutated(random, encode(draw_everything(random)));
    const auto value = decode<Everything>(bytes);
    if (!value) continue;
    ++accepted;
    ASSERT_EQ(encode(*value), bytes) << "round " << round;
  }
  EXPECT_GT(accepted, 1'000U) << "the mutations are too coarse to show anything";
}

// The same for the bodies and private parts that programs really read.
TEST(ArchiveLaws, BodiesAcceptedMeansTheSameBytes) {
  constexpr std::uint64_t seed = 7'003;
  std::cout << "seed " << seed << "\n";
  SeededRandom random(seed);
  const auto expect_one_form = [&](const auto& value, const char* name) {
    using T = std::decay_t<decltype(value)>;
    const auto bytes = encode(value);
    for (std::uint64_t round = 0; round < rounds(1'000); ++round) {
      const auto changed = mutated(random, bytes);
      const auto read = decode<T>(changed);
      if (!read) continue;
      ASSERT_EQ(encode(*read), changed) << name << ", round " << round;
    }
  };
  test::for_each_sample([&](const auto& sample) {
    const char* const name = std::decay_t<decltype(sample.body)>::name;
    expect_one_form(sample.body, name);
    expect_one_form(sample.personal, name);
  });
}

}  // namespace
}  // namespace cunzheng::codec
