// What one record does to the store.

#include "core/project.hpp"
#include "end_to_end/events.hpp"
#include "parts/part.hpp"

namespace evd::bench {
namespace {

void project(benchmark::State& state, const log_record& record) {
  std::vector<port::positioned_change> changes;
  for (auto _ : state) {
    changes.clear();
    core::project(record, {1, 1}, changes);
    benchmark::DoNotOptimize(changes);
  }
}

outcome_record outcome_of(const event_record& event, std::uint32_t attempt) {
  outcome_record outcome;
  outcome.event = event.id;
  outcome.command = event.command;
  outcome.subject = event.subject;
  outcome.module = "Billing";
  outcome.subscription = "invoice";
  outcome.attempt = attempt;
  outcome.started_at = event.time;
  outcome.instance = "host:1";
  return outcome;
}

void project_event(benchmark::State& state) {
  project(state, outside_event(1));
}
void project_outcome(benchmark::State& state) {
  project(state, outcome_of(outside_event(1), 1));
}
// It also resolves the pair's dead letter, should there be one.
void project_late_outcome(benchmark::State& state) {
  project(state, outcome_of(outside_event(1), 2));
}
const part project_event_part{"project-event", project_event};
const part project_outcome_part{"project-outcome", project_outcome};
const part project_late_outcome_part{"project-outcome-late", project_late_outcome};

}  // namespace
}  // namespace evd::bench
