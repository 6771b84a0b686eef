#pragma once
// Rows in memory: the laptop's, which makes them anew after unlock, and the model for tests.

#include "shared/registers/row_store.hpp"

namespace cunzheng::registers {

class MemRowStore final : public RowStore {
 public:
  Result<std::optional<Bytes>> get(const RowKey& row) override;
  Status apply(const std::map<RowKey, std::optional<Bytes>>& changes) override;
  Status scan(const std::string& table, ByteView prefix,
              const std::function<bool(ByteView key, ByteView value)>& each) override;
  Status clear() override;

 private:
  std::map<std::string, std::map<Bytes, Bytes>> tables_;
};

}  // namespace cunzheng::registers
