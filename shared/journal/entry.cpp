#include "shared/journal/entry.hpp"

#include "shared/base/verify.hpp"
#include "shared/codec/archive.hpp"
#include "shared/crypto/hash.hpp"

namespace cunzheng::journal {
namespace {

struct Offset {
  static constexpr std::size_t schema = 0, suite = 2, confidence = 3, clock_error = 4, claimed = 8, lamport = 16,
                               seq = 24, journal = 32, prev = 64, subject = 96, district_epoch = 128,
                               district_seq = 132, body_epoch = 140, body_seq = 144, kind = 152, version = 154,
                               parent_count = 156, reserved = 157, body_length = 160, parents = 164;
};
constexpr std::size_t hash_bytes = 32;

tl::unexpected<Failure> not_an_entry(const char* why) {
  return fail(FailureCode::unreadable, {std::string("条目无法读取：") + why, std::string("not a readable entry: ") + why});
}

void put_hash(std::span<std::uint8_t> at, const Hash& hash) { std::copy(hash.begin(), hash.end(), at.begin()); }

Hash get_hash(ByteView bytes, std::size_t at) {
  Hash hash;
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), hash_bytes, hash.begin());
  return hash;
}

}  // namespace

Bytes to_bytes(const Entry& entry) {
  VERIFY(entry.parents.size() <= parents_max && entry.body.size() <= body_bytes_max);
  const auto body_at = Offset::parents + hash_bytes * entry.parents.size();
  Bytes out(body_at + entry.body.size() + hash_bytes);
  const std::span<std::uint8_t> all(out);
  put_le(all.subspan(Offset::schema), entry.schema);
  out[Offset::suite] = entry.suite;
  out[Offset::confidence] = static_cast<std::uint8_t>(entry.claimed.confidence);
  put_le(all.subspan(Offset::clock_error), entry.claimed.error_s);
  put_le(all.subspan(Offset::claimed), entry.claimed.at.ms);
  put_le(all.subspan(Offset::lamport), entry.lamport);
  put_le(all.subspan(Offset::seq), entry.seq);
  put_hash(all.subspan(Offset::journal), entry.journal.value());
  put_hash(all.subspan(Offset::prev), entry.prev.value());
  put_hash(all.subspan(Offset::subject), entry.subject.value());
  put_le(all.subspan(Offset::district_epoch), entry.known_district.epoch);
  put_le(all.subspan(Offset::district_seq), entry.known_district.seq);
  put_le(all.subspan(Offset::body_epoch), entry.known_body.epoch);
  put_le(all.subspan(Offset::body_seq), entry.known_body.seq);
  put_le(all.subspan(Offset::kind), entry.kind.value());
  put_le(all.subspan(Offset::version), entry.version);
  out[Offset::parent_count] = static_cast<std::uint8_t>(entry.parents.size());
  put_le(all.subspan(Offset::body_length), static_cast<std::uint32_t>(entry.body.size()));
  for (std::size_t k = 0; k < entry.parents.size(); ++k) {
    put_hash(all.subspan(Offset::parents + hash_bytes * k), entry.parents[k].value());
  }
  std::copy(entry.body.begin(), entry.body.end(), out.begin() + static_cast<std::ptrdiff_t>(body_at));
  put_hash(all.subspan(body_at + entry.body.size()), entry.private_digest);
  return out;
}

Result<Entry> parse_entry(ByteView bytes) {
  if (bytes.size() < Offset::parents + hash_bytes) return not_an_entry("too short");
  Entry entry;
  entry.schema = get_le<std::uint16_t>(bytes.subspan(Offset::schema));
  if (entry.schema != schema_now) return not_an_entry("unknown schema");
  entry.suite = bytes[Offset::suite];
  if (entry.suite != 1) return not_an_entry("unknown suite");
  const auto confidence = bytes[Offset::confidence];
  if (confidence >= codec::EnumNames<ClockConfidence>::names.size()) return not_an_entry("unknown clock confidence");
  entry.claimed = TimeClaim{Instant{get_le<std::int64_t>(bytes.subspan(Offset::claimed))},
                            static_cast<ClockConfidence>(confidence),
                            get_le<std::uint32_t>(bytes.subspan(Offset::clock_error))};
  entry.lamport = get_le<std::uint64_t>(bytes.subspan(Offset::lamport));
  entry.seq = get_le<Seq>(bytes.subspan(Offset::seq));
  entry.journal = JournalId{get_hash(bytes, Offset::journal)};
  entry.prev = EntryId{get_hash(bytes, Offset::prev)};
  entry.subject = domain::SubjectId{get_hash(bytes, Offset::subject)};
  entry.known_district = {get_le<std::uint32_t>(bytes.subspan(Offset::district_epoch)),
                          get_le<Seq>(bytes.subspan(Offset::district_seq))};
  entry.known_body = {get_le<std::uint32_t>(bytes.subspan(Offset::body_epoch)),
                      get_le<Seq>(bytes.subspan(Offset::body_seq))};
  entry.kind = BodyKind{get_le<std::uint16_t>(bytes.subspan(Offset::kind))};
  entry.version = get_le<std::uint16_t>(bytes.subspan(Offset::version));
  const std::size_t parents = bytes[Offset::parent_count];
  if (parents > parents_max) return not_an_entry("too many parents");
  for (std::size_t k = Offset::reserved; k < Offset::body_length; ++k) {
    if (bytes[k] != 0) return not_an_entry("reserved bytes are not zero");
  }
  const std::size_t body_length = get_le<std::uint32_t>(bytes.subspan(Offset::body_length));
  if (body_length > body_bytes_max) return not_an_entry("body too long");
  const auto body_at = Offset::parents + hash_bytes * parents;
  if (bytes.size() != body_at + body_length + hash_bytes) return not_an_entry("length does not fit");
  for (std::size_t k = 0; k < parents; ++k) {
    entry.parents.emplace_back(get_hash(bytes, Offset::parents + hash_bytes * k));
  }
  entry.body = bytes_of(bytes.subspan(body_at, body_length));
  entry.private_digest = get_hash(bytes, body_at + body_length);
  return entry;
}

EntryId id_of(ByteView entry_bytes) { return EntryId{crypto::tagged_hash("entry", entry_bytes)}; }

Hash private_digest(ByteView private_part) { return crypto::tagged_hash("private", private_part); }

}  // namespace cunzheng::journal
