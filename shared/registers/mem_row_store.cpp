#include "shared/registers/mem_row_store.hpp"

#include <algorithm>

namespace cunzheng::registers {

Result<std::optional<Bytes>> MemRowStore::get(const RowKey& row) {
  const auto& rows = tables_[row.table];
  const auto found = rows.find(row.key);
  if (found == rows.end()) return std::optional<Bytes>();
  return std::optional(found->second);
}

Status MemRowStore::apply(const std::map<RowKey, std::optional<Bytes>>& changes) {
  for (const auto& [row, value] : changes) {
    auto& rows = tables_[row.table];
    if (value) {
      rows.insert_or_assign(row.key, *value);
    } else {
      rows.erase(row.key);
    }
  }
  return {};
}

Status MemRowStore::scan(const std::string& table, ByteView prefix,
                         const std::function<bool(ByteView key, ByteView value)>& each) {
  const auto& rows = tables_[table];
  for (auto row = rows.lower_bound(bytes_of(prefix)); row != rows.end(); ++row) {
    const auto& [key, value] = *row;
    const bool has_prefix = key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
    if (!has_prefix || !each(key, value)) break;
  }
  return {};
}

Status MemRowStore::clear() {
  tables_.clear();
  return {};
}

}  // namespace cunzheng::registers
