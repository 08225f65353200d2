#pragma once
/// Turns a verdict into what is written to the log. The parts of a `port::write` become durable one after another and
/// the acknowledgement comes last, so that no event is acknowledged without its outcome, its retry or its dead letter.
///
///   handled         the events it published, an outcome, the acknowledgement
///   retry           an attempt, a retry, the acknowledgement
///   retry_in_place  an attempt
///   dead_letter     an attempt, a dead letter, the acknowledgement
///
/// A durable command is delivered like an event. Its end is a `command_outcome_record` instead (`succeeded`, `failed`),
/// it has no dead letter, and attempts and retries name it in their `event`.
///
/// Several settlements may go into one write: that is how outcomes travel in bundles and batches settle at once.
///
/// Threads: pure. Repeating it with the same arguments writes the same ids.

#include <string>
#include <string_view>
#include <vector>

#include <evd/port/log.hpp>
#include <evd/record.hpp>

#include "core/delivery.hpp"

namespace evd::core {

/// Longer texts of a failure are cut, so that no failure is too large to be recorded.
inline constexpr std::size_t max_failure_message = 8 * 1024;
inline constexpr std::size_t max_failure_stack = 64 * 1024;

/// What the records say beside the verdict.
struct settlement_context {
  const port::delivery& delivery;
  const subscription_key& subscription;
  std::string_view instance;
};

/// What a handler's success has brought.
struct handler_yield {
  std::vector<event_record> published;  ///< complete, with their ids
  json_text result;                     ///< of a command
};

/// Appends what `state.decided` asks for. `yield` is used for `handled` alone.
///
/// REQUIRES: the state has just given a `settle`.
void append_settlement(port::write& into, const delivery_state& state, const settlement_context& context,
                       handler_yield yield, timestamp now);

}  // namespace evd::core
