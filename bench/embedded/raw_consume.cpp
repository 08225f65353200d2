#include "embedded/raw.hpp"

namespace evd::bench {

outcome raw_consume(const std::string& path, synchronous how, std::size_t count) {
  (void)raw_publish_batches(path, synchronous::normal, 1'000, (count + 999) / 1'000 * 1'000);
  raw_file file{path, how};
  raw_reader reader{path};
  file.begin();
  const auto subscription = file.add_subscription("Billing", "invoice");
  file.commit();
  constexpr std::size_t group = 100;
  std::vector<raw_event> events;
  std::int64_t cursor = 0;
  std::size_t done = 0;
  const stopwatch watch;
  while (done < count) {
    reader.events_after(cursor, std::min(group, count - done), events);
    file.begin();
    for (const auto& event : events) file.add_outcome(event.id, subscription, {});
    cursor = events.back().sequence;
    file.move_cursor(subscription, cursor);
    file.commit();
    done += events.size();
  }
  return rate_of(count, watch.elapsed());
}

}  // namespace evd::bench
