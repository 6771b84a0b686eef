#include "sync/core/messages.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"
#include "sync/core/wire_range.hpp"

#include <algorithm>

namespace cunzheng::sync {
namespace {

template <std::size_t N>
ByteArray<N> first_bytes(const Hash& hash) {
  ByteArray<N> out;
  std::copy_n(hash.begin(), N, out.begin());
  return out;
}

tl::unexpected<Failure> not_a_message(const std::string& why) {
  return fail(FailureCode::unreadable, {"报文无法读取：" + why, "not a message: " + why});
}

// Decodes the alternative of Message at place `kind` - 1.
template <std::size_t place = 0>
Result<Message> decode_kind(std::size_t kind, ByteView bytes) {
  if constexpr (place == std::variant_size_v<Message>) {
    return not_a_message("unknown kind");
  } else {
    if (kind != place + 1) return decode_kind<place + 1>(kind, bytes);
    using Said = std::variant_alternative_t<place, Message>;
    TRY(auto message, codec::decode<Said>(bytes));
    return Message(std::in_place_index<place>, std::move(message));
  }
}

}  // namespace

ScopeDigest digest_of(std::span<const journal::Head> scope) {
  std::vector<journal::EntryId> ids;
  for (const auto& head : scope) ids.push_back(head.id);
  std::sort(ids.begin(), ids.end());
  return first_bytes<16>(crypto::tagged_hash("scope", codec::encode(ids)));
}

CompactHead compact(const journal::Head& head) {
  return {first_bytes<8>(head.journal.value()), Varint{head.seq}, first_bytes<4>(head.id.value())};
}

std::vector<CompactHead> compact(std::span<const journal::Head> heads) {
  std::vector<CompactHead> out;
  for (const auto& head : heads) out.push_back(compact(head));
  return out;
}

void message::save(codec::Writer& writer, const Ranges& ranges) {
  writer(Varint{ranges.ranges.size()});
  for (const auto& range : ranges.ranges) write_range(writer, range);
}

void message::load(codec::Reader& reader, Ranges& ranges) {
  Varint count;
  reader(count);
  if (count.value == 0) throw codec::Unreadable{"no ranges"};
  auto items_left = wire_items_max;
  ranges.ranges.clear();
  for (std::uint64_t k = 0; k < count.value; ++k) {
    auto range = read_range(reader, items_left);
    items_left -= range.items.size();
    if (k > 0 && range.journal != ranges.ranges.front().journal) throw codec::Unreadable{"ranges of two journals"};
    ranges.ranges.push_back(std::move(range));
  }
}

Bytes to_frame(const Message& message) {
  Bytes frame{static_cast<std::uint8_t>(message.index() + 1)};
  std::visit([&](const auto& said) { append(frame, codec::encode(said)); }, message);
  return frame;
}

Result<Message> parse_frame(ByteView frame) {
  if (frame.empty()) return not_a_message("empty");
  TRY(auto message, decode_kind(frame.front(), frame.subspan(1)));
  // The archive has one form for each value, a range's short form has several that read alike.
  const bool has_ranges = std::holds_alternative<message::Ranges>(message);
  if (has_ranges && !equal(to_frame(message), frame)) return not_a_message("not its only form");
  return message;
}

bool is_greeting_of_another_version(ByteView frame) {
  constexpr std::size_t hello_kind = 1;
  constexpr std::size_t welcome_kind = 2;
  return frame.size() >= 2 && (frame[0] == hello_kind || frame[0] == welcome_kind) && frame[1] != protocol_version;
}

Bytes hello_statement(const Hash& binding, const message::Hello::Said& said) {
  Bytes statement(binding.begin(), binding.end());
  append(statement, codec::encode(said));
  return statement;
}

Bytes welcome_statement(const Hash& binding, ByteView hello_frame, const message::Welcome::Said& said) {
  Bytes statement(binding.begin(), binding.end());
  append(statement, crypto::sha256(hello_frame));
  append(statement, codec::encode(said));
  return statement;
}

}  // namespace cunzheng::sync
