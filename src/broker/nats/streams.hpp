#pragma once
/// The three streams of a namespace: made once, checked ever after.
///
/// A stream that is missing beside the others, or shorter than it was, has been lost. That is an alarm for a person and
/// never repaired here: a new stream in its place would hide what is gone.

#include <evd/error.hpp>

#include "broker/nats/api.hpp"
#include "broker/nats/names.hpp"
#include "broker/nats/nats_log.hpp"

namespace evd::broker_nats {

/// The oldest JetStream API level with everything used here: nats-server 2.12.
inline constexpr int needed_api_level = 2;

struct stream_set {
  stream_info log;
  stream_info journal;
  stream_info schedules;
};

/// Checks the server's version, makes the streams where there are none, and checks what is there.
///
/// Errors: incompatible (an older server, no JetStream, streams of another kind), not_found (a tool, and there are
///   none), corrupt (some are missing), invalid_configuration (the duplicate window).
[[nodiscard]] result<stream_set> open_streams(api& server, const names& called, const nats_options& options);

/// Whether the window of the log's stream is wide enough for `ack_wait`: what is redelivered publishes again under the
/// same ids, and the broker has to remember them. Errors: invalid_configuration.
[[nodiscard]] result<void> check_window(const stream_info& log, std::chrono::milliseconds ack_wait,
                                        std::string_view name);

}  // namespace evd::broker_nats
