#include "core/retry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace evd::core {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

TEST(retry, doubles_the_delay_until_the_longest) {
  const retry_policy policy{.first_delay = 1s, .max_delay = 5s, .jitter = 0.0};
  EXPECT_EQ(delay_before(2, policy, 0.5), 1s);
  EXPECT_EQ(delay_before(3, policy, 0.5), 2s);
  EXPECT_EQ(delay_before(4, policy, 0.5), 4s);
  EXPECT_EQ(delay_before(5, policy, 0.5), 5s);
  EXPECT_EQ(delay_before(6, policy, 0.5), 5s);
}

TEST(retry, jitter_shortens_a_delay_by_its_share_at_the_most) {
  const retry_policy policy{.first_delay = 10s, .jitter = 0.2};
  EXPECT_EQ(delay_before(2, policy, 1.0), 10s);
  EXPECT_EQ(delay_before(2, policy, 0.5), 9s);
  EXPECT_EQ(delay_before(2, policy, 0.0), 8s);
}

TEST(retry, no_attempt_number_overflows) {
  const retry_policy policy{.first_delay = 1s, .factor = 1e300, .max_delay = milliseconds::max(), .jitter = 1.0};
  for (const std::uint32_t number : {0U, 1U, 2U, 3U, 64U, 100'000U, std::numeric_limits<std::uint32_t>::max()}) {
    for (const double random : {0.0, 0.5, 1.0}) {
      const auto delay = delay_before(number, policy, random);
      EXPECT_GE(delay, 0ms) << number;
      EXPECT_LE(delay, policy.max_delay) << number;
    }
  }
}

TEST(retry, takes_senseless_settings_for_the_nearest_that_make_sense) {
  const double no_number = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(delay_before(9, {.first_delay = 0s}, 0.5), 0s);
  EXPECT_EQ(delay_before(9, {.first_delay = -5s}, 0.5), 0s);
  EXPECT_EQ(delay_before(9, {.first_delay = 1s, .max_delay = -1s}, 0.5), 0s);
  EXPECT_EQ(delay_before(9, {.first_delay = 1s, .factor = 0.1, .jitter = 0.0}, 0.5), 1s);
  EXPECT_EQ(delay_before(2, {.first_delay = 1s, .factor = no_number, .jitter = no_number}, no_number), 1s);
  EXPECT_EQ(delay_before(2, {.first_delay = 1s, .jitter = 7.0}, -3.0), 0s);
}

TEST(retry, an_exception_of_its_own_rule_has_its_own_delay_and_attempts) {
  const retry_policy policy{.attempts = 3};
  const retry_exception patient{.attempts = 20, .delay = 7s};
  EXPECT_EQ(delay_before(2, policy, 0.0, patient), 7s);
  EXPECT_TRUE(is_last_attempt(3, policy));
  EXPECT_FALSE(is_last_attempt(3, policy, patient));
  EXPECT_TRUE(is_last_attempt(20, policy, patient));
  EXPECT_TRUE(is_last_attempt(1, policy, {.attempts = 1}));
}

TEST(retry, no_attempts_at_all_counts_as_one) {
  EXPECT_TRUE(is_last_attempt(1, {.attempts = 0}));
}

}  // namespace
}  // namespace evd::core
