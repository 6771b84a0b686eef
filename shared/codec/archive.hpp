#pragma once
// The canonical bounded archive: one value, one byte form (FORMAT.md section 1).
//
//   encode(value)            bytes; never fails
//   decode<T>(bytes)         the value, or Failure{unreadable}. Accepts exactly the bytes that encode() makes:
//                            decode(b) succeeded  =>  encode(*decode(b)) == b
//
// Whole numbers are little-endian of fixed width, bool is 0 or 1, enums are one byte and must be named,
// optional is a 0/1 byte and the value, strings are UTF-8 with a 4-byte count, vectors and maps have a 4-byte
// count, map keys ascend strictly, byte arrays of fixed size stand bare. Nothing may follow the last byte.
// Memory taken while decoding is bounded by a small multiple of the input; nesting by depth_max.
// Types describe themselves by cereal's serialize() with CEREAL_NVP; the names matter for JSON only.

#include "shared/base/bytes.hpp"
#include "shared/base/strong.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"

#include <cereal/cereal.hpp>

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace cunzheng::codec {

inline constexpr std::size_t depth_max = 24;

class Writer;
class Reader;
}  // namespace cunzheng::codec

namespace cereal::traits::detail {
template <>
struct get_output_from_input<cunzheng::codec::Reader> {
  using type = cunzheng::codec::Writer;
};
template <>
struct get_input_from_output<cunzheng::codec::Writer> {
  using type = cunzheng::codec::Reader;
};
}  // namespace cereal::traits::detail

// cereal would write any enum as its number, unchecked; ours are named.
namespace cereal {
template <class Archive, cunzheng::codec::NamedEnum E>
struct specialize<Archive, E, cereal::specialization::non_member_load_save> : std::true_type {};
}  // namespace cereal

namespace cunzheng::codec {

class Writer : public cereal::OutputArchive<Writer, cereal::AllowEmptyClassElision> {
 public:
  Writer() : OutputArchive(this) {}
  void raw(ByteView bytes) { append(out_, bytes); }
  template <class Number>
  void number(Number value) {
    ByteArray<sizeof(Number)> bytes;
    put_le(bytes, value);
    raw(bytes);
  }
  void count(std::size_t value) { number(static_cast<std::uint32_t>(value)); }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

// Thrown inside a decode and caught by decode() alone.
struct Unreadable {
  const char* why;
};

class Reader : public cereal::InputArchive<Reader, cereal::AllowEmptyClassElision> {
 public:
  explicit Reader(ByteView bytes) : InputArchive(this), rest_(bytes) {}
  ByteView raw(std::size_t size) {
    if (size > rest_.size()) throw Unreadable{"ends too early"};
    const auto out = rest_.first(size);
    rest_ = rest_.subspan(size);
    return out;
  }
  template <class Number>
  Number number() {
    return get_le<Number>(raw(sizeof(Number)));
  }
  // A count of things of at least one byte each: more than what is left cannot be true.
  std::size_t count() {
    const auto value = number<std::uint32_t>();
    if (value > rest_.size()) throw Unreadable{"count larger than the rest"};
    return value;
  }
  void enter() {
    if (++depth_ > depth_max) throw Unreadable{"nested too deep"};
  }
  void leave() { --depth_; }
  bool at_end() const { return rest_.empty(); }

 private:
  ByteView rest_;
  std::size_t depth_ = 0;
};

template <class T>
concept Blob = std::is_same_v<T, Bytes>;

// cereal finds these by argument-dependent lookup on the archive.
template <class T>
void prologue(Reader& reader, const T&) {
  if constexpr (std::is_class_v<T>) reader.enter();
}
template <class T>
void epilogue(Reader& reader, const T&) {
  if constexpr (std::is_class_v<T>) reader.leave();
}

template <class T>
void save(Writer& writer, const cereal::NameValuePair<T>& pair) {
  writer(pair.value);
}
template <class T>
void load(Reader& reader, cereal::NameValuePair<T>& pair) {
  reader(pair.value);
}

template <class T>
  requires std::is_arithmetic_v<T>
void save(Writer& writer, const T& value) {
  static_assert(std::is_integral_v<T>, "no floating point in signed bytes");
  if constexpr (std::is_same_v<T, bool>) {
    writer.number(static_cast<std::uint8_t>(value ? 1 : 0));
  } else {
    writer.number(value);
  }
}
template <class T>
  requires std::is_arithmetic_v<T>
void load(Reader& reader, T& value) {
  static_assert(std::is_integral_v<T>, "no floating point in signed bytes");
  if constexpr (std::is_same_v<T, bool>) {
    const auto byte = reader.number<std::uint8_t>();
    if (byte > 1) throw Unreadable{"bool is neither 0 nor 1"};
    value = byte == 1;
  } else {
    value = reader.number<T>();
  }
}

template <NamedEnum E>
void save(Writer& writer, const E& value) {
  writer.number(static_cast<std::uint8_t>(value));
}
template <NamedEnum E>
void load(Reader& reader, E& value) {
  const auto byte = reader.number<std::uint8_t>();
  if (byte >= EnumNames<E>::names.size()) throw Unreadable{"unknown enumerator"};
  value = static_cast<E>(byte);
}

inline void save(Writer& writer, const std::string& text) {
  writer.count(text.size());
  writer.raw(view_of(text));
}
inline void load(Reader& reader, std::string& text) {
  text = text_of(reader.raw(reader.count()));
  if (!is_utf8(text)) throw Unreadable{"text is not UTF-8"};
}

template <std::size_t N>
void save(Writer& writer, const ByteArray<N>& bytes) {
  writer.raw(bytes);
}
template <std::size_t N>
void load(Reader& reader, ByteArray<N>& bytes) {
  const auto raw = reader.raw(N);
  std::copy(raw.begin(), raw.end(), bytes.begin());
}

template <class T>
void save(Writer& writer, const std::vector<T>& items) {
  writer.count(items.size());
  if constexpr (Blob<std::vector<T>>) {
    writer.raw(items);
  } else {
    for (const auto& item : items) writer(item);
  }
}
template <class T>
void load(Reader& reader, std::vector<T>& items) {
  items.clear();
  const auto count = reader.count();
  if constexpr (Blob<std::vector<T>>) {
    items = bytes_of(reader.raw(count));
  } else {
    for (std::size_t k = 0; k < count; ++k) reader(items.emplace_back());
  }
}

template <class K, class V>
void save(Writer& writer, const std::map<K, V>& map) {
  writer.count(map.size());
  for (const auto& [key, value] : map) writer(key, value);
}
template <class K, class V>
void load(Reader& reader, std::map<K, V>& map) {
  map.clear();
  const auto count = reader.count();
  for (std::size_t k = 0; k < count; ++k) {
    K key{};
    V value{};
    reader(key, value);
    if (!map.empty() && !(map.rbegin()->first < key)) throw Unreadable{"map keys do not ascend"};
    map.emplace_hint(map.end(), std::move(key), std::move(value));
  }
}

template <class T>
void save(Writer& writer, const std::optional<T>& value) {
  writer(value.has_value());
  if (value) writer(*value);
}
template <class T>
void load(Reader& reader, std::optional<T>& value) {
  bool there = false;
  reader(there);
  value.reset();
  if (there) reader(value.emplace());
}

template <class Tag, class T>
void save(Writer& writer, const Strong<Tag, T>& id) {
  writer(id.value());
}
template <class Tag, class T>
void load(Reader& reader, Strong<Tag, T>& id) {
  reader(id.value());
}

inline void save(Writer& writer, const CivilDate& date) { writer.number(date.days()); }
inline void load(Reader& reader, CivilDate& date) {
  date = CivilDate(reader.number<std::int32_t>());
  if (date < CivilDate::first || CivilDate::last < date) throw Unreadable{"day outside 1900 to 2199"};
}
inline void save(Writer& writer, const Instant& at) { writer.number(at.ms); }
inline void load(Reader& reader, Instant& at) { at.ms = reader.number<std::int64_t>(); }

template <class T>
Bytes encode(const T& value) {
  Writer writer;
  writer(value);
  return writer.take();
}

template <class T>
Result<T> decode(ByteView bytes) {
  try {
    Reader reader(bytes);
    T value{};
    reader(value);
    if (!reader.at_end()) throw Unreadable{"bytes after the end"};
    return value;
  } catch (const Unreadable& unreadable) {
    return fail(FailureCode::unreadable, {std::string("数据格式不对：") + unreadable.why,
                                          std::string("not in canonical form: ") + unreadable.why});
  }
}

}  // namespace cunzheng::codec

template <>
struct cunzheng::codec::EnumNames<cunzheng::ClockConfidence> {
  static constexpr std::array names{"set_by_hub", "plausible", "doubtful"};
};
