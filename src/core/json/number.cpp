#include "core/json/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/json/scalar.hpp"
#include "core/json/text.hpp"

namespace evd::json {

namespace {

template <class Number>
std::errc read_all(std::string_view token, Number& number) {
  const auto [end, failed] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (failed == std::errc{} && end != token.data() + token.size()) return std::errc::invalid_argument;
  return failed;
}

integer_result out_of_range(const type_table& table) {
  return {0, "is out of range: " + integer_range(table) + " fit"};
}

integer_result checked(std::int64_t number, const type_table& table) {
  if (!fits(table, number)) return out_of_range(table);
  return {static_cast<std::uint64_t>(number), {}};
}

enum class whole { yes, no, too_large };

/// Writes 1.50e2 as 150. By its digits, because a double in between could round a fraction away.
whole write_out(std::string_view token, std::string& plain) {
  constexpr std::int64_t longest = 20;  // digits of the largest integer
  const auto end = std::min(token.find_first_of("eE"), token.size());
  std::int64_t exponent = 0;
  if (end < token.size()) {
    auto digits = token.substr(end + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (read_all(digits, exponent) != std::errc{}) exponent = digits.starts_with('-') ? -max_exact : max_exact;
  }
  bool fraction = false;
  bool leading = true;
  for (const char c : token.substr(0, end)) {
    if (c == '-') plain += c;
    if (c == '.') fraction = true;
    if (c < '0' || c > '9') continue;
    exponent -= fraction ? 1 : 0;
    leading = leading && c == '0';
    if (!leading) plain += c;
  }
  if (leading) {
    plain = "0";
    return whole::yes;
  }
  for (; plain.ends_with('0'); plain.pop_back()) ++exponent;
  if (exponent < 0) return whole::no;
  if (exponent > longest) return whole::too_large;
  plain.append(static_cast<std::size_t>(exponent), '0');
  return whole::yes;
}

}  // namespace

std::string integer_range(const type_table& table) {
  const auto shift = 64U - table.bits;
  if (!table.is_signed) return "0 to " + std::to_string(std::numeric_limits<std::uint64_t>::max() >> shift);
  return std::to_string(std::numeric_limits<std::int64_t>::min() >> shift) + " to " +
         std::to_string(std::numeric_limits<std::int64_t>::max() >> shift);
}

integer_result parse_integer(std::string_view token, const type_table& table) {
  std::string plain;
  if (token.find_first_of(".eE") != std::string_view::npos) {
    switch (write_out(token, plain)) {
      case whole::yes:
        token = plain;
        break;
      case whole::no:
        return {0, "should be a whole number"};
      case whole::too_large:
        return out_of_range(table);
    }
  }
  std::int64_t number = 0;
  const auto failed = read_all(token, number);
  if (failed == std::errc{}) return checked(number, table);
  if (failed != std::errc::result_out_of_range) return {0, "should be a whole number"};
  std::uint64_t large = 0;
  if (table.is_signed || table.bits < 64 || read_all(token, large) != std::errc{}) return out_of_range(table);
  return {large, {}};
}

double parse_double(std::string_view token) {
  double number = 0;
  // Out of range can only mean too small here: validation refused what is too large.
  if (read_all(token, number) != std::errc{}) return token.starts_with('-') ? -0.0 : 0.0;
  return number;
}

bool parse_float(std::string_view token, float& number) {
  if (read_all(token, number) == std::errc{}) return std::isfinite(number);
  number = 0;
  return std::fabs(parse_double(token)) < 1;
}

}  // namespace evd::json
