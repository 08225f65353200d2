#include "end_to_end/chain.hpp"

#include <chrono>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <evd/app.hpp>

#include "end_to_end/events.hpp"

namespace evd::bench {
namespace {

struct begin_chain {
  std::uint64_t number = 0;
};

}  // namespace

outcome chain_of_three(const config& settings, std::size_t count) {
  std::binary_semaphore over{0};
  stopwatch watch;
  seconds took{};
  app application{settings};
  application.module("Bench").command(
      "beginChain", [](const begin_chain& input, context& ctx) { ctx.publish(first_hop{sample_order(input.number)}); });
  application.module("First").on<first_hop>(
      "pass", [](const first_hop& event, context& ctx) { ctx.publish(second_hop{event.order}); });
  application.module("Second").on<second_hop>(
      "pass", [](const second_hop& event, context& ctx) { ctx.publish(third_hop{event.order}); });
  application.module("Third").on<third_hop>("end", [&](const third_hop&, context&) {
    took = watch.elapsed();
    over.release();
  });
  application.start().value();

  outcome result;
  std::vector<double> milliseconds;
  milliseconds.reserve(count);
  const stopwatch all;
  for (std::size_t number = 0; number < count; ++number) {
    const auto input = to_json(begin_chain{number});
    watch = {};
    (void)application.call("beginChain", input).value();
    over.acquire();
    milliseconds.push_back(took.count() * 1e3);
    while (application.store().totals().value().outcomes < 3 * (number + 1)) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
  result.took = all.elapsed();
  result.values = {percentile(milliseconds, 0.50), percentile(milliseconds, 0.99)};
  return result;
}

}  // namespace evd::bench
