#pragma once
/// Errors that the library reports, and the exceptions a handler may throw to say what should happen next.
///
/// Inside the library nothing throws across a module's border: functions return `result<T>`. A user's handler throws or
/// returns as C++ people expect; `permanent_error`, `retry_after` and `rejected` are understood by name.

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <evd/export.hpp>

namespace evd {

/// Who can do something about an error. The runtime reads this, never a text.
enum class remedy : std::uint8_t {
  retry,            ///< the same call may succeed later
  fix_caller,       ///< the caller sent something wrong; the same call fails again
  fix_environment,  ///< a person has to change a setting, a disk, a server
};

// One row an error: name, HTTP status, remedy, and what it means.
#define EVD_ERROR_TABLE(ROW)                                                                          \
  ROW(invalid_input, 400, fix_caller, "the input does not have the expected form")                    \
  ROW(unauthenticated, 401, fix_caller, "the caller did not say who it is")                           \
  ROW(forbidden, 403, fix_caller, "the caller may not do this")                                       \
  ROW(not_found, 404, fix_caller, "there is no such thing")                                           \
  ROW(method_not_allowed, 405, fix_caller, "this address does not take this method")                  \
  ROW(conflict, 409, fix_caller, "it conflicts with what is there")                                   \
  ROW(payload_too_large, 413, fix_caller, "it is larger than the limit")                              \
  ROW(unsupported_media_type, 415, fix_caller, "the content type is not understood")                  \
  ROW(rejected, 422, fix_caller, "the command was understood and refused")                            \
  ROW(too_many_requests, 429, retry, "there is more work than there is room for")                     \
  ROW(handler_failed, 500, retry, "the handler threw an exception")                                   \
  ROW(internal, 500, fix_environment, "something that should not happen has happened")                \
  ROW(unavailable, 503, retry, "the broker or the store cannot be reached")                           \
  ROW(busy, 503, retry, "another process holds what is needed")                                       \
  ROW(shutting_down, 503, retry, "this instance is ending")                                           \
  ROW(timed_out, 504, retry, "it took longer than its time limit")                                    \
  ROW(outcome_unknown, 504, fix_caller, "it was started, and nobody knows how it ended")              \
  ROW(newer_version, 500, retry, "the event is of a version this build does not know yet")            \
  ROW(log_full, 507, fix_environment, "the log has reached its limit")                                \
  ROW(disk_full, 507, fix_environment, "the disk is full")                                            \
  ROW(read_only, 500, fix_environment, "the file or its folder cannot be written")                    \
  ROW(corrupt, 500, fix_environment, "the file is damaged or is no evd file")                         \
  ROW(incompatible, 500, fix_environment, "the file or server is of a version this build cannot use") \
  ROW(invalid_configuration, 500, fix_environment, "a setting is missing or wrong")

enum class errc : std::uint8_t {
#define EVD_ERROR_ENUM(name, status, remedy, text) name,
  EVD_ERROR_TABLE(EVD_ERROR_ENUM)
#undef EVD_ERROR_ENUM
};

struct error_row {
  errc code;
  std::string_view name;
  int http_status;
  remedy what_to_do;
  std::string_view text;
};

/// Every error there is, in the order of `errc`.
inline constexpr error_row error_table[] = {
#define EVD_ERROR_ROW(name, status, what, text) {errc::name, #name, status, remedy::what, text},
    EVD_ERROR_TABLE(EVD_ERROR_ROW)
#undef EVD_ERROR_ROW
};
#undef EVD_ERROR_TABLE

constexpr const error_row& describe(errc code) {
  return error_table[static_cast<std::size_t>(code)];
}

/// One thing wrong with an input, at a JSON pointer (RFC 6901; empty: the whole document).
struct problem {
  std::string pointer;
  std::string message;
  friend bool operator==(const problem&, const problem&) = default;
};

/// What went wrong, for a program (`code`) and for a person (the rest).
struct error {
  errc code = errc::internal;
  std::string where;              ///< the operation: "open log", "decode User.nameUpdated"
  std::string detail;             ///< the actual values
  std::string hint;               ///< the setting to change or the next step; may be empty
  std::vector<problem> problems;  ///< everything wrong with an input, all at once

  /// One line: `open log: the disk is full: ... (hint)`.
  [[nodiscard]] EVD_API std::string to_string() const;
  friend bool operator==(const error&, const error&) = default;
};

/// A value or an error.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;
  result(T value) : content_(std::in_place_index<0>, std::move(value)) {}               // NOLINT: meant to convert
  result(evd::error failure) : content_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT: meant to convert

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// REQUIRES: has_value().
  T& operator*() & { return std::get<0>(content_); }
  const T& operator*() const& { return std::get<0>(content_); }
  T&& operator*() && { return std::get<0>(std::move(content_)); }
  T* operator->() { return &std::get<0>(content_); }
  const T* operator->() const { return &std::get<0>(content_); }

  /// REQUIRES: !has_value().
  [[nodiscard]] const evd::error& error() const& { return std::get<1>(content_); }
  [[nodiscard]] evd::error&& error() && { return std::get<1>(std::move(content_)); }

  /// The value, or the error thrown as `evd::failure_exception`.
  T value() &&;
  const T& value() const&;

 private:
  std::variant<T, evd::error> content_;
};

struct nothing {
  friend bool operator==(nothing, nothing) = default;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] result<void> : public result<nothing> {
 public:
  result() : result<nothing>(nothing{}) {}
  result(evd::error failure) : result<nothing>(std::move(failure)) {}  // NOLINT: meant to convert
  void value() const { (void)static_cast<const result<nothing>&>(*this).value(); }
};

/// An `error` where an exception is wanted.
class EVD_API failure_exception : public std::runtime_error {
 public:
  explicit failure_exception(evd::error what) : std::runtime_error(what.to_string()), error_(std::move(what)) {}
  [[nodiscard]] const evd::error& error() const { return error_; }

 private:
  evd::error error_;
};

template <class T>
T result<T>::value() && {
  if (!has_value()) throw failure_exception(std::get<1>(std::move(content_)));
  return std::get<0>(std::move(content_));
}
template <class T>
const T& result<T>::value() const& {
  if (!has_value()) throw failure_exception(std::get<1>(content_));
  return std::get<0>(content_);
}

/// Thrown by an event handler: this event can never be handled; dead-letter it at once.
class EVD_API permanent_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Thrown by an event handler: this attempt failed; the next one comes after `delay`, whatever the policy says.
class EVD_API retry_after : public std::runtime_error {
 public:
  explicit retry_after(std::chrono::milliseconds delay, const std::string& why = "asked to be retried later")
      : std::runtime_error(why), delay_(delay) {}
  [[nodiscard]] std::chrono::milliseconds delay() const { return delay_; }

 private:
  std::chrono::milliseconds delay_;
};

/// Thrown by a command handler: the caller is told `why`, with the status of `code`. Not a defect: nothing is logged as
/// one.
class EVD_API rejected : public std::runtime_error {
 public:
  explicit rejected(const std::string& why, errc code = errc::rejected) : std::runtime_error(why), code_(code) {}
  [[nodiscard]] errc code() const { return code_; }

 private:
  errc code_;
};

}  // namespace evd
