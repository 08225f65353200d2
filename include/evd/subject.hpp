#pragma once
/// Subjects name event types: dot-separated tokens, `User.nameUpdated`; the first token names the module.
///
/// The rules are those of NATS, so that a subject is the same on every broker: a token is one or more printable
/// characters without space, `.`, `*` or `>`. In a filter `*` stands for one token and a last `>` for one or more.

#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/export.hpp>

namespace evd {

inline constexpr std::size_t max_subject_length = 200;

/// Whether `text` names an event type: at least two tokens, no wildcard.
[[nodiscard]] constexpr bool is_subject(std::string_view text);

/// Whether `text` may be subscribed to: a subject, with wildcards allowed; `>` alone is every event.
[[nodiscard]] constexpr bool is_subject_filter(std::string_view text);

/// As above, saying what is wrong.
[[nodiscard]] EVD_API result<void> check_subject(std::string_view text);
[[nodiscard]] EVD_API result<void> check_subject_filter(std::string_view text);

/// Whether an event of `subject` passes `filter`.
[[nodiscard]] constexpr bool matches(std::string_view filter, std::string_view subject);

/// The first token of a subject: the module that owns the event.
[[nodiscard]] constexpr std::string_view module_of(std::string_view subject) {
  return subject.substr(0, subject.find('.'));
}

namespace detail {

constexpr std::string_view take_token(std::string_view& rest) {
  const auto dot = rest.find('.');
  const auto token = rest.substr(0, dot);
  rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  return token;
}

constexpr bool is_token(std::string_view token) {
  if (token.empty()) return false;
  for (const char c : token) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '*' || c == '>') return false;
  }
  return true;
}

}  // namespace detail

constexpr bool is_subject(std::string_view text) {
  if (text.size() > max_subject_length || text.empty() || text.back() == '.') return false;
  int tokens = 0;
  while (!text.empty()) {
    if (!detail::is_token(detail::take_token(text))) return false;
    ++tokens;
  }
  return tokens >= 2;
}

constexpr bool is_subject_filter(std::string_view text) {
  if (text.size() > max_subject_length || text.empty() || text.back() == '.') return false;
  while (!text.empty()) {
    const auto token = detail::take_token(text);
    if (token == ">") return text.empty();
    if (token != "*" && !detail::is_token(token)) return false;
  }
  return true;
}

constexpr bool matches(std::string_view filter, std::string_view subject) {
  while (!filter.empty()) {
    if (subject.empty()) return false;
    const auto wanted = detail::take_token(filter);
    if (wanted == ">") return true;
    const auto token = detail::take_token(subject);
    if (wanted != "*" && wanted != token) return false;
  }
  return subject.empty();
}

}  // namespace evd
