// Ids of what a handler has published, derived from its 256 bytes.

#include "core/ids.hpp"
#include "end_to_end/events.hpp"
#include "parts/part.hpp"

namespace evd::bench {
namespace {

void derive(benchmark::State& state) {
  const auto event = outside_event(1);
  core::event_origin origin;
  origin.command = event.command;
  origin.parents = event.parents;
  origin.module = event.module;
  origin.subject = event.subject;
  origin.data = event.data.text;
  for (auto _ : state) {
    auto made = core::derive_event_id(origin);
    benchmark::DoNotOptimize(made);
  }
}
const part derive_part{"id-derive", derive};

// With the sorting of its JSON that comes before.
void assign(benchmark::State& state) {
  std::vector<event_record> events{outside_event(1)};
  for (auto _ : state) {
    core::assign_ids(events);
    benchmark::DoNotOptimize(events);
  }
}
const part assign_part{"id-assign", assign};

void assign_by_key(benchmark::State& state) {
  std::vector<event_record> events{outside_event(1)};
  events.front().key = "order-1000000001";
  for (auto _ : state) {
    core::assign_ids(events);
    benchmark::DoNotOptimize(events);
  }
}
const part assign_by_key_part{"id-assign-key", assign_by_key};

}  // namespace
}  // namespace evd::bench
