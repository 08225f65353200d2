#include "core/json/validate.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include <simdjson.h>
#include <evd/json.hpp>

namespace evd::json {

namespace {

using simdjson::error_code;

// A thread keeps a parser for what is usual; what a large text needed is given back.
constexpr std::size_t kept_size = 1U << 20U;

struct parser {
  simdjson::dom::parser dom{max_json_size + simdjson::SIMDJSON_PADDING};
  std::string buffer;

  error_code parse(std::string_view text) {
    if (text.size() > max_json_size) return simdjson::CAPACITY;
    if (dom.capacity() < text.size()) {
      const auto room = std::max<std::size_t>(text.size(), 4096);
      if (const auto failed = dom.allocate(room, max_json_depth + record_levels)) return failed;
    }
    buffer.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    buffer.assign(text);
    buffer.append(simdjson::SIMDJSON_PADDING, ' ');
    return dom.parse(buffer.data(), text.size(), false).error();
  }
};

error_code parse(std::string_view text) {
  static thread_local auto kept = std::make_unique<parser>();
  const auto failed = kept->parse(text);
  if (kept->buffer.capacity() > kept_size + simdjson::SIMDJSON_PADDING) kept = std::make_unique<parser>();
  return failed;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The same text with `.0` after every integer that is too long for 64 bits: simdjson refuses those, JSON does not.
std::string with_long_integers_as_doubles(std::string_view text) {
  constexpr std::size_t longest = 18;
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    out += c;
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\' && i + 1 < text.size()) out += text[++i];
    if (in_string || !is_digit(c)) continue;
    const auto begin = i;
    const bool is_integer = begin == 0 || (text[begin - 1] != '.' && text[begin - 1] != 'e' && text[begin - 1] != 'E' &&
                                           text[begin - 1] != '+');
    while (i + 1 < text.size() && is_digit(text[i + 1])) out += text[++i];
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    if (is_integer && next != '.' && i - begin >= longest) out += next == 'e' || next == 'E' ? "" : ".0";
  }
  return out;
}

std::string_view explain(error_code failed) {
  switch (failed) {
    case simdjson::EMPTY:
      return "is empty";
    case simdjson::UTF8_ERROR:
      return "is not valid UTF-8";
    case simdjson::DEPTH_ERROR:
      return "is nested too deep";
    case simdjson::NUMBER_ERROR:
      return "is not JSON: it has a number that is malformed, or too large for a double";
    case simdjson::STRING_ERROR:
      return "is not JSON: it has a string with a bad escape";
    case simdjson::UNESCAPED_CHARS:
      return "is not JSON: it has a control character in a string";
    case simdjson::UNCLOSED_STRING:
      return "is not JSON: it ends within a string";
    case simdjson::T_ATOM_ERROR:
    case simdjson::F_ATOM_ERROR:
    case simdjson::N_ATOM_ERROR:
      return "is not JSON: it has a word that is not true, false or null";
    default:
      return "is not JSON: a bracket, comma or value is missing or out of place";
  }
}

}  // namespace

result<void> validate(std::string_view text) {
  auto failed = parse(text);
  if (failed == simdjson::NUMBER_ERROR && text.size() <= max_json_size / 2) {
    failed = parse(with_long_integers_as_doubles(text));
  }
  if (failed == simdjson::SUCCESS) return {};
  if (failed == simdjson::CAPACITY || failed == simdjson::MEMALLOC) {
    return error{errc::payload_too_large,
                 {},
                 std::to_string(text.size()) + " bytes of JSON",
                 "at most " + std::to_string(max_json_size) + " bytes are read",
                 {}};
  }
  return error{errc::invalid_input, {}, {}, {}, {{"", std::string(explain(failed))}}};
}

}  // namespace evd::json
