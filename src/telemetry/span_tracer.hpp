#pragma once
/// Draws what the runtime reports as spans, by OpenTelemetry's conventions for messaging
/// (https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/).
///
///   command userUpdateNames                    SERVER when it came over HTTP, CONSUMER when durable, else INTERNAL
///     publish User.nameUpdated                 PRODUCER; its id is that of the event's traceparent
///       process User.nameUpdated (attempt 1)   CONSUMER; child of the publish span, and linked to it
///       process User.nameUpdated (attempt 2)
///
/// A batch is one span: a child of its first event's publish span, linked to all. What it publishes for one event stays
/// in that event's trace, below the event's publish span and linked to the batch.

#include <functional>

#include "runtime/tracer.hpp"
#include "telemetry/sampler.hpp"
#include "telemetry/span.hpp"

namespace evd::telemetry {

/// Threads: any. Lifetime: what `keep` uses outlives it.
class span_tracer final : public runtime::tracer {
 public:
  /// `keep` takes each sampled span; it must not block.
  span_tracer(const sampler& which, std::function<void(span&&)> keep) : sampler_(which), keep_(std::move(keep)) {}

  core::trace_context begin(std::span<const header_map* const> causes) noexcept override;
  void ended(const runtime::traced_call& what) noexcept override;
  void published(const runtime::traced_publish& what) noexcept override;

 private:
  sampler sampler_;
  std::function<void(span&&)> keep_;
};

}  // namespace evd::telemetry
