#include "runtime/ticker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace evd::runtime {
namespace {

using std::chrono::milliseconds;

TEST(ticker, runs_work_in_the_order_in_which_it_is_due) {
  ticker time;
  std::promise<void> last;
  std::vector<int> order;
  time.after(milliseconds(30), [&] {
    order.push_back(2);
    last.set_value();
  });
  time.after(milliseconds(5), [&] { order.push_back(1); });
  last.get_future().wait();
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(ticker, repeats_until_it_is_cancelled) {
  ticker time;
  std::atomic<int> runs = 0;
  std::promise<void> thrice;
  const auto ticket = time.every(milliseconds(1), [&] {
    if (++runs == 3) thrice.set_value();
  });
  thrice.get_future().wait();
  time.cancel(ticket);
  const int after_cancel = runs;
  std::promise<void> later;
  time.after(milliseconds(20), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(runs, after_cancel);
}

TEST(ticker, can_be_cancelled_from_its_own_work) {
  ticker time;
  std::atomic<int> runs = 0;
  ticker::ticket ticket = 0;
  std::promise<void> known;
  const auto known_future = known.get_future().share();
  ticket = time.every(milliseconds(1), [&] {
    known_future.wait();
    ++runs;
    time.cancel(ticket);
  });
  known.set_value();
  std::promise<void> later;
  time.after(milliseconds(30), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_EQ(runs, 1);
}

TEST(ticker, drops_what_is_not_due_when_it_ends) {
  std::atomic<bool> ran = false;
  {
    ticker().after(std::chrono::hours(1), [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace evd::runtime
