#include "shared/arguments.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include <evd/json.hpp>

#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {
namespace {

std::string content_of(const std::string& text, const std::string& what) {
  if (text == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  if (!text.starts_with('@')) return text;
  std::ifstream file(text.substr(1), std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file || file.bad()) fail_usage(what, "cannot read the file '" + text.substr(1) + "'");
  return content;
}

}  // namespace

id id_from(const std::string& text, const std::string& what) {
  if (const auto parsed = id::parse(text)) return *parsed;
  fail_usage(what, "'" + one_line(cut(text, 60)) + "' is no id", "an id is 24 hexadecimal digits, as lists show them");
}

std::optional<timestamp> moment_from(const std::string& text, const std::string& option, timestamp now) {
  if (text.empty()) return std::nullopt;
  if (const auto moment = parse_rfc3339(text)) return *moment;
  if (const auto ago = parse_duration(text)) return now - *ago;
  fail_usage(option, "'" + one_line(text) + "' is no time",
             "give how long ago (10m, 2h, 7d) or RFC 3339 (2026-03-05T12:00:00Z)");
}

subscription_key subscription_from(const std::string& text) {
  const auto dot = text.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) {
    fail_usage("subscription", "'" + one_line(text) + "' is not of the form MODULE.SUBSCRIPTION",
               "see: evd subscriptions list");
  }
  return {text.substr(0, dot), text.substr(dot + 1)};
}

json_text json_from(const std::string& text, const std::string& what) {
  auto checked = check_json(content_of(text, what));
  if (checked) return std::move(*checked);
  auto why = checked.error();
  why.where = what;
  if (why.hint.empty())
    why.hint = "quote it for the shell: '{\"userId\":\"u1\"}'; - reads standard input, @FILE a file";
  throw failed{exit_code::usage, std::move(why)};
}

std::string login_name() {
  // Asked for once, while there is one thread.
  const passwd* entry = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe)
  return entry == nullptr ? std::to_string(::getuid()) : std::string(entry->pw_name);
}

}  // namespace evd::cli
