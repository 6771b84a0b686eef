#include "shared/codec/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <set>

namespace cunzheng::codec {
namespace {

// Boost.JSON keeps the last of two equal keys without a word; what people sign must not be ambiguous.
class KeyWatch {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Error = json::error_code;

  std::optional<std::string> duplicate;

  bool on_object_begin(Error&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    keys_.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, Error&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Error& error) {
    key_.append(part.data(), part.size());
    if (!keys_.back().insert(key_).second) {
      duplicate = key_;
      error = json::error::syntax;
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_array_begin(Error&) { return true; }
  bool on_array_end(std::size_t, Error&) { return true; }
  bool on_string_part(json::string_view, std::size_t, Error&) { return true; }
  bool on_string(json::string_view, std::size_t, Error&) { return true; }
  bool on_number_part(json::string_view, Error&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Error&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Error&) { return true; }
  bool on_double(double, json::string_view, Error&) { return true; }
  bool on_bool(bool, Error&) { return true; }
  bool on_null(Error&) { return true; }
  bool on_comment_part(json::string_view, Error&) { return true; }
  bool on_comment(json::string_view, Error&) { return true; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string key_;
};

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    const auto size = std::to_string(text.size());
    const auto most = std::to_string(bytes_max);
    return fail(FailureCode::bad_input, {"文件太大：" + size + "字节，最多" + most + "字节",
                                         "too large: " + size + " bytes, at most " + most});
  }
  json::basic_parser<KeyWatch> watch(json::parse_options{});
  json::error_code error;
  const auto read = watch.write_some(false, text.data(), text.size(), error);
  if (const auto& duplicate = watch.handler().duplicate) {
    return fail(FailureCode::bad_input, {"同一对象里字段重复", "duplicate key in an object"}, *duplicate);
  }
  json::value value;
  if (!error && read == text.size()) value = json::parse({text.data(), text.size()}, error);
  if (error || read != text.size()) {
    const auto where = std::to_string(read);
    return fail(FailureCode::bad_input, {"不是合法的JSON，错在第" + where + "字节附近",
                                         "not well-formed JSON near byte " + where});
  }
  return value;
}

}  // namespace cunzheng::codec
