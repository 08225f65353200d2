#pragma once
/// Values of the command line become values of the program. Errors: each ends with exit code 2, naming value and
/// option.

#include <optional>
#include <string>

#include <evd/id.hpp>
#include <evd/record.hpp>
#include <evd/time.hpp>

namespace evd::cli {

/// An id: 24 hexadecimal digits. `what` is what it should be the id of.
[[nodiscard]] id id_from(const std::string& text, const std::string& what);

/// RFC 3339, or a duration ("10m", "2h", "7d") before `now`. Empty: none.
[[nodiscard]] std::optional<timestamp> moment_from(const std::string& text, const std::string& option, timestamp now);

/// `MODULE.SUBSCRIPTION`.
[[nodiscard]] subscription_key subscription_from(const std::string& text);

/// JSON as given, from standard input (`-`) or from a file (`@PATH`); checked.
[[nodiscard]] json_text json_from(const std::string& text, const std::string& what);

/// Who is at the keyboard: the login name, for the audit trail.
[[nodiscard]] std::string login_name();

}  // namespace evd::cli
