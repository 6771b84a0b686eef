// An entry as it comes from outside: its envelope, its body by kind, its private part, and how it is shown. What is
// accepted has exactly the bytes that came; nothing stops the program.
//
// The input is tried as an entry, and as a body: kind and version, two bytes each, then the bytes of body or private part.

#include "shared/base/verify.hpp"
#include "shared/journal/describe.hpp"
#include "shared/journal/writer.hpp"

#include <cstddef>

using namespace cunzheng;

namespace {

template <class T>
void has_one_form(ByteView bytes) {
  const auto value = codec::decode<T>(bytes);
  if (!value) return;
  VERIFY(equal(codec::encode(*value), bytes));
  static_cast<void>(codec::json::serialize(codec::to_json(*value)));
}

void show(const journal::Item& item) {
  for (const bool with_private : {false, true}) {
    const auto shown = journal::describe(item, with_private);
    VERIFY(codec::parse_json(codec::json::serialize(shown), SIZE_MAX).has_value());
  }
}

void try_entry(ByteView bytes) {
  show({journal::id_of(bytes), bytes_of(bytes), std::nullopt});
  const auto entry = journal::parse_entry(bytes);
  if (!entry) return;
  VERIFY(equal(journal::to_bytes(*entry), bytes));
  visit_kind(journal::AllBodies{}, entry->kind, [&](auto tag) {
    using Body = typename decltype(tag)::Type;
    const auto body = journal::read_body<Body>(*entry);
    VERIFY(!body || codec::encode(*body) == entry->body);
  });
}

void try_body(ByteView bytes) {
  if (bytes.size() < 4) return;
  journal::Entry entry;
  entry.kind = journal::BodyKind(get_le<std::uint16_t>(bytes));
  entry.version = get_le<std::uint16_t>(bytes.subspan(2));
  const auto content = bytes.subspan(4);
  visit_kind(journal::AllBodies{}, entry.kind, [&](auto tag) {
    using Body = typename decltype(tag)::Type;
    has_one_form<Body>(content);
    has_one_form<typename Body::Private>(content);
  });
  if (content.size() > journal::body_bytes_max) return;
  entry.body = bytes_of(content);
  auto part = Bytes(journal::salt_bytes);
  append(part, content);
  show(journal::make_item(entry, std::move(part)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  try_entry(bytes);
  try_body(bytes);
  return 0;
}
