#pragma once
/// Structured logging: a message for people and fields for machines.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <evd/export.hpp>
#include <evd/id.hpp>

namespace evd {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// A named value of a log line.
struct log_field {
  std::string_view name;
  std::string value;
  bool is_number = false;  ///< a number or a boolean: JSON lines have it without quotes

  log_field(std::string_view n, std::string_view text) : name(n), value(text) {}
  log_field(std::string_view n, const char* text) : name(n), value(text) {}
  log_field(std::string_view n, const std::string& text) : name(n), value(text) {}
  log_field(std::string_view n, const id& what) : name(n), value(what.to_string()) {}
  template <std::integral Number>
  log_field(std::string_view n, Number number) : name(n), value(std::to_string(number)), is_number(true) {}
  log_field(std::string_view n, bool yes) : name(n), value(yes ? "true" : "false"), is_number(true) {}
  EVD_API log_field(std::string_view n, double number);
};

/// Where log lines go. Threads: `write` is called from any thread.
class EVD_API log_sink {
 public:
  virtual ~log_sink() = default;
  virtual void write(log_level level, std::string_view message, const std::vector<log_field>& fields) = 0;
};

/// Writes lines that all carry the same fields: of a handler's context, the ids of its chain and event.
class EVD_API logger {
 public:
  explicit logger(log_sink& sink, std::vector<log_field> fields = {}) : sink_(&sink), fields_(std::move(fields)) {}

  void debug(std::string_view message, std::initializer_list<log_field> fields = {}) const;
  void info(std::string_view message, std::initializer_list<log_field> fields = {}) const;
  void warning(std::string_view message, std::initializer_list<log_field> fields = {}) const;
  void error(std::string_view message, std::initializer_list<log_field> fields = {}) const;
  void write(log_level level, std::string_view message, std::initializer_list<log_field> fields = {}) const;

 private:
  log_sink* sink_;
  std::vector<log_field> fields_;
};

/// The sink that writes to standard error: for people when it is a terminal, otherwise one JSON object a line.
/// `EVD_LOG` (debug, info, warning, error) sets the level, `EVD_LOG_FORMAT` (text, json) the form.
[[nodiscard]] EVD_API log_sink& standard_log();

}  // namespace evd
