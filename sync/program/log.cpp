#include "sync/program/log.hpp"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace cunzheng::program {
namespace {

constexpr std::size_t file_bytes_max = 8U << 20;
constexpr std::size_t older_files = 7;

std::shared_ptr<spdlog::logger> logger_over(spdlog::sink_ptr sink) {
  auto logger = std::make_shared<spdlog::logger>("cunzheng", std::move(sink));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  logger->flush_on(spdlog::level::info);
  return logger;
}

std::string line_of(std::string_view event, std::initializer_list<LogField> fields) {
  std::string line(event);
  for (const auto& field : fields) line.append(" ").append(field.key()).append("=").append(field.value());
  return line;
}

}  // namespace

LogField::LogField(const char* key, std::string_view word) : key_(key) {
  for (const char c : word) value_ += c > ' ' && c < 0x7f ? c : '_';
}

Log Log::to_stderr() { return Log(logger_over(std::make_shared<spdlog::sinks::stderr_sink_mt>())); }

Result<Log> Log::to_file(const std::filesystem::path& file) {
  try {
    auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), file_bytes_max, older_files);
    std::error_code ignored;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 ignored);
    return Log(logger_over(std::move(sink)));
  } catch (const spdlog::spdlog_ex&) {
    return fail(FailureCode::unavailable, {"写不了日志：" + file.string(), "cannot write the log: " + file.string()});
  }
}

Log Log::nowhere() { return Log(logger_over(std::make_shared<spdlog::sinks::null_sink_mt>())); }

void Log::info(std::string_view event, std::initializer_list<LogField> fields) const {
  logger_->info("{}", line_of(event, fields));
}

void Log::warning(std::string_view event, std::initializer_list<LogField> fields) const {
  logger_->warn("{}", line_of(event, fields));
}

}  // namespace cunzheng::program
