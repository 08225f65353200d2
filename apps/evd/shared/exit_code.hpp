#pragma once
/// How `evd` ends: the exit codes that scripts rely on, and the exception that carries one to `main`.

#include <string>
#include <string_view>

#include <evd/error.hpp>

namespace evd::cli {

enum class exit_code : int {
  ok = 0,
  failed = 1,
  usage = 2,
  not_found = 3,
  no_engine = 4,
  timed_out = 5,
};

struct exit_code_row {
  exit_code code;
  std::string_view meaning;
};

/// What `evd --help` and the documents say.
inline constexpr exit_code_row exit_codes[] = {
    {exit_code::ok, "done"},
    {exit_code::failed, "failed: the command was refused or failed, or not everything could be done"},
    {exit_code::usage, "usage: an option, a value, a subject or JSON is wrong; nothing was done"},
    {exit_code::not_found, "not found: no such event, command, dead letter or subscription"},
    {exit_code::no_engine, "the engine cannot be opened, read or written"},
    {exit_code::timed_out, "timed out: `evd call` waited, and the command has not ended yet"},
};

/// Ends the program: thrown where something goes wrong, caught in `main` alone.
struct failed {
  exit_code code;
  evd::error why;
};

/// The exit code that an engine's error means.
[[nodiscard]] constexpr exit_code exit_code_of(errc code) {
  switch (code) {
    case errc::not_found:
      return exit_code::not_found;
    case errc::invalid_input:
    case errc::payload_too_large:
      return exit_code::usage;
    case errc::rejected:
    case errc::conflict:
    case errc::handler_failed:
      return exit_code::failed;
    default:
      return exit_code::no_engine;
  }
}

[[noreturn]] inline void fail(exit_code code, errc what, std::string where, std::string detail, std::string hint = {}) {
  throw failed{code, evd::error{what, std::move(where), std::move(detail), std::move(hint), {}}};
}

/// A value or option on the command line is wrong.
[[noreturn]] inline void fail_usage(std::string where, std::string detail, std::string hint = {}) {
  fail(exit_code::usage, errc::invalid_input, std::move(where), std::move(detail), std::move(hint));
}

[[noreturn]] inline void fail_not_found(std::string where, std::string detail, std::string hint = {}) {
  fail(exit_code::not_found, errc::not_found, std::move(where), std::move(detail), std::move(hint));
}

/// The value, or the end of the program with what went wrong.
template <class T>
T need(result<T> answer) {
  if (!answer) throw failed{exit_code_of(answer.error().code), answer.error()};
  return std::move(*answer);
}
inline void need(const result<void>& answer) {
  if (!answer) throw failed{exit_code_of(answer.error().code), answer.error()};
}

}  // namespace evd::cli
