#pragma once
/// Strings of JSON and the numbers in it, as text.

#include <cstdint>
#include <string>
#include <string_view>

namespace evd::json {

/// Appends `text` in quotes, escaped. What is not UTF-8 becomes U+FFFD.
void append_string(std::string_view text, std::string& out);

void append_double(double number, std::string& out);
void append_float(float number, std::string& out);

/// Integers beyond this are not exact in languages whose numbers are doubles.
inline constexpr std::int64_t max_exact = std::int64_t{1} << 53;

void append_integer(std::int64_t number, std::string& out);
void append_integer(std::uint64_t number, std::string& out);

}  // namespace evd::json
