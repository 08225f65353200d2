#include <evd/json.hpp>

#include "embedded/raw.hpp"
#include "end_to_end/events.hpp"

namespace evd::bench {

outcome raw_call_commands(const std::string& path, synchronous how, std::size_t events, std::size_t count) {
  constexpr std::string_view name = "placeOrders";
  raw_file file{path, how};
  const auto data = to_json(order_placed{sample_order(0)});
  std::string published;
  const stopwatch watch;
  for (std::size_t done = 0; done < count; done += events) {
    file.begin();
    const auto command = file.add_command(name);
    file.commit();
    file.begin();
    published.clear();
    for (std::size_t at = 0; at < events; ++at) {
      published += bytes_of(file.add_event(order_placed::event.subject, command, command, data).id);
    }
    file.add_command_outcome(command, name, published);
    file.commit();
  }
  return rate_of(count, watch.elapsed());
}

}  // namespace evd::bench
