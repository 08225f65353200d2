#include "runtime/demand.hpp"

#include <gtest/gtest.h>

namespace evd::runtime {
namespace {

using std::chrono::microseconds;

TEST(demand, asks_at_first_for_what_can_run_at_once) {
  demand wanted(16, 1, 4096);
  EXPECT_EQ(wanted.ask(0), 16U);
  EXPECT_EQ(wanted.ask(0), 0U) << "the same was asked for already";
}

TEST(demand, a_subscription_of_one_at_a_time_asks_for_one) {
  demand wanted(1, 1, 4096);
  EXPECT_EQ(wanted.ask(0), 1U);
  wanted.arrived(1);
  EXPECT_EQ(wanted.ask(1), 0U);
  EXPECT_EQ(wanted.ask(0), 1U);
}

TEST(demand, fetches_ahead_for_a_fast_handler_and_not_for_a_slow_one) {
  demand fast(16, 1, 4096);
  demand slow(16, 1, 4096);
  for (int i = 0; i < 100; ++i) {
    fast.took(microseconds(50));
    slow.took(std::chrono::seconds(10));
  }
  EXPECT_GT(fast.ask(0), 500U);
  EXPECT_EQ(slow.ask(0), 16U);
}

TEST(demand, never_holds_more_than_the_most) {
  demand wanted(16, 1, 64);
  for (int i = 0; i < 100; ++i) wanted.took(microseconds(1));
  EXPECT_EQ(wanted.ask(0), 64U);
}

TEST(demand, a_batch_is_asked_for_whole) {
  demand wanted(100, 100, 4096);
  EXPECT_EQ(wanted.ask(0), 100U);
}

}  // namespace
}  // namespace evd::runtime
