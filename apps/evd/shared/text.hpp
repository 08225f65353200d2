#pragma once
/// Text for people: what fits in so many columns of a terminal, and how amounts and times read. Pure functions.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <evd/time.hpp>

namespace evd::cli {

/// `text` on one line and harmless to a terminal: control characters become spaces, invalid UTF-8 becomes U+FFFD.
/// What an application stores must not be able to move the cursor of whoever looks at it.
[[nodiscard]] std::string one_line(std::string_view text);

/// As `one_line`, with line breaks kept.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns that `text` takes in a terminal. REQUIRES: a UTF-8 locale was set.
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// `text`, cut to `width` columns with a last `…` when it is longer.
[[nodiscard]] std::string cut(std::string_view text, std::size_t width);

/// "3s ago", "in 12s", "now"; the two largest units at the most: "2h 5m ago".
[[nodiscard]] std::string relative(timestamp when, timestamp now);

/// "340µs", "12ms", "1.5s", "2m 5s", "3d 4h".
[[nodiscard]] std::string span(std::chrono::microseconds duration);

/// "512 B", "1.2 MiB".
[[nodiscard]] std::string bytes(std::uint64_t count);

/// "1,234,567".
[[nodiscard]] std::string number(std::uint64_t value);

/// "1 event", "2 events", "1,000 events".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// Of `candidates` the one most like `text`, when it is close enough to be meant: `did you mean ...?`; else empty.
[[nodiscard]] std::string closest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace evd::cli
