#pragma once
/// Times and durations as records hold them.

#include <chrono>
#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/export.hpp>

namespace evd {

/// A moment in UTC, in microseconds: what every record holds, and finer than any clock that reaches us.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// RFC 3339 in UTC: `2026-03-05T12:00:00Z`, with as many fractional digits (0, 3 or 6) as the value needs.
[[nodiscard]] EVD_API std::string to_rfc3339(timestamp when);

/// Reads any RFC 3339 date-time (section 5.6), with any offset; digits beyond microseconds are cut.
[[nodiscard]] EVD_API result<timestamp> parse_rfc3339(std::string_view text);

/// Reads "250ms", "10s", "5m", "2h", "7d"; a bare number is an error, because its unit would be a guess.
[[nodiscard]] EVD_API result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "250ms", "10s", "5m": the largest unit that holds the value exactly.
[[nodiscard]] EVD_API std::string to_string(std::chrono::milliseconds duration);

}  // namespace evd
