#pragma once
// Ranges: consecutive items of one journal and the writer's signed head for the last of them. One signature a range,
// not an entry. The writer may cut a range anywhere; others only where they hold a head.

#include "shared/crypto/signer.hpp"
#include "shared/journal/entry.hpp"

#include <optional>
#include <vector>

namespace cunzheng::journal {

struct SignedHead {
  Head head;
  crypto::Signature signature;  // by the journal's key over "head" and the canonical bytes of `head`

  bool operator==(const SignedHead&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(head), CEREAL_NVP(signature));
  }
};

SignedHead sign_head(const Head& head, const crypto::SecretKey& key);
bool verify_head(const SignedHead& signed_head, const crypto::PublicKey& key);

// One place of a journal as it is stored and sent. Where the entry's bytes are damaged only the id is left: a stub.
struct Item {
  EntryId id;
  Bytes entry;                        // empty: a stub
  std::optional<Bytes> private_part;  // none: erased, or lost and to be asked for again

  bool is_stub() const { return entry.empty(); }
  bool operator==(const Item&) const = default;
};

inline constexpr std::size_t private_part_bytes_max = 256U << 10;

// Invariant of a range that verify_range() accepted: items are consecutive from `first`, each id is the hash of its
// bytes, each prev is the id before, each private part has its entry's digest, head names the last. A stub stands alone
// in its range, without a private part (nothing in a damaged item says what came before it, so its neighbours need heads
// of their own).
struct Range {
  JournalId journal;
  Seq first = 0;
  std::vector<Item> items;
  SignedHead head;

  Seq last() const { return first + items.size() - 1; }
  bool operator==(const Range&) const = default;
};

// Checks a range on its own, backwards from the head: signature, ids, chain, private digests.
// `key` is the journal's. conflict, or unreadable for bytes that are no entry; `field` "seq <k>" is the place that does
// not fit. How the range joins what the receiver holds is the store's question (prev_of).
Status verify_range(const Range& range, const crypto::PublicKey& key);

// The id that the entry before `range` must have; none when the range opens the journal or is a stub.
std::optional<EntryId> prev_of(const Range& range);

// Makes an item from an entry and its private part; fills nothing in.
Item make_item(const Entry& entry, Bytes private_part);

// Cuts consecutive items into ranges at every seq for which `head_at` yields a signed head.
template <class HeadAt>
std::vector<Range> cut(const JournalId& journal, Seq first, std::vector<Item> items, HeadAt head_at) {
  std::vector<Range> ranges;
  Range open{journal, first, {}, {}};
  for (auto& item : items) {
    open.items.push_back(std::move(item));
    const auto seq = open.last();
    if (const std::optional<SignedHead> head = head_at(seq)) {
      open.head = *head;
      ranges.push_back(std::move(open));
      open = Range{journal, seq + 1, {}, {}};
    }
  }
  return ranges;  // what stands behind the last head cannot be shown to anybody yet
}

}  // namespace cunzheng::journal
