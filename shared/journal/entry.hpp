#pragma once
// An entry: one fact in one journal. Byte form in FORMAT.md section 2; the offsets below are that table.
// An entry's fields are found at fixed offsets, so a body that cannot be read never breaks a chain.

#include "shared/base/time.hpp"
#include "shared/domain/ids.hpp"
#include "shared/journal/ids.hpp"

#include <vector>

namespace cunzheng::journal {

using BodyKind = Strong<struct BodyKindTag, std::uint16_t>;

inline constexpr std::uint16_t schema_now = 1;
inline constexpr std::size_t parents_max = 16;
inline constexpr std::size_t body_bytes_max = 1U << 20;  // a catalogue is the largest body

// How far the writer had read one of the hub's journals when it wrote (O4). Epoch 0: nothing seen yet.
struct Known {
  std::uint32_t epoch = 0;
  Seq seq = 0;
  auto operator<=>(const Known&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(epoch), CEREAL_NVP(seq));
  }
};

struct Entry {
  std::uint16_t schema = schema_now;
  std::uint8_t suite = 1;
  JournalId journal;               // zero in the first entry, whose id becomes the journal's
  Seq seq = 0;
  EntryId prev;                    // zero in the first entry
  domain::SubjectId subject;       // zero: this entry opens a subject, whose id is this entry's id
  std::uint64_t lamport = 0;       // above every lamport the writer had seen
  TimeClaim claimed;
  Known known_district;
  Known known_body;
  std::vector<EntryId> parents;    // heads of this subject in other journals that the writer had seen
  BodyKind kind;
  std::uint16_t version = 1;
  Bytes body;                      // canonical bytes of the struct of that kind (bodies.hpp)
  Hash private_digest{};           // private_digest() of the private part, which is never empty

  bool operator==(const Entry&) const = default;
};

Bytes to_bytes(const Entry& entry);
// unreadable: not this form. A parsed entry turns into the same bytes again.
Result<Entry> parse_entry(ByteView bytes);
EntryId id_of(ByteView entry_bytes);

inline domain::SubjectId subject_of(const Entry& entry, const EntryId& id) {
  return entry.subject == domain::SubjectId{} ? domain::SubjectId{id.value()} : entry.subject;
}

// The private part of an entry: 16 bytes of salt, then canonical bytes of the struct that goes with its kind.
// Stored and sent beside the entry; erased without breaking the chain.
inline constexpr std::size_t salt_bytes = 16;
Hash private_digest(ByteView private_part);

}  // namespace cunzheng::journal
