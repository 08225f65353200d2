#include "core/retry.hpp"

#include <algorithm>
#include <cmath>

namespace evd::core {

namespace {

// Also right for a value that is no number.
double between_0_and_1(double value) {
  return value > 0.0 ? std::min(value, 1.0) : 0.0;
}

}  // namespace

std::chrono::milliseconds delay_before(std::uint32_t number, const retry_policy& policy, double random,
                                       const retry_exception& exception) {
  using std::chrono::milliseconds;
  if (exception.delay.count() > 0) return std::min(exception.delay, longest_delay);
  const auto first = std::clamp(policy.first_delay, milliseconds(0), longest_delay);
  const auto most = std::clamp(policy.max_delay, milliseconds(0), longest_delay);
  const double factor = policy.factor > 1.0 ? policy.factor : 1.0;
  const double steps = number > 2 ? static_cast<double>(number - 2) : 0.0;
  if (first.count() == 0) return first;  // zero times infinity would be no number
  // In floating point the power becomes infinity instead of overflowing, and is compared before it is converted.
  const double wanted = static_cast<double>(first.count()) * std::pow(factor, steps);
  const auto full = wanted < static_cast<double>(most.count()) ? milliseconds(std::llround(wanted)) : most;
  const auto varied = static_cast<double>(full.count()) * between_0_and_1(policy.jitter);
  return full - milliseconds(static_cast<std::int64_t>(varied * (1.0 - between_0_and_1(random))));
}

}  // namespace evd::core
