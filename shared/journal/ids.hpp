#pragma once
// Ids and positions of journals and entries.

#include "shared/base/bytes.hpp"
#include "shared/base/strong.hpp"

#include <cereal/cereal.hpp>

namespace cunzheng::journal {

using JournalId = Strong<struct JournalIdTag, Hash>;  // id of its first entry
using EntryId = Strong<struct EntryIdTag, Hash>;      // tagged hash of the entry's bytes
using Seq = std::uint64_t;                            // place in a journal, from 0 (JournalOpened) without gaps

// The end of a journal: its last entry.
struct Head {
  JournalId journal;
  Seq seq = 0;
  EntryId id;

  auto operator<=>(const Head&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(journal), CEREAL_NVP(seq), CEREAL_NVP(id));
  }
};

}  // namespace cunzheng::journal
