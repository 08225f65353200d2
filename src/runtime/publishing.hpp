#pragma once
/// What a handler has published becomes records of the log.

#include <functional>
#include <vector>

#include <evd/record.hpp>

#include "runtime/environment.hpp"
#include "runtime/execution.hpp"

namespace evd::runtime {

/// The events of a command or of one event's handler, with their ids.
///
/// `subscription`: empty for a command's own handler. `headers`: those of the parent, which travel along the chain.
[[nodiscard]] std::vector<event_record> publish_records(std::vector<collected_event> collected,
                                                        const execution_identity& identity, std::span<const id> parents,
                                                        const std::string& subscription, const header_map& headers,
                                                        timestamp now);

/// The events of a batch handler: for each entry those that were published for it, unless it failed, and those for all.
[[nodiscard]] std::vector<event_record> publish_batch_records(std::vector<collected_event> collected,
                                                              const execution_identity& identity,
                                                              std::span<const batch_entry> entries,
                                                              const std::string& subscription, timestamp now);

/// Tells observer and tracer of `with`, if there are any, that these are durable: what `module` has published, in a
/// call that was traced as `call` says.
void report_events(const environment& with, std::string_view module, std::span<const event_record> events,
                   const std::optional<core::trace_context>& call);

}  // namespace evd::runtime
