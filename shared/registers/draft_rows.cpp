#include "shared/registers/draft_rows.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

bool has_prefix(const Bytes& key, ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

bool is_less(ByteView a, ByteView b) { return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

Result<std::optional<Bytes>> DraftRows::get(const RowKey& row) const {
  if (const auto changes = tables_.find(row.table); changes != tables_.end()) {
    const auto changed = changes->second.find(row.key);
    if (changed != changes->second.end()) return changed->second;
  }
  return rows_.get(row);
}

Status DraftRows::scan(const std::string& table, ByteView prefix,
                       const std::function<bool(ByteView key, ByteView value)>& each) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return rows_.scan(table, prefix, each);
  const auto& changes = found->second;
  auto change = changes.lower_bound(bytes_of(prefix));
  const auto mine = [&] { return change != changes.end() && has_prefix(change->first, prefix); };
  bool go_on = true;
  const auto show_change = [&] {
    if (change->second) go_on = each(change->first, *change->second);
    ++change;
  };
  CHECK(rows_.scan(table, prefix, [&](ByteView key, ByteView value) {
    while (go_on && mine() && is_less(change->first, key)) show_change();
    if (!go_on) return false;
    if (mine() && equal(change->first, key)) {
      show_change();  // stands for the row as it was
    } else {
      go_on = each(key, value);
    }
    return go_on;
  }));
  while (go_on && mine()) show_change();
  return {};
}

Status DraftRows::write() {
  std::map<RowKey, std::optional<Bytes>> all;
  for (auto& [table, changes] : tables_) {
    for (auto& [key, value] : changes) all.emplace_hint(all.end(), RowKey{table, key}, std::move(value));
  }
  tables_.clear();
  return rows_.apply(all);
}

void add_big_endian(Bytes& key, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<std::uint8_t>(number >> shift));
}

void add_text(Bytes& key, std::string_view text) {
  key.push_back(static_cast<std::uint8_t>(text.size() >> 8));
  key.push_back(static_cast<std::uint8_t>(text.size()));
  append(key, view_of(text));
}

Bytes text_key(std::string_view text) {
  Bytes key;
  add_text(key, text);
  return key;
}

}  // namespace cunzheng::registers
