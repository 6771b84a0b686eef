#pragma once
// JSON of the same serialize() that makes the canonical bytes: for `--json`, `inspect` and the data files.
//
//   to_json(value)             objects by CEREAL_NVP names, ids as hex, days as "2026-05-11", enums by name
//   from_json<T>(json)         strict: a missing or unknown field, a wrong type or an unknown name is bad input
//                              whose `field` is the path ("items[3].legal_basis"). std::optional and vectors may
//                              be missing. A signed thing is never made again from JSON: sign and hash bytes.
//   parse_json(text, max)      RFC 8259; refuses duplicate keys, more than `bytes_max`, nesting over 32

#include "shared/codec/archive.hpp"

#include <boost/json.hpp>

namespace cunzheng::codec {

namespace json = boost::json;

Result<json::value> parse_json(std::string_view text, std::size_t bytes_max = 4U << 20);

class JsonWriter;
class JsonReader;
}  // namespace cunzheng::codec

namespace cereal::traits::detail {
template <>
struct get_output_from_input<cunzheng::codec::JsonReader> {
  using type = cunzheng::codec::JsonWriter;
};
template <>
struct get_input_from_output<cunzheng::codec::JsonWriter> {
  using type = cunzheng::codec::JsonReader;
};
}  // namespace cereal::traits::detail

namespace cunzheng::codec {

// Which types are JSON objects of named members, and which members may be left out.
template <class T>
struct JsonShape {
  static constexpr bool is_record = std::is_class_v<T>;
  static constexpr bool may_be_missing = false;
};
template <bool missing>
struct JsonPlain {
  static constexpr bool is_record = false;
  static constexpr bool may_be_missing = missing;
};
template <>
struct JsonShape<std::string> : JsonPlain<false> {};
template <>
struct JsonShape<CivilDate> : JsonPlain<false> {};
template <>
struct JsonShape<Instant> : JsonPlain<false> {};
template <std::size_t N>
struct JsonShape<ByteArray<N>> : JsonPlain<false> {};
template <class T>
struct JsonShape<std::vector<T>> : JsonPlain<true> {};
template <class K, class V>
struct JsonShape<std::map<K, V>> : JsonPlain<true> {};
template <class T>
struct JsonShape<std::optional<T>> : JsonPlain<true> {};
template <class Tag, class T>
struct JsonShape<Strong<Tag, T>> : JsonPlain<false> {};

class JsonWriter : public cereal::OutputArchive<JsonWriter, cereal::AllowEmptyClassElision> {
 public:
  JsonWriter() : OutputArchive(this) {}
  json::value take() { return std::move(current_); }

  void set(json::value value) { current_ = std::move(value); }
  template <class T>
  json::value child(const T& value) {
    auto kept = std::move(current_);
    current_ = nullptr;
    if constexpr (std::is_class_v<T>) current_ = json::object{};
    (*this)(value);
    auto made = std::move(current_);
    current_ = std::move(kept);
    return made;
  }
  void member(const char* name, json::value value) {
    if (!current_.is_object()) current_ = json::object{};
    current_.as_object()[name] = std::move(value);
  }

 private:
  json::value current_ = nullptr;
};

// Thrown inside from_json() and caught by it alone.
struct BadJson {
  Text what;
  std::string path;
};

class JsonReader : public cereal::InputArchive<JsonReader, cereal::AllowEmptyClassElision> {
 public:
  JsonReader(const json::value& value, std::string path) : InputArchive(this), at_(&value), path_(std::move(path)) {}

  const json::value& at() const { return *at_; }
  [[noreturn]] void refuse(Text what) const { throw BadJson{std::move(what), path_}; }

  template <class T>
  void child(const json::value& value, const std::string& step, T& into) {
    const auto* kept = at_;
    const auto size = path_.size();
    at_ = &value;
    path_ += step;
    if constexpr (JsonShape<T>::is_record) {
      Record record{open_, {}};
      open_ = &record;
      if (!value.is_object()) refuse({"应为对象", "expected an object"});
      (*this)(into);
      for (const auto& pair : value.as_object()) {
        if (std::find(record.seen.begin(), record.seen.end(), pair.key()) == record.seen.end()) {
          path_ += (path_.empty() ? "" : ".") + std::string(pair.key());
          refuse({"没有这个字段", "unknown field"});
        }
      }
      open_ = record.outer;
    } else {
      (*this)(into);
    }
    path_.resize(size);
    at_ = kept;
  }
  template <class T>
  void member(const char* name, T& into) {
    open_->seen.emplace_back(name);
    const auto step = (path_.empty() ? "" : ".") + std::string(name);
    if (const auto* found = at_->as_object().if_contains(name)) {
      child(*found, step, into);
    } else if constexpr (!JsonShape<T>::may_be_missing) {
      path_ += step;
      refuse({"缺少这个字段", "missing field"});
    }
  }

 private:
  struct Record {
    Record* outer;
    std::vector<std::string> seen;
  };

  const json::value* at_;
  std::string path_;
  Record* open_ = nullptr;
};
// ---- out

template <class T>
void save(JsonWriter& writer, const cereal::NameValuePair<T>& pair) {
  writer.member(pair.name, writer.child(pair.value));
}
template <class T>
  requires std::is_arithmetic_v<T>
void save(JsonWriter& writer, const T& value) {
  writer.set(value);
}
// "A", not 65. What is no plain character is shown as "?".
inline void save(JsonWriter& writer, const char& letter) {
  writer.set(json::string(1, letter >= ' ' && letter <= '~' ? letter : '?'));
}
template <NamedEnum E>
void save(JsonWriter& writer, const E& value) {
  writer.set(json::string(name_of(value)));
}
inline void save(JsonWriter& writer, const std::string& text) { writer.set(json::string(text)); }
inline void save(JsonWriter& writer, const CivilDate& date) { writer.set(json::string(date.text())); }
inline void save(JsonWriter& writer, const Instant& at) { writer.set(at.ms); }
template <std::size_t N>
void save(JsonWriter& writer, const ByteArray<N>& bytes) {
  writer.set(json::string(to_hex(bytes)));
}
template <class T>
void save(JsonWriter& writer, const std::vector<T>& items) {
  if constexpr (Blob<std::vector<T>>) {
    writer.set(json::string(to_hex(items)));
  } else {
    json::array array;
    for (const auto& item : items) array.push_back(writer.child(item));
    writer.set(std::move(array));
  }
}
template <class K, class V>
void save(JsonWriter& writer, const std::map<K, V>& map) {
  json::object object;
  for (const auto& [key, value] : map) {
    const auto name = writer.child(key);
    object[name.is_string() ? std::string_view(name.as_string()) : std::string_view(json::serialize(name))] =
        writer.child(value);
  }
  writer.set(std::move(object));
}
template <class T>
void save(JsonWriter& writer, const std::optional<T>& value) {
  writer.set(value ? writer.child(*value) : json::value(nullptr));
}
template <class Tag, class T>
void save(JsonWriter& writer, const Strong<Tag, T>& id) {
  writer.set(writer.child(id.value()));
}

// ---- in

template <class T>
void load(JsonReader& reader, cereal::NameValuePair<T>& pair) {
  reader.member(pair.name, pair.value);
}
template <class T>
  requires std::is_arithmetic_v<T>
void load(JsonReader& reader, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!reader.at().is_bool()) reader.refuse({"应为true或false", "expected true or false"});
    value = reader.at().as_bool();
  } else {
    boost::system::error_code error;
    value = reader.at().to_number<T>(error);
    if (error) reader.refuse({"应为范围内的整数", "expected a whole number in range"});
  }
}
inline const json::string& string_at(const JsonReader& reader) {
  if (!reader.at().is_string()) reader.refuse({"应为文字", "expected a string"});
  return reader.at().get_string();
}
inline void load(JsonReader& reader, char& letter) {
  const auto& text = string_at(reader);
  if (text.size() != 1) reader.refuse({"应为一个字母", "expected one letter"});
  letter = text.front();
}
template <NamedEnum E>
void load(JsonReader& reader, E& value) {
  const std::string name(string_at(reader));
  const auto found = enum_from_name<E>(name);
  if (!found) {
    std::string known;
    for (const auto* each : EnumNames<E>::names) known += (known.empty() ? "" : ", ") + std::string(each);
    reader.refuse({"“" + name + "”不在可选值之内：" + known, "'" + name + "' is none of " + known});
  }
  value = *found;
}
inline void load(JsonReader& reader, std::string& text) { text = std::string(string_at(reader)); }
inline void load(JsonReader& reader, CivilDate& date) {
  const auto parsed = CivilDate::parse(string_at(reader));
  if (!parsed) reader.refuse(parsed.error().what);
  date = *parsed;
}
inline void load(JsonReader& reader, Instant& at) { load(reader, at.ms); }
template <std::size_t N>
void load(JsonReader& reader, ByteArray<N>& bytes) {
  const auto parsed = array_from_hex<N>(string_at(reader));
  if (!parsed) reader.refuse(parsed.error().what);
  bytes = *parsed;
}
template <class T>
void load(JsonReader& reader, std::vector<T>& items) {
  items.clear();
  if constexpr (Blob<std::vector<T>>) {
    auto parsed = from_hex(string_at(reader));
    if (!parsed) reader.refuse(parsed.error().what);
    items = std::move(*parsed);
  } else {
    if (!reader.at().is_array()) reader.refuse({"应为数组", "expected an array"});
    std::size_t k = 0;
    for (const auto& item : reader.at().get_array()) {
      reader.child(item, "[" + std::to_string(k++) + "]", items.emplace_back());
    }
  }
}
template <class K, class V>
void load(JsonReader& reader, std::map<K, V>& map) {
  map.clear();
  if (!reader.at().is_object()) reader.refuse({"应为对象", "expected an object"});
  for (const auto& pair : reader.at().get_object()) {
    const json::value name(json::string(pair.key()));
    K key{};
    const auto step = "." + std::string(pair.key());
    reader.child(name, step, key);
    reader.child(pair.value(), step, map[key]);
  }
}
template <class T>
void load(JsonReader& reader, std::optional<T>& value) {
  value.reset();
  if (!reader.at().is_null()) reader.child(reader.at(), "", value.emplace());
}
template <class Tag, class T>
void load(JsonReader& reader, Strong<Tag, T>& id) {
  reader.child(reader.at(), "", id.value());
}

template <class T>
json::value to_json(const T& value) {
  JsonWriter writer;
  return writer.child(value);
}

template <class T>
Result<T> from_json(const json::value& value, std::string path = {}) {
  try {
    JsonReader reader(value, std::move(path));
    T out{};
    reader.child(value, "", out);
    return out;
  } catch (const BadJson& bad) {
    return fail(FailureCode::bad_input, bad.what, bad.path);
  }
}

}  // namespace cunzheng::codec
