#include "gateway/http/target.hpp"

#include <algorithm>

#include <simdjson.h>

namespace evd::gateway {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, plus_is plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' && plus == plus_is::blank ? ' ' : text[i]);
    }
  }
  return decoded;
}

bool is_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::optional<request_target> parse_target(std::string_view text) {
  if (!text.starts_with('/')) {
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return std::nullopt;
    const auto path = text.find_first_of("/?", scheme + 3);
    text = path == std::string_view::npos ? "/" : text.substr(path);
  }
  text = text.substr(0, text.find('#'));
  const auto question = text.find('?');
  auto path = percent_decode(text.substr(0, question), plus_is::plus);
  if (!path || !is_utf8(*path)) return std::nullopt;
  if (std::any_of(path->begin(), path->end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    return std::nullopt;
  }
  if (path->empty()) *path = "/";
  return request_target{std::move(*path),
                        question == std::string_view::npos ? std::string{} : std::string(text.substr(question + 1))};
}

}  // namespace evd::gateway
