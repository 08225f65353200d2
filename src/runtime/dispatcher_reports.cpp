// What a dispatcher tells observer and tracer.

#include <algorithm>

#include "runtime/dispatcher.hpp"
#include "runtime/held_delivery.hpp"
#include "runtime/publishing.hpp"

namespace evd::runtime {

namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

const event_record* event_of(const port::delivery& delivery) {
  const auto* event = std::get_if<std::shared_ptr<const event_record>>(&delivery.item);
  return event != nullptr ? event->get() : nullptr;
}
const command_record* command_of(const port::delivery& delivery) {
  const auto* command = std::get_if<std::shared_ptr<const command_record>>(&delivery.item);
  return command != nullptr ? command->get() : nullptr;
}

delivery_end end_of(const core::verdict& decided) {
  if (std::holds_alternative<core::handled>(decided)) return delivery_end::handled;
  if (std::holds_alternative<core::dead_letter>(decided)) return delivery_end::dead_letter;
  return delivery_end::retry;
}

// How the attempt ended; none: it has not, or the environment was at fault and it does not count.
std::optional<delivery_end> end_of(const core::delivery_actions& actions) {
  for (const auto& action : actions) {
    if (const auto* settle = std::get_if<core::settle>(&action)) return end_of(settle->what);
    if (std::holds_alternative<core::drop>(action)) return delivery_end::dropped;
  }
  return std::nullopt;
}

std::string_view name_of(std::optional<delivery_end> how) {
  if (!how) return "postponed";
  switch (*how) {
    case delivery_end::handled:
      return "handled";
    case delivery_end::retry:
      return "retry";
    case delivery_end::dead_letter:
      return "dead_letter";
    case delivery_end::dropped:
      return "dropped";
  }
  return "dropped";
}

// Of a durable command: the same ends under a command's names.
command_end as_command(delivery_end how) {
  switch (how) {
    case delivery_end::handled:
      return command_end::succeeded;
    case delivery_end::retry:
      return command_end::retry;
    case delivery_end::dead_letter:
      return command_end::failed;
    case delivery_end::dropped:
      return command_end::unknown;
  }
  return command_end::unknown;
}
std::string_view command_name_of(std::optional<delivery_end> how) {
  if (how == delivery_end::handled) return "succeeded";
  if (how == delivery_end::dead_letter) return "failed";
  return name_of(how);
}

}  // namespace

// REQUIRES: the delivery's lock is held.
void dispatcher::observe(const held_delivery& held, const core::delivery_actions& actions) const {
  if (with_.observer == nullptr) return;
  const auto how = end_of(actions);
  if (!how) return;
  const auto& state = held.state;
  std::optional<microseconds> duration;
  const bool ran = held.began != timestamp() && held.began >= state.started_at;
  if (ran && *how != delivery_end::dropped) {
    duration = std::max(microseconds(0), duration_cast<microseconds>(state.started_at + state.duration - held.began));
  }
  if (what_->record().kind == subscription_kind::command) {
    with_.observer->on(command_ended{key_.module, key_.name, false, as_command(*how), duration});
    return;
  }
  delivery_ended told{key_.module, key_.name, *how, state.attempt, duration, std::nullopt};
  const auto* event = event_of(held.delivery);
  if (duration && event != nullptr && state.attempt == 1 && state.handed_over == 1) {
    const auto since = event->not_before.value_or(event->time);
    told.waited = std::max(microseconds(0), duration_cast<microseconds>(held.began - since));
  }
  with_.observer->on(told);
}

// `decided`: what each member's machine said to its end; empty: the handler is not waited for any longer.
void dispatcher::trace(const shared_run& call, std::span<const core::delivery_actions> decided) {
  const auto& identity = call->handler.running->identity();
  if (!identity.trace || !identity.trace->sampled || call->traced.exchange(true)) return;
  static const header_map none;
  std::vector<traced_delivery> deliveries;
  std::string_view outcome;
  failure why;
  const header_map* cause = &none;
  for (std::size_t i = 0; i < call->members.size(); ++i) {
    const auto& held = call->members[i];
    const std::lock_guard lock(held->mutex);
    std::optional<delivery_end> how;
    if (!decided.empty()) {
      how = end_of(decided[i]);
    } else {
      const bool over = held->state.at == core::delivery_state::phase::done;
      how = over ? delivery_end::dropped : end_of(held->state.decided);
    }
    const bool failed = how == delivery_end::retry || how == delivery_end::dead_letter;
    if (const auto* event = event_of(held->delivery)) {
      deliveries.push_back({*event, call->handler.attempts[i], name_of(how), failed ? held->state.failure : failure()});
    } else if (const auto* command = command_of(held->delivery)) {
      cause = &command->headers;
      outcome = command_name_of(how);
      if (failed) why = held->state.failure;
    }
  }
  with_.tracer->ended({*identity.trace, identity.what, key_.module, key_.name, identity.chain, identity.attempt,
                       call->began_at, now(), "", *cause, outcome, std::move(why), deliveries});
}

void dispatcher::trace_undecodable(const held_delivery& held, const error& why,
                                   const core::delivery_actions& actions) const {
  const auto* event = event_of(held.delivery);
  if (with_.tracer == nullptr || event == nullptr) return;
  const header_map* const cause = &event->headers;
  const auto self = with_.tracer->begin({&cause, 1});
  if (!self.sampled) return;
  const auto at = now();
  const traced_delivery one{*event, held.delivery.attempt, name_of(end_of(actions)),
                            failure{std::string(describe(why.code).name), why.to_string(), ""}};
  with_.tracer->ended({self,
                       invocation::kind::event,
                       key_.module,
                       key_.name,
                       event->command,
                       held.delivery.attempt,
                       at,
                       at,
                       "",
                       *cause,
                       "",
                       {},
                       {&one, 1}});
}

void dispatcher::report_published(held_delivery& held) const {
  if (with_.observer == nullptr && with_.tracer == nullptr) return;
  const std::lock_guard lock(held.mutex);
  // Written only with a success: what a failed attempt has published stays where it is.
  if (!std::holds_alternative<core::handled>(held.state.decided)) return;
  report_events(with_, key_.module, held.yield.published, held.trace);
}

}  // namespace evd::runtime
