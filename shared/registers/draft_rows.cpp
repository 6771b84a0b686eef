#include "shared/registers/draft_rows.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

bool has_prefix(const Bytes& key, ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

}  // namespace

Result<std::optional<Bytes>> DraftRows::get(const RowKey& row) const {
  const auto changed = changes_.find(row);
  if (changed != changes_.end()) return changed->second;
  return rows_.get(row);
}

Status DraftRows::scan(const std::string& table, ByteView prefix,
                       const std::function<bool(ByteView key, ByteView value)>& each) const {
  auto change = changes_.lower_bound({table, bytes_of(prefix)});
  const auto mine = [&] {
    return change != changes_.end() && change->first.table == table && has_prefix(change->first.key, prefix);
  };
  bool go_on = true;
  const auto show_change = [&] {
    if (change->second) go_on = each(change->first.key, *change->second);
    ++change;
  };
  CHECK(rows_.scan(table, prefix, [&](ByteView key, ByteView value) {
    while (go_on && mine() && std::lexicographical_compare(change->first.key.begin(), change->first.key.end(), key.begin(), key.end())) {
      show_change();
    }
    if (!go_on) return false;
    if (mine() && equal(change->first.key, key)) {
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
  CHECK(rows_.apply(changes_));
  changes_.clear();
  return {};
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
