#include "sync/core/wire_range.hpp"

#include "shared/base/verify.hpp"
#include "sync/core/varint.hpp"

#include <limits>
#include <map>

namespace cunzheng::sync {
namespace {

using journal::Entry;
using journal::EntryId;
using journal::Item;
using journal::Range;
using journal::Seq;

// What schema 1 and suite 1 mean is part of this form; another schema travels as raw bytes until a protocol version
// knows it.
static_assert(journal::schema_now == 1);

enum class Form : std::uint8_t { plain = 0, raw = 1, stub = 2 };
enum class SubjectForm : std::uint8_t { opens = 0, as_before = 1, back = 2, full = 3 };

// The byte before each item.
struct Flags {
  static constexpr std::uint8_t form = 0x03, has_private = 0x04, subject = 0x18, same_clock = 0x20,
                                same_district = 0x40, same_body = 0x80;
};
constexpr unsigned subject_shift = 3;

// An entry that fits no table: fixed fields, all parents, the largest body, the private digest.
constexpr std::size_t raw_entry_bytes_max = 164 + 32 * journal::parents_max + journal::body_bytes_max + 32;
constexpr Seq seq_max = Seq{1} << 62;  // far from where adding a count could wrap

// What the plain items so far have established; both ends keep it alike.
struct Before {
  std::uint64_t claimed_ms = 0;
  ClockConfidence confidence = ClockConfidence::plausible;
  std::uint32_t error_s = 0;
  std::uint64_t lamport = 0;
  journal::Known district;
  journal::Known body;
  std::vector<domain::SubjectId> subjects;                   // one for each plain item
  std::map<domain::SubjectId, std::size_t> last_of_subject;  // index of its last item

  bool same_clock(const Entry& entry) const {
    return entry.claimed.confidence == confidence && entry.claimed.error_s == error_s;
  }

  void take(const Entry& entry, const EntryId& id) {
    claimed_ms = static_cast<std::uint64_t>(entry.claimed.at.ms);
    confidence = entry.claimed.confidence;
    error_s = entry.claimed.error_s;
    lamport = entry.lamport;
    district = entry.known_district;
    body = entry.known_body;
    const auto subject = subject_of(entry, id);
    last_of_subject[subject] = subjects.size();
    subjects.push_back(subject);
  }
};

// What the place of an item says about its entry.
struct Place {
  const journal::JournalId& journal;
  Seq seq = 0;
  const Item* before = nullptr;  // none for the first item of a range

  journal::JournalId journal_field() const { return seq == 0 ? journal::JournalId{} : journal; }
  bool needs_prev() const { return seq != 0 && before == nullptr; }
  EntryId prev() const { return seq == 0 || before == nullptr ? EntryId{} : before->id; }
};

// The entry, if its place and its private part say the rest of its bytes.
std::optional<Entry> plain_entry(const Item& item, const Place& place) {
  auto entry = journal::parse_entry(item.entry);
  if (!entry || entry->seq != place.seq || entry->journal != place.journal_field()) return std::nullopt;
  if (!place.needs_prev() && entry->prev != place.prev()) return std::nullopt;
  if (item.private_part && journal::private_digest(*item.private_part) != entry->private_digest) return std::nullopt;
  return *std::move(entry);
}

void write_bytes(codec::Writer& writer, ByteView bytes) {
  writer(Varint{bytes.size()});
  writer.raw(bytes);
}

Bytes read_bytes(codec::Reader& reader, std::size_t size_max) {
  Varint size;
  reader(size);
  if (size.value > size_max) throw codec::Unreadable{"byte string too long"};
  return bytes_of(reader.raw(static_cast<std::size_t>(size.value)));
}

void write_known(codec::Writer& writer, const journal::Known& before, const journal::Known& known) {
  writer(Varint{known.epoch}, difference(before.seq, known.seq));
}

journal::Known read_known(codec::Reader& reader, const journal::Known& before) {
  Varint epoch;
  Varint step;
  reader(epoch, step);
  if (epoch.value > 0xFFFF'FFFFU) throw codec::Unreadable{"epoch above 32 bits"};
  return {static_cast<std::uint32_t>(epoch.value), plus_difference(before.seq, step)};
}

template <class Number>
Number read_narrow(codec::Reader& reader) {
  Varint number;
  reader(number);
  if (number.value > std::numeric_limits<Number>::max()) throw codec::Unreadable{"number too large for its field"};
  return static_cast<Number>(number.value);
}

// ---------------------------------------------------------------- writing

void write_plain(codec::Writer& writer, const Entry& entry, const Item& item, const Place& place,
                 const Before& before) {
  auto subject_form = SubjectForm::full;
  std::size_t back = 0;
  if (entry.subject == domain::SubjectId{}) {
    subject_form = SubjectForm::opens;
  } else if (const auto last = before.last_of_subject.find(entry.subject); last != before.last_of_subject.end()) {
    back = before.subjects.size() - last->second;
    subject_form = back == 1 ? SubjectForm::as_before : SubjectForm::back;
  }
  auto flags = static_cast<std::uint8_t>(Form::plain);
  const auto set = [&](bool wanted, std::uint8_t flag) {
    if (wanted) flags = static_cast<std::uint8_t>(flags | flag);
  };
  set(item.private_part.has_value(), Flags::has_private);
  set(true, static_cast<std::uint8_t>(static_cast<unsigned>(subject_form) << subject_shift));
  set(before.same_clock(entry), Flags::same_clock);
  set(entry.known_district == before.district, Flags::same_district);
  set(entry.known_body == before.body, Flags::same_body);

  writer(flags);
  if (place.needs_prev()) writer(entry.prev);
  writer(Varint{entry.kind.value()}, Varint{entry.version}, Varint{entry.parents.size()});
  for (const auto& parent : entry.parents) writer(parent);
  writer(difference(before.claimed_ms, static_cast<std::uint64_t>(entry.claimed.at.ms)));
  if ((flags & Flags::same_clock) == 0) writer(entry.claimed.confidence, Varint{entry.claimed.error_s});
  writer(difference(before.lamport, entry.lamport));
  if ((flags & Flags::same_district) == 0) write_known(writer, before.district, entry.known_district);
  if ((flags & Flags::same_body) == 0) write_known(writer, before.body, entry.known_body);
  if (subject_form == SubjectForm::back) writer(Varint{back});
  if (subject_form == SubjectForm::full) writer(entry.subject);
  write_bytes(writer, entry.body);
  if (!item.private_part) writer(entry.private_digest);
}

void write_odd(codec::Writer& writer, const Item& item) {
  const auto form = item.is_stub() ? Form::stub : Form::raw;
  const auto private_flag = item.private_part ? Flags::has_private : std::uint8_t{0};
  writer(static_cast<std::uint8_t>(static_cast<std::uint8_t>(form) | private_flag));
  if (form == Form::stub) {
    writer(item.id);
  } else {
    write_bytes(writer, item.entry);
  }
}

// ---------------------------------------------------------------- reading

domain::SubjectId read_subject(codec::Reader& reader, SubjectForm form, const Before& before) {
  if (form == SubjectForm::opens) return {};
  domain::SubjectId subject;
  if (form == SubjectForm::full) {
    reader(subject);
    return subject;
  }
  Varint back{1};
  if (form == SubjectForm::back) reader(back);
  if (back.value == 0 || back.value > before.subjects.size()) throw codec::Unreadable{"no such earlier item"};
  return before.subjects[before.subjects.size() - static_cast<std::size_t>(back.value)];
}

// Everything but the private digest, which follows or is computed.
Entry read_plain(codec::Reader& reader, std::uint8_t flags, const Place& place, const Before& before) {
  Entry entry;
  entry.schema = 1;
  entry.suite = 1;
  entry.journal = place.journal_field();
  entry.seq = place.seq;
  entry.prev = place.prev();
  if (place.needs_prev()) reader(entry.prev);
  entry.kind = journal::BodyKind{read_narrow<std::uint16_t>(reader)};
  entry.version = read_narrow<std::uint16_t>(reader);
  const auto parents = read_narrow<std::uint8_t>(reader);
  if (parents > journal::parents_max) throw codec::Unreadable{"too many parents"};
  for (std::size_t k = 0; k < parents; ++k) reader(entry.parents.emplace_back());

  Varint step;
  reader(step);
  entry.claimed.at.ms = static_cast<std::int64_t>(plus_difference(before.claimed_ms, step));
  entry.claimed.confidence = before.confidence;
  entry.claimed.error_s = before.error_s;
  if ((flags & Flags::same_clock) == 0) {
    reader(entry.claimed.confidence);
    entry.claimed.error_s = read_narrow<std::uint32_t>(reader);
  }
  reader(step);
  entry.lamport = plus_difference(before.lamport, step);
  const bool same_district = (flags & Flags::same_district) != 0;
  const bool same_body = (flags & Flags::same_body) != 0;
  entry.known_district = same_district ? before.district : read_known(reader, before.district);
  entry.known_body = same_body ? before.body : read_known(reader, before.body);
  entry.subject = read_subject(reader, static_cast<SubjectForm>((flags & Flags::subject) >> subject_shift), before);
  entry.body = read_bytes(reader, journal::body_bytes_max);
  return entry;
}

Item read_item(codec::Reader& reader, const Place& place, Before& before) {
  std::uint8_t flags = 0;
  reader(flags);
  const bool has_private = (flags & Flags::has_private) != 0;
  const auto private_here = [&] {
    return has_private ? std::optional<Bytes>(read_bytes(reader, journal::private_part_bytes_max)) : std::nullopt;
  };
  switch (static_cast<Form>(flags & Flags::form)) {
    case Form::plain: {
      auto entry = read_plain(reader, flags, place, before);
      Item item{{}, {}, private_here()};
      if (item.private_part) {
        entry.private_digest = journal::private_digest(*item.private_part);
      } else {
        reader(entry.private_digest);
      }
      item.entry = journal::to_bytes(entry);
      item.id = journal::id_of(item.entry);
      before.take(entry, item.id);
      return item;
    }
    case Form::raw: {
      Item item{{}, read_bytes(reader, raw_entry_bytes_max), private_here()};
      item.id = journal::id_of(item.entry);
      return item;
    }
    case Form::stub: {
      Item item;
      reader(item.id);
      item.private_part = private_here();
      return item;
    }
  }
  throw codec::Unreadable{"unknown form of item"};
}

}  // namespace

void write_range(codec::Writer& writer, const Range& range) {
  VERIFY(!range.items.empty());
  writer(range.journal, Varint{range.first}, Varint{range.items.size()});
  Before before;
  for (std::size_t k = 0; k < range.items.size(); ++k) {
    const auto& item = range.items[k];
    const Place place{range.journal, range.first + k, k == 0 ? nullptr : &range.items[k - 1]};
    if (const auto entry = plain_entry(item, place)) {
      write_plain(writer, *entry, item, place, before);
      before.take(*entry, item.id);
    } else {
      write_odd(writer, item);
    }
    if (item.private_part) write_bytes(writer, *item.private_part);
  }
  writer(range.head.signature);
}

Range read_range(codec::Reader& reader, std::size_t items_max) {
  Range range;
  Varint first;
  Varint count;
  reader(range.journal, first, count);
  if (first.value > seq_max) throw codec::Unreadable{"place out of bounds"};
  if (count.value == 0 || count.value > items_max) throw codec::Unreadable{"no items, or too many"};
  range.first = first.value;
  Before before;
  for (std::size_t k = 0; k < count.value; ++k) {
    const Place place{range.journal, range.first + k, k == 0 ? nullptr : &range.items.back()};
    auto item = read_item(reader, place, before);
    range.items.push_back(std::move(item));
  }
  range.head.head = {range.journal, range.last(), range.items.back().id};
  reader(range.head.signature);
  return range;
}

Bytes to_wire(const Range& range) {
  codec::Writer writer;
  write_range(writer, range);
  return writer.take();
}

Result<Range> from_wire(ByteView bytes) {
  const auto not_a_range = [](const char* why) {
    return fail(FailureCode::unreadable, {std::string("区段无法读取：") + why, std::string("not a range: ") + why});
  };
  try {
    codec::Reader reader(bytes);
    auto range = read_range(reader, wire_items_max);
    if (!equal(to_wire(range), bytes)) return not_a_range("not its only form");
    return range;
  } catch (const codec::Unreadable& unreadable) {
    return not_a_range(unreadable.why);
  }
}

}  // namespace cunzheng::sync
