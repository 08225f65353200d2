#pragma once
/// Durations as text, "250ms": one rule for settings and JSON.

#include <cstdint>
#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/type_table.hpp>

namespace evd {

/// `ticks` of `unit` in the largest unit that holds them exactly: 90000 milliseconds are "90s", none are "0s".
[[nodiscard]] std::string duration_text(std::int64_t ticks, time_unit unit);

/// Reads a whole number, which may be negative, and one of ns, us, ms, s, m, h, d.
///
/// Errors: invalid_input, also when the value does not fit whole ticks of `unit`.
[[nodiscard]] result<std::int64_t> parse_duration_ticks(std::string_view text, time_unit unit);

}  // namespace evd
