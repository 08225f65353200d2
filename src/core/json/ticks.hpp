#pragma once
/// Times of any unit, as microseconds.

#include <cstdint>
#include <limits>
#include <optional>

#include <evd/time.hpp>
#include <evd/type_table.hpp>

namespace evd::json {

/// Microseconds in one tick. REQUIRES: `unit` is microseconds or coarser, as for every time in a type table.
constexpr std::int64_t microseconds_per_tick(time_unit unit) {
  switch (unit) {
    case time_unit::milliseconds:
      return 1'000;
    case time_unit::seconds:
      return 1'000'000;
    case time_unit::minutes:
      return 60'000'000;
    case time_unit::hours:
      return 3'600'000'000;
    case time_unit::days:
      return 86'400'000'000;
    default:
      return 1;
  }
}

/// What is out of range becomes the nearest time.
constexpr timestamp time_of_ticks(std::int64_t ticks, time_unit unit) {
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(ticks, microseconds_per_tick(unit), &micros)) {
    micros = ticks < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return timestamp{std::chrono::microseconds{micros}};
}

/// None: finer than the unit.
constexpr std::optional<std::int64_t> ticks_of_time(timestamp time, time_unit unit) {
  const auto micros = time.time_since_epoch().count();
  const auto tick = microseconds_per_tick(unit);
  if (micros % tick != 0) return std::nullopt;
  return micros / tick;
}

}  // namespace evd::json
