#pragma once
// Rows that can be made again from the entries: the projection (projection.hpp). Sealed like the entries, without their
// durability: after a crash rows and cursor are as of one earlier moment together, never torn.

#include "shared/base/bytes.hpp"

#include <cereal/cereal.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace cunzheng::registers {

// Keys are opaque to the disk: the engine stores a keyed hash path for `table` and the key bytes that callers make of
// sequence numbers, ids or keyed hashes. No personal data in keys.
struct RowKey {
  std::string table;  // short name, "certificate"
  Bytes key;
  auto operator<=>(const RowKey&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(table), CEREAL_NVP(key));
  }
};

class RowStore {
 public:
  virtual ~RowStore() = default;

  virtual Result<std::optional<Bytes>> get(const RowKey& row) = 0;
  // All changes at once, or none. A nullopt value deletes.
  virtual Status apply(const std::map<RowKey, std::optional<Bytes>>& changes) = 0;
  // Rows of `table` whose key starts with `prefix`, in key order; `each` returns false to stop.
  virtual Status scan(const std::string& table, ByteView prefix,
                      const std::function<bool(ByteView key, ByteView value)>& each) = 0;
  // Drops every row.
  virtual Status clear() = 0;
};

}  // namespace cunzheng::registers
