#pragma once
/// What a handler has published becomes records of the log.

#include <functional>
#include <vector>

#include <evd/record.hpp>

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

}  // namespace evd::runtime
