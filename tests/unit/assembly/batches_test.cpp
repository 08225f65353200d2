#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <set>

#include <evd/coroutine.hpp>

#include "unit/assembly/application.hpp"

namespace evd::tests {
namespace {

using testing::SizeIs;
using testing::UnorderedElementsAre;

struct measure {
  std::string sensor;
  int count = 0;
};
struct measured {
  static constexpr evd::event event{"Sensor.measured", 1};
  std::string sensor;
  int value = 0;
};
struct summed {
  static constexpr evd::event event{"Sensor.summed", 1};
  std::string sensor;
  int sum = 0;
};

class batches_test : public application_test {
 protected:
  batches_test() {
    application->module("Sensor").command("measure", [](const measure& input, context& ctx) {
      for (int i = 1; i <= input.count; ++i) ctx.publish(measured{input.sensor, i});
    });
  }
};

TEST_F(batches_test, a_batch_is_handled_in_one_call_and_a_failed_item_is_tried_again_alone) {
  std::mutex mutex;
  std::map<int, int> attempts;
  application->module("Sums").on_batch<measured>("sum", quick(),
                                                 [&](const batch<measured>& events, batch_context& ctx) {
                                                   for (const auto item : events) {
                                                     const std::lock_guard lock(mutex);
                                                     const int attempt = ++attempts[item->value];
                                                     if (item->value == 3 && attempt < 3) {
                                                       item.fail("not yet");
                                                     } else {
                                                       ctx.publish_for(item, summed{item->sensor, item->value});
                                                     }
                                                   }
                                                 });
  application->module("Sums").on<summed>(
      "seen", [this](const summed& event, context&) { seen.note(std::to_string(event.sum)); });
  start();
  call("measure", R"({"sensor":"a","count":5})");
  wait_until_idle();
  EXPECT_THAT(seen.lines(), UnorderedElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(attempts[3], 3);
  EXPECT_EQ(attempts[4], 1);
}

TEST_F(batches_test, a_group_has_one_key) {
  application->module("Sums").on_group<measured>(
      "sum", &measured::sensor, [&](const std::string& sensor, const batch<measured>& events, batch_context& ctx) {
        int sum = 0;
        for (const auto item : events) {
          EXPECT_EQ(item->sensor, sensor);
          sum += item->value;
        }
        ctx.publish_for_all(sensor + std::to_string(events[0]->value), summed{sensor, sum});
      });
  std::mutex mutex;
  std::map<std::string, int> sums;
  application->module("Sums").on<summed>("seen", [&](const summed& event, context&) {
    const std::lock_guard lock(mutex);
    sums[event.sensor] += event.sum;
  });
  start();
  call("measure", R"({"sensor":"a","count":10})");
  call("measure", R"({"sensor":"b","count":4})");
  wait_until_idle();
  EXPECT_EQ(sums["a"], 55);
  EXPECT_EQ(sums["b"], 10);
}

TEST_F(batches_test, events_of_one_key_come_in_order_also_while_one_is_failing) {
  std::mutex mutex;
  std::map<std::string, std::vector<int>> order;
  auto how = quick();
  how.concurrency = 4;
  application->module("Log").on_ordered<measured>("write", how, &measured::sensor,
                                                  [&](const measured& event, context& ctx) {
                                                    if (event.value == 2 && ctx.attempt() < 3)
                                                      throw std::runtime_error("busy");
                                                    const std::lock_guard lock(mutex);
                                                    order[event.sensor].push_back(event.value);
                                                  });
  start();
  for (const std::string sensor : {"a", "b", "c"}) call("measure", R"({"sensor":")" + sensor + R"(","count":20})");
  wait_until_idle();
  for (const auto& [sensor, values] : order) {
    EXPECT_THAT(values, SizeIs(20)) << sensor;
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end())) << sensor;
  }
  EXPECT_THAT(order, SizeIs(3));
}

TEST_F(batches_test, a_coroutine_handles_events_without_holding_a_thread) {
  settings.threads = 1;
  remake();
  application->module("Sensor").command("measure", [](const measure& input, context& ctx) {
    for (int i = 1; i <= input.count; ++i) ctx.publish(measured{input.sensor, i});
  });
  auto how = quick();
  how.concurrency = 50;
  application->module("Log").on<measured>(
      "write", how, [this](const measured& event, context& ctx) -> boost::asio::awaitable<void> {
        boost::asio::steady_timer timer(executor_of(ctx), std::chrono::milliseconds(20));
        co_await timer.async_wait(boost::asio::use_awaitable);
        if (event.value == 7 && ctx.attempt() == 1) throw std::runtime_error("once more");
        seen.note(std::to_string(event.value));
      });
  start();
  call("measure", R"({"sensor":"a","count":50})");
  wait_until_idle();
  const auto lines = seen.lines();
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), 50U);
}

}  // namespace
}  // namespace evd::tests
