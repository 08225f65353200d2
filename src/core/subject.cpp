#include <evd/subject.hpp>

#include <simdjson.h>

namespace evd {

namespace {

enum class wildcards { refused, allowed };

error bad(std::string_view text, std::string why, wildcards allowed) {
  error failure{errc::invalid_input, "check subject", {}, {}, {}};
  failure.detail = '"' + std::string(text.substr(0, max_subject_length)) + "\" " + std::move(why);
  failure.hint = allowed == wildcards::refused ? "a subject looks like User.nameUpdated"
                                               : "a filter looks like User.nameUpdated, User.* or User.>";
  return failure;
}

/// What is wrong with one token; empty: nothing.
std::string token_fault(std::string_view token, bool last, wildcards allowed) {
  if (token.empty()) return "has an empty token: two dots in a row, or one at the beginning or end";
  if (allowed == wildcards::allowed && (token == "*" || (token == ">" && last))) return {};
  if (allowed == wildcards::allowed && token == ">") return "has `>` before its last token: only the last may be `>`";
  for (const char c : token) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') return "has a space";
    if (byte < 0x20 || byte == 0x7f) return "has a control character";
    if (c == '*' || c == '>') {
      return allowed == wildcards::refused ? "has a wildcard: an event has one subject"
                                           : "has a wildcard inside a token: it has to stand alone";
    }
  }
  return {};
}

result<void> check(std::string_view text, wildcards allowed) {
  if (text.empty()) return bad(text, "is empty", allowed);
  if (text.size() > max_subject_length) {
    return bad(text, "... is longer than " + std::to_string(max_subject_length) + " bytes", allowed);
  }
  // It becomes JSON, a header and a column: what is no text there is refused here.
  if (!simdjson::validate_utf8(text.data(), text.size())) return bad(text, "is not UTF-8", allowed);
  std::string_view rest = text;
  bool ended = false;
  std::size_t tokens = 0;
  while (!ended) {
    ended = rest.find('.') == std::string_view::npos;
    const auto token = detail::take_token(rest);
    if (auto fault = token_fault(token, ended, allowed); !fault.empty()) return bad(text, std::move(fault), allowed);
    ++tokens;
  }
  if (allowed == wildcards::refused && tokens < 2) {
    return bad(text, "has one token: the first names the module, the others the fact", allowed);
  }
  return {};
}

}  // namespace

result<void> check_subject(std::string_view text) {
  return check(text, wildcards::refused);
}

result<void> check_subject_filter(std::string_view text) {
  return check(text, wildcards::allowed);
}

}  // namespace evd
