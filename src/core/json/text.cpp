#include "core/json/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace evd::json {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

/// The length of the UTF-8 sequence at the beginning of `text`, 0 when it is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0xC2 || first > 0xF4 || !continues(1)) return 0;
  if (first < 0xE0) return 2;
  const unsigned second = at(1);
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (!continues(2)) return 0;
  if (first < 0xF0) return 3;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return continues(3) ? 4 : 0;
}

void append_escape(char c, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[byte >> 4U];
  out += digits[byte & 15U];
}

template <class Number>
void append_floating(Number number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 64> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  out += digits;
  // "-0" would be read as the integer 0, and a long row of digits as an integer that fits none.
  const bool integral = digits.find_first_of(".e") == std::string_view::npos;
  if (integral && (digits == "-0" || digits.size() > 15)) out += ".0";
}

template <class Number>
void append_number(Number number, bool exact, std::string& out) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  if (!exact) out += '"';
  out.append(text.data(), end);
  if (!exact) out += '"';
}

}  // namespace

void append_string(std::string_view text, std::string& out) {
  out += '"';
  std::size_t done = 0;
  std::size_t i = 0;
  const auto flush = [&] { out.append(text, done, i - done); };
  while (i < text.size()) {
    const char c = text[i];
    if (plain[static_cast<unsigned char>(c)]) {
      ++i;
    } else if (static_cast<unsigned char>(c) < 0x80) {
      flush();
      append_escape(c, out);
      done = ++i;
    } else if (const auto length = sequence_length(text.substr(i))) {
      i += length;
    } else {
      flush();
      out += replacement;
      done = ++i;
    }
  }
  flush();
  out += '"';
}

void append_double(double number, std::string& out) {
  append_floating(number, out);
}

void append_float(float number, std::string& out) {
  append_floating(number, out);
}

void append_integer(std::int64_t number, std::string& out) {
  append_number(number, number >= -max_exact && number <= max_exact, out);
}

void append_integer(std::uint64_t number, std::string& out) {
  append_number(number, number <= static_cast<std::uint64_t>(max_exact), out);
}

}  // namespace evd::json
