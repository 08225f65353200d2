#pragma once
/// When a failed attempt is followed by another, and after how long.
///
/// Threads: pure.

#include <chrono>
#include <cstdint>

namespace evd::core {

/// No delay is longer, whatever was asked for: a point in time beyond could not be represented.
inline constexpr std::chrono::milliseconds longest_delay = std::chrono::hours(24 * 365 * 10);

/// What applies to failures of one exception type instead. Which type was thrown is found out at the edge, where the
/// exception is; see `evd::retry_rule`.
struct retry_exception {
  std::uint32_t attempts = 0;         ///< 0: as the policy has it; 1: dead-letter at once
  std::chrono::milliseconds delay{};  ///< before each further attempt, without jitter; 0: as the policy has it
  friend bool operator==(const retry_exception&, const retry_exception&) = default;
};

struct retry_policy {
  std::uint32_t attempts = 5;                    ///< then the event is dead-lettered; 0 counts as 1
  std::chrono::milliseconds first_delay{1'000};  ///< before the second attempt
  double factor = 2.0;  ///< each further delay is the one before times this; below 1 counts as 1
  std::chrono::milliseconds max_delay{300'000};  ///< no delay is longer
  double jitter = 0.2;                           ///< 0 to 1: the share of a delay that is random
  friend bool operator==(const retry_policy&, const retry_policy&) = default;
};

/// Whether a failed attempt of this number was the last one.
[[nodiscard]] constexpr bool is_last_attempt(std::uint32_t number, const retry_policy& policy,
                                             const retry_exception& exception = {}) {
  return number >= (exception.attempts > 0 ? exception.attempts : policy.attempts);
}

/// How long to wait before attempt `number`, which is 2 or more: min(first_delay * factor^(number - 2), max_delay), of
/// which the share `jitter` is multiplied with `random`. So it never exceeds `max_delay`, nor shrinks below
/// (1 - jitter) of the full delay.
///
/// `random` is in [0, 1]; anything else is taken as the nearer end. No attempt number overflows.
[[nodiscard]] std::chrono::milliseconds delay_before(std::uint32_t number, const retry_policy& policy, double random,
                                                     const retry_exception& exception = {});

}  // namespace evd::core
