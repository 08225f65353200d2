#include <cstdint>

#include "core/json/cursor.hpp"

namespace evd::json {

namespace {

/// The four hexadecimal digits at `at`; beyond 0xFFFF: there are none.
std::uint32_t hex(std::string_view raw, std::size_t at) {
  constexpr std::uint32_t none = 0x10000;
  if (raw.size() < at + 4) return none;
  std::uint32_t code = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = raw[i];
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
      digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return none;
    }
    code = code << 4U | digit;
  }
  return code;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3FU));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3FU));
    put(0x80U | (code >> 6U & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

/// Reads the escape whose `u` is at `at`, two of them for a pair of surrogates; moves `at` to its last character.
bool append_unicode(std::string_view raw, std::size_t& at, std::string& out) {
  auto code = hex(raw, at + 1);
  if (code > 0xFFFF || (code >= 0xDC00 && code <= 0xDFFF)) return false;
  at += 4;
  if (code >= 0xD800 && code <= 0xDBFF) {
    if (raw.substr(at + 1, 2) != "\\u") return false;
    const auto low = hex(raw, at + 3);
    if (low < 0xDC00 || low > 0xDFFF) return false;
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    at += 6;
  }
  append_utf8(code, out);
  return true;
}

char simple_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

std::optional<std::string_view> unescape(std::string_view raw, std::string& storage) {
  auto escape = raw.find('\\');
  if (escape == std::string_view::npos) return raw;
  storage.clear();
  std::size_t done = 0;
  for (; escape != std::string_view::npos; escape = raw.find('\\', done)) {
    storage.append(raw, done, escape - done);
    auto at = escape + 1;
    if (at >= raw.size()) return std::nullopt;
    if (raw[at] != 'u') {
      storage += simple_escape(raw[at]);
    } else if (!append_unicode(raw, at, storage)) {
      return std::nullopt;
    }
    done = at + 1;
  }
  storage.append(raw, done);
  return storage;
}

}  // namespace evd::json
