#pragma once
/// Walks JSON text that was validated before (see validate.hpp), and gives out its exact tokens: a parsed document has
/// no digits of numbers and no raw text any more. On text that is not valid it gives wrong tokens, but never leaves it.

#include <optional>
#include <string>
#include <string_view>

namespace evd::json {

class cursor {
 public:
  explicit cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// The first character of the next token; 0 at the end.
  char peek() {
    while (at_ != end_ && is_space(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  /// Steps over `c` if it is next.
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  /// A number, true, false or null.
  std::string_view scalar() {
    peek();
    const char* begin = at_;
    while (at_ != end_ && !is_space(*at_) && *at_ != ',' && *at_ != ']' && *at_ != '}' && *at_ != ':') ++at_;
    if (begin == at_ && at_ != end_) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }
  /// What stands between the quotes of a string, escapes as they are.
  std::string_view raw_string() {
    take('"');
    const char* begin = at_;
    while (at_ != end_ && *at_ != '"') at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
    const std::string_view raw(begin, static_cast<std::size_t>(at_ - begin));
    if (at_ != end_) ++at_;
    return raw;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  const char* at_;
  const char* end_;
};

/// The text that a raw string stands for; `storage` holds it when there are escapes. None: an escape that stands for
/// half a character (a lone surrogate).
[[nodiscard]] std::optional<std::string_view> unescape(std::string_view raw, std::string& storage);

}  // namespace evd::json
