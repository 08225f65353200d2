#include "end_to_end/command.hpp"

#include <string>

#include <evd/app.hpp>

#include "end_to_end/events.hpp"

namespace evd::bench {
namespace {

struct place_orders {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

}  // namespace

outcome call_commands(const config& settings, std::size_t events, std::size_t count) {
  app application{settings};
  application.module("Bench").command("placeOrders", [](const place_orders& input, context& ctx) {
    for (std::uint64_t at = 0; at < input.count; ++at) ctx.publish(order_placed{sample_order(input.first + at)});
  });
  application.start().value();
  const stopwatch watch;
  for (std::size_t done = 0; done < count; done += events) {
    const place_orders input{done, static_cast<std::uint32_t>(events)};
    (void)application.call("placeOrders", to_json(input)).value();
  }
  return rate_of(count, watch.elapsed());
}

}  // namespace evd::bench
