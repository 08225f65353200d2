#include "end_to_end/publish.hpp"

#include <latch>
#include <thread>
#include <vector>

#include <evd/app.hpp>

#include "end_to_end/committer.hpp"
#include "end_to_end/events.hpp"

namespace evd::bench {
namespace {

void publish(committer& with, port::log& log, std::size_t first, std::size_t count) {
  port::write what;
  what.events.reserve(count);
  for (std::size_t at = 0; at < count; ++at) what.events.push_back(outside_event(first + at));
  with.commit(log, std::move(what));
}

}  // namespace

outcome publish_batches(const config& settings, std::size_t batch, std::size_t count) {
  committer caller;
  app application{settings};
  application.start().value();
  const stopwatch watch;
  for (std::size_t done = 0; done < count; done += batch) publish(caller, application.log(), done, batch);
  return rate_of(count, watch.elapsed());
}

outcome publish_from_callers(const config& settings, std::size_t callers, std::size_t count) {
  std::vector<committer> committers(callers);
  app application{settings};
  application.start().value();
  const auto each = count / callers;
  std::latch all_there{static_cast<std::ptrdiff_t>(callers) + 1};
  std::vector<std::jthread> threads;
  threads.reserve(callers);
  for (std::size_t number = 0; number < callers; ++number) {
    threads.emplace_back([&, number] {
      all_there.arrive_and_wait();
      for (std::size_t at = 0; at < each; ++at) publish(committers[number], application.log(), number * each + at, 1);
    });
  }
  all_there.arrive_and_wait();
  const stopwatch watch;
  threads.clear();  // joins
  return rate_of(each * callers, watch.elapsed());
}

}  // namespace evd::bench
