#include "shared/base/verify.hpp"
#include "sync/store/leveldb_engine.hpp"

#include <algorithm>

namespace cunzheng::store {
namespace {

constexpr std::uint8_t meta_version = 1;
constexpr std::size_t subject_bytes = 16;  // two subjects that begin alike are told apart by their entries

template <class Number>
void put_be(Bytes& key, Number number) {
  for (std::size_t k = sizeof(Number); k > 0; --k) key.push_back(static_cast<std::uint8_t>(number >> (8 * (k - 1))));
}

// The number in the last `size` bytes. A key of a damaged database may be shorter: its value does not open then.
std::uint64_t get_be(ByteView key, std::size_t size) {
  std::uint64_t number = 0;
  for (const auto byte : key.last(std::min(size, key.size()))) number = number << 8 | byte;
  return number;
}

template <class... Numbers>
Bytes tagged(char tag, Numbers... numbers) {
  Bytes key;
  key.reserve(1 + (0 + ... + sizeof(Numbers)));
  key.push_back(static_cast<std::uint8_t>(tag));
  (put_be(key, numbers), ...);
  return key;
}

tl::unexpected<Failure> not_ours(const char* zh, const char* en) { return fail(FailureCode::refused, {zh, en}); }

}  // namespace

namespace key {

Bytes meta() { return tagged('m'); }
Bytes commit() { return tagged('c'); }
Bytes trace(std::uint64_t commit) { return tagged('k', commit); }
Bytes line(Line line) { return tagged('j', line); }
Bytes entry(Line line, journal::Seq seq) { return tagged('e', line, seq); }
Bytes part(Line line, journal::Seq seq) { return tagged('p', line, seq); }
Bytes head(Line line, journal::Seq seq) { return tagged('h', line, seq); }
Bytes arrival(std::uint64_t last_of_run) { return tagged('a', last_of_run); }

Bytes subject(const domain::SubjectId& subject, Line line, journal::Seq seq) {
  auto out = tagged('s');
  append(out, ByteView(subject.value()).first(subject_bytes));
  append(out, ByteView(tagged('-', line, seq)).subspan(1));
  return out;
}

Line line_in(ByteView key) { return static_cast<Line>(get_be(key, sizeof(Line))); }

std::pair<Line, journal::Seq> place_in(ByteView key) {
  const auto before_seq = key.first(key.size() - std::min(key.size(), sizeof(journal::Seq)));
  return {line_in(before_seq), get_be(key, sizeof(journal::Seq))};
}

std::uint64_t number_in(ByteView key) { return get_be(key, sizeof(std::uint64_t)); }

}  // namespace key

// State, id, bytes: the id stands here once more, away from the entry, so that damage to one leaves the other.
Bytes part_value(const journal::Item& item) {
  const auto state = item.private_part ? Kept::Part::held : Kept::Part::absent;
  Bytes out;
  out.reserve(1 + 32 + (item.private_part ? item.private_part->size() : 0));
  out.push_back(static_cast<std::uint8_t>(state));
  append(out, item.id.value());
  if (item.private_part) append(out, *item.private_part);
  return out;
}

Bytes erased_part_value(const std::optional<journal::EntryId>& id) {
  Bytes out{static_cast<std::uint8_t>(Kept::Part::erased)};
  append(out, id.value_or(journal::EntryId{}).value());
  return out;
}

crypto::SymmetricKey entries_key(const crypto::SymmetricKey& key) { return crypto::derive(key, "store/entries"); }

// Version and store id stand open; an empty sealed value shows whether the key is the right one.
Bytes meta_value(const StoreId& store, const crypto::SymmetricKey& key, Random& random) {
  Bytes out{meta_version};
  append(out, store.value());
  const auto check = crypto::seal(entries_key(key), {}, out, random);
  append(out, check);
  return out;
}

Result<StoreId> check_meta(SealedDb& db, const crypto::SymmetricKey& key, Random* random) {
  TRY(const auto value, db.get_raw(key::meta()));
  constexpr std::size_t open_bytes = 1 + 16;
  if (!value || value->size() != open_bytes + crypto::seal_overhead) {
    return fail(FailureCode::unreadable, {"存储已损坏：缺少标识", "the store is damaged: it does not say which one it is"});
  }
  const auto open_part = ByteView(*value).first(open_bytes);
  if (open_part[0] != meta_version) {
    return not_ours("这个存储是另一个版本的程序建立的", "this store was made by another version of the program");
  }
  auto own_key = entries_key(key);
  if (!crypto::open(own_key, ByteView(*value).subspan(open_bytes), open_part)) {
    return not_ours("密钥不对：这个存储是用另一把密钥建立的", "wrong key: this store was made with another one");
  }
  StoreId store;
  std::copy(open_part.begin() + 1, open_part.end(), store.value().begin());
  db.unseal(store, std::move(own_key), random);
  return store;
}

Hash rolling_hash(const Hash& before, std::uint64_t number, const Hash& batch) {
  ByteArray<8> number_bytes;
  put_le(number_bytes, number);
  auto hasher = crypto::tagged_hasher("commit");
  hasher.update(before).update(number_bytes).update(batch);
  return hasher.finish();
}

}  // namespace cunzheng::store
