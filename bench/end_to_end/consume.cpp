#include "end_to_end/consume.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <semaphore>
#include <thread>

#include <evd/app.hpp>

#include "end_to_end/events.hpp"
#include "end_to_end/publish.hpp"

namespace evd::bench {
namespace {

// What handlers have seen.
class tally {
 public:
  explicit tally(std::size_t expected) : expected_(expected) {}

  void add(std::size_t count) {
    const auto before = seen_.fetch_add(count);
    if (before == 0) watch_.emplace();
    if (before < expected_ && before + count >= expected_) all_.release();
  }
  void wait() { all_.acquire(); }
  [[nodiscard]] seconds elapsed() const { return watch_->elapsed(); }

 private:
  const std::size_t expected_;
  std::atomic<std::size_t> seen_ = 0;
  std::optional<stopwatch> watch_;  // written by the first, read after `wait`
  std::binary_semaphore all_{0};
};

void publish_backlog(config settings, std::size_t count) {
  settings.durability = durability::process;
  constexpr std::size_t batch = 1'000;
  (void)publish_batches(settings, batch, count / batch * batch);
  if (count % batch > 0) (void)publish_batches(settings, count % batch, count % batch);
}

}  // namespace

outcome consume(const config& settings, handler_kind kind, std::size_t count) {
  publish_backlog(settings, count);
  tally seen{count};
  std::atomic<std::int64_t> items = 0;
  app application{settings};
  auto& module = application.module("Billing");
  if (kind == handler_kind::single) {
    module.on<order_placed>("invoice", [&](const order_placed& event, context&) {
      items += event.order.items;
      seen.add(1);
    });
  } else {
    module.on_batch<order_placed>("invoice", [&](const batch<order_placed>& events, batch_context&) {
      for (const auto event : events) items += event->order.items;
      seen.add(events.size());
    });
  }
  application.start().value();
  seen.wait();
  // What the last handlers have brought is being written.
  while (application.store().totals().value().outcomes < count) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return rate_of(count, seen.elapsed());
}

}  // namespace evd::bench
