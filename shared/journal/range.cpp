#include "shared/journal/range.hpp"

#include "shared/codec/archive.hpp"

namespace cunzheng::journal {
namespace {

tl::unexpected<Failure> broken(const char* zh, const char* en, Seq seq) {
  const auto place = std::to_string(seq);
  return fail(FailureCode::conflict, {"第" + place + "条：" + zh, "entry " + place + ": " + en}, "seq " + place);
}

tl::unexpected<Failure> cannot_be_read(Failure failure, Seq seq) {
  const auto place = std::to_string(seq);
  failure.field = "seq " + place;
  return tl::make_unexpected(during({"第" + place + "条", "entry " + place}, std::move(failure)));
}

}  // namespace

SignedHead sign_head(const Head& head, const crypto::SecretKey& key) {
  return {head, crypto::sign(key, "head", codec::encode(head))};
}

bool verify_head(const SignedHead& signed_head, const crypto::PublicKey& key) {
  return crypto::verify(key, "head", codec::encode(signed_head.head), signed_head.signature);
}

Status verify_range(const Range& range, const crypto::PublicKey& key) {
  if (range.items.empty()) return broken("没有内容", "the range is empty", range.first);
  if (range.head.head.journal != range.journal || range.head.head.seq != range.last()) {
    return broken("签名的末条不在这一段末尾", "the signed head is not the end of this range", range.last());
  }
  if (!verify_head(range.head, key)) return broken("末条签名不对", "bad head signature", range.last());

  EntryId expected = range.head.head.id;
  for (auto seq = range.last();; --seq) {
    const auto& item = range.items[seq - range.first];
    if (item.id != expected) return broken("与后一条不相连", "is not what the next entry names", seq);
    if (item.is_stub()) {
      if (range.items.size() != 1) return broken("损坏的条目必须单独成段", "a stub must stand alone", seq);
      // Without the entry nothing says which private part is the right one, and the receiver may lack just that.
      if (item.private_part) return broken("损坏的条目不能带私密部分", "a stub cannot bring a private part", seq);
      return {};
    }
    if (id_of(item.entry) != expected) return broken("内容与编号不符", "bytes do not have this id", seq);
    const auto entry = parse_entry(item.entry);
    if (!entry) return cannot_be_read(entry.error(), seq);
    const bool opens = seq == 0;
    if (entry->seq != seq || entry->journal != (opens ? JournalId{} : range.journal)) {
      return broken("不属于这个位置", "does not belong at this place", seq);
    }
    if (opens && (expected.value() != range.journal.value() || entry->prev != EntryId{})) {
      return broken("不是这个日志的首条", "does not open this journal", seq);
    }
    if (item.private_part && item.private_part->size() > private_part_bytes_max) {
      return broken("私密部分太大", "private part too large", seq);
    }
    if (item.private_part && private_digest(*item.private_part) != entry->private_digest) {
      return broken("私密部分与摘要不符", "private part does not have this digest", seq);
    }
    if (seq == range.first) return {};
    expected = entry->prev;
  }
}

std::optional<EntryId> prev_of(const Range& range) {
  if (range.first == 0 || range.items.front().is_stub()) return std::nullopt;
  const auto entry = parse_entry(range.items.front().entry);
  if (!entry) return std::nullopt;
  return entry->prev;
}

Item make_item(const Entry& entry, Bytes private_part) {
  auto bytes = to_bytes(entry);
  const auto id = id_of(bytes);
  return {id, std::move(bytes), std::move(private_part)};
}

}  // namespace cunzheng::journal
