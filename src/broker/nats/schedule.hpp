#pragma once
/// Messages that wait for their time: what they look like in the schedules, and what becomes of them in the log.
///
/// Threads: pure.

#include <optional>
#include <string>

#include "broker/nats/envelope.hpp"
#include "broker/nats/names.hpp"
#include "broker/nats/publisher.hpp"

namespace evd::broker_nats {

/// A delayed event, for the schedules. Stored only when none of its id waits. `data` is the event's.
[[nodiscard]] outgoing scheduled_event(const event_record& event, const names& called);

/// A retry for the log itself: stored only when the last of its subject is `follows` (0: there is none).
[[nodiscard]] outgoing retry_now(const port::retry_request& retry, std::uint64_t follows, const names& called);

/// A retry for the schedules; its `follows` counts when it is moved.
[[nodiscard]] outgoing scheduled_retry(const port::retry_request& retry, std::uint64_t follows, const names& called);

/// What a message that has become due is in the log, without its data. None: it is none of ours.
[[nodiscard]] std::optional<outgoing> due_message(const header_source& from, std::string_view subject,
                                                  const names& called);

}  // namespace evd::broker_nats
