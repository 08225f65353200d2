// The sink that writes to standard error, through spdlog.

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <evd/json.hpp>
#include <evd/logger.hpp>
#include <evd/time.hpp>
#include <map>
#include <string>

namespace evd {

namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, before threads change it
  return value != nullptr ? value : "";
}

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warning:
      return "warning";
    case log_level::error:
      return "error";
  }
  return "info";
}

class stderr_log final : public log_sink {
 public:
  stderr_log() {
    const auto format = from_environment("EVD_LOG_FORMAT");
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    json_ = format == "json" || (format.empty() && !terminal);
    if (terminal && !json_ && from_environment("NO_COLOR").empty()) {
      logger_ = std::make_shared<spdlog::logger>("evd", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    } else {
      logger_ = std::make_shared<spdlog::logger>("evd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    }
    logger_->set_pattern(json_ ? "%v" : "%H:%M:%S.%e %^%-7l%$ %v");
    const auto level = from_environment("EVD_LOG");
    logger_->set_level(level == "debug"     ? spdlog::level::debug
                       : level == "warning" ? spdlog::level::warn
                       : level == "error"   ? spdlog::level::err
                                            : spdlog::level::info);
    logger_->flush_on(spdlog::level::debug);
  }

  void write(log_level level, std::string_view message, const std::vector<log_field>& fields) override {
    if (!logger_->should_log(level_of(level))) return;
    logger_->log(level_of(level),
                 spdlog::string_view_t(json_ ? as_json(level, message, fields) : as_text(message, fields)));
  }

 private:
  static std::string as_text(std::string_view message, const std::vector<log_field>& fields) {
    std::string line(message);
    for (const auto& field : fields) {
      line.append("  ").append(field.name).append("=");
      const bool plain = field.value.find_first_of(" \"\n\t") == std::string::npos && !field.value.empty();
      line += plain ? field.value : to_json(field.value);
    }
    return line;
  }

  static std::string as_json(log_level level, std::string_view message, const std::vector<log_field>& fields) {
    const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    std::string line = R"({"time":")" + to_rfc3339(now) + R"(","level":")";
    line.append(name_of(level)).append(R"(","message":)").append(to_json(std::string(message)));
    for (const auto& field : fields) {
      line.append(",").append(to_json(std::string(field.name))).append(":");
      line += field.is_number ? field.value : to_json(field.value);
    }
    return line + "}";
  }

  bool json_ = false;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace

log_sink& standard_log() {
  // Never destroyed: threads that end late may still log.
  static auto& sink = *new stderr_log;
  return sink;
}

}  // namespace evd
