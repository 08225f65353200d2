#include <evd/logger.hpp>

#include <cmath>

#include <evd/json.hpp>

namespace evd {

log_field::log_field(std::string_view n, double number)
    : name(n),
      value(std::isfinite(number) ? to_json(number) : std::to_string(number)),
      is_number(std::isfinite(number)) {}

void logger::write(log_level level, std::string_view message, std::initializer_list<log_field> fields) const {
  if (fields.size() == 0) {
    sink_->write(level, message, fields_);
    return;
  }
  std::vector<log_field> all(fields);
  all.insert(all.end(), fields_.begin(), fields_.end());
  sink_->write(level, message, all);
}

void logger::debug(std::string_view message, std::initializer_list<log_field> fields) const {
  write(log_level::debug, message, fields);
}
void logger::info(std::string_view message, std::initializer_list<log_field> fields) const {
  write(log_level::info, message, fields);
}
void logger::warning(std::string_view message, std::initializer_list<log_field> fields) const {
  write(log_level::warning, message, fields);
}
void logger::error(std::string_view message, std::initializer_list<log_field> fields) const {
  write(log_level::error, message, fields);
}

}  // namespace evd
