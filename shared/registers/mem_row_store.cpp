#include "shared/registers/mem_row_store.hpp"

#include <algorithm>

namespace cunzheng::registers {

Result<std::optional<Bytes>> MemRowStore::get(const RowKey& row) {
  const auto found = rows_.find(row);
  if (found == rows_.end()) return std::optional<Bytes>();
  return std::optional(found->second);
}

Status MemRowStore::apply(const std::map<RowKey, std::optional<Bytes>>& changes) {
  for (const auto& [row, value] : changes) {
    if (value) {
      rows_[row] = *value;
    } else {
      rows_.erase(row);
    }
  }
  return {};
}

Status MemRowStore::scan(const std::string& table, ByteView prefix,
                         const std::function<bool(ByteView key, ByteView value)>& each) {
  for (auto row = rows_.lower_bound({table, bytes_of(prefix)}); row != rows_.end(); ++row) {
    const auto& [key, value] = *row;
    const bool below = key.table == table && key.key.size() >= prefix.size() &&
                       std::equal(prefix.begin(), prefix.end(), key.key.begin());
    if (!below || !each(key.key, value)) break;
  }
  return {};
}

Status MemRowStore::clear() {
  rows_.clear();
  return {};
}

}  // namespace cunzheng::registers
