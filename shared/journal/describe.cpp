#include "shared/journal/describe.hpp"

#include "shared/journal/writer.hpp"

namespace cunzheng::journal {

using codec::to_json;
namespace json = codec::json;

std::string kind_name(BodyKind kind) {
  std::string name = "kind " + std::to_string(kind.value());
  visit_kind(AllBodies{}, kind, [&](auto tag) { name = decltype(tag)::Type::name; });
  return name;
}

json::value describe(const Item& item, bool with_private) {
  json::object out{{"id", to_json(item.id)}};
  if (item.is_stub()) {
    out["damaged"] = true;
    return out;
  }
  const auto entry = parse_entry(item.entry);
  if (!entry) {
    out["damaged"] = true;
    return out;
  }
  out["journal"] = to_json(entry->journal);
  out["seq"] = entry->seq;
  out["prev"] = to_json(entry->prev);
  out["subject"] = to_json(subject_of(*entry, item.id));
  out["lamport"] = entry->lamport;
  out["claimed"] = json::object{{"at", local_text(entry->claimed.at)},
                                {"ms", entry->claimed.at.ms},
                                {"confidence", to_json(entry->claimed.confidence)},
                                {"error_s", entry->claimed.error_s}};
  out["known_district"] = to_json(entry->known_district);
  out["known_body"] = to_json(entry->known_body);
  out["parents"] = to_json(entry->parents);
  out["kind"] = kind_name(entry->kind);
  out["version"] = entry->version;
  bool readable = false;
  bool newer = true;
  visit_kind(AllBodies{}, entry->kind, [&](auto tag) {
    using Body = typename decltype(tag)::Type;
    newer = entry->version != Body::version;
    const auto body = read_body<Body>(*entry);
    if (!body) return;
    readable = true;
    out["body"] = to_json(*body);
    if (!with_private) return;
    if (const auto personal = read_private<Body>(item.private_part)) {
      out["private"] = to_json(*personal);
    } else {
      out["private"] = nullptr;
    }
  });
  if (!readable) {
    out[newer ? "newer_than_this_program" : "unreadable"] = true;
    out["body"] = to_hex(entry->body);
  }
  return out;
}

}  // namespace cunzheng::journal
