#pragma once
// The program's log: one line an event, `key=value` behind it. Ids, numbers, error names and words of this program
// only; never a name, a number of a person or free text (defence D32). Any thread.

#include "shared/base/bytes.hpp"
#include "shared/base/strong.hpp"

#include <concepts>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace cunzheng::program {

class LogField {
 public:
  template <std::integral Number>
  LogField(const char* key, Number number) : key_(key), value_(std::to_string(number)) {}
  template <class Tag>
  LogField(const char* key, const Strong<Tag, Hash>& id) : key_(key), value_(to_hex(id.value()).substr(0, 16)) {}
  // A word of this program or an address; blanks and control characters come out as "_".
  LogField(const char* key, std::string_view word);

  const char* key() const { return key_; }
  const std::string& value() const { return value_; }

 private:
  const char* key_;
  std::string value_;
};

class Log {
 public:
  static Log to_stderr();
  // A file of at most 8 MiB and seven older ones. unavailable: it cannot be written.
  static Result<Log> to_file(const std::filesystem::path& file);
  static Log nowhere();

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) const;
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) const;

 private:
  explicit Log(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {}
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace cunzheng::program
