#pragma once
// Rows with changes that are not written yet: read through, written in one batch.

#include "shared/registers/row_store.hpp"

namespace cunzheng::registers {

class DraftRows {
 public:
  explicit DraftRows(RowStore& rows) : rows_(rows) {}

  Result<std::optional<Bytes>> get(const RowKey& row) const;
  Status scan(const std::string& table, ByteView prefix,
              const std::function<bool(ByteView key, ByteView value)>& each) const;
  void put(const RowKey& row, Bytes value) { tables_[row.table].insert_or_assign(row.key, std::move(value)); }
  void erase(const RowKey& row) { tables_[row.table].insert_or_assign(row.key, std::nullopt); }
  // All or nothing; afterwards there are no changes.
  Status write();

 private:
  RowStore& rows_;
  std::map<std::string, std::map<Bytes, std::optional<Bytes>>> tables_;
};

// Parts of keys. A text carries its length, so that no key of one text begins with a key of another.
Bytes text_key(std::string_view text);
void add_text(Bytes& key, std::string_view text);
void add_big_endian(Bytes& key, std::uint64_t number);

}  // namespace cunzheng::registers
