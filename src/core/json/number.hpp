#pragma once
/// Numbers of JSON into numbers of C++: exactly, or not at all.

#include <cstdint>
#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/type_table.hpp>

namespace evd::json {

/// Reads an integer for `table` (kind integer) and returns its bits. 1.0 and 1e2 are integers, too.
///
/// Errors: a sentence about the value.
struct integer_result {
  std::uint64_t bits = 0;
  std::string problem;
};
[[nodiscard]] integer_result parse_integer(std::string_view token, const type_table& table);

/// REQUIRES: `token` was validated. Too small for a double is 0.
[[nodiscard]] double parse_double(std::string_view token);

/// False: too large for a float.
[[nodiscard]] bool parse_float(std::string_view token, float& number);

/// "0 to 255", "-128 to 127": what fits.
[[nodiscard]] std::string integer_range(const type_table& table);

}  // namespace evd::json
