#pragma once
// Journals to try things with: real entries, real chains, real signatures, all from a seed.

#include "shared/journal/range.hpp"
#include "tests/support/seeded_random.hpp"

#include <string_view>
#include <vector>

namespace cunzheng::test {

inline constexpr journal::BodyKind opening_kind{0xF000};  // kinds that no program knows
inline constexpr journal::BodyKind fact_kind{0xF001};

// One device and its journal. Bodies and private parts are any bytes the test likes; what is not given is drawn from
// the seed, so two journals of one seed are equal as long as the same is done to them.
class TestJournal {
 public:
  explicit TestJournal(std::uint64_t seed);

  // The disk of the device copied: same key, same history. What both write from now on differs (a fork).
  TestJournal clone(std::uint64_t seed) const;

  // Adds one entry and answers its id. Subject zero: the entry opens a subject.
  journal::EntryId add(ByteView body, ByteView private_part, domain::SubjectId subject = {});
  // The same with `body_bytes` of body and a private part of `private_bytes` (at least the salt) drawn from the seed.
  journal::EntryId add(std::size_t body_bytes = 60, std::size_t private_bytes = 60, domain::SubjectId subject = {});
  void add_many(std::size_t count);

  const journal::JournalId& id() const { return id_; }
  const crypto::PublicKey& key() const { return keys_.public_key; }
  const crypto::SecretKey& secret() const { return keys_.secret; }
  journal::Seq last() const { return items_.size() - 1; }
  const journal::Item& item(journal::Seq seq) const { return items_.at(seq); }
  const std::vector<journal::Item>& items() const { return items_; }

  journal::SignedHead head(journal::Seq seq) const;
  // first..last with a head for the last.
  journal::Range range(journal::Seq first, journal::Seq last) const;
  journal::Range all() const { return range(0, last()); }
  // first..last in ranges of at most `every` items, a head each.
  std::vector<journal::Range> ranges(journal::Seq first, journal::Seq last, std::size_t every) const;
  // The item at `seq` as it is sent when its bytes are damaged: the id alone, in a range of its own.
  journal::Range stub(journal::Seq seq) const;

 private:
  TestJournal(crypto::KeyPair keys, SeededRandom random) : keys_(std::move(keys)), random_(random) {}
  journal::EntryId push(journal::BodyKind kind, ByteView body, ByteView private_part, domain::SubjectId subject);

  crypto::KeyPair keys_;
  SeededRandom random_;
  journal::JournalId id_;
  std::vector<journal::Item> items_;
};

// A private part of 16 bytes of salt and `text`.
Bytes private_part(SeededRandom& random, std::string_view text);

}  // namespace cunzheng::test
