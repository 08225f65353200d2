#pragma once
/// What the runtime tells whoever draws traces: which handler ran because of what, and what it published.
///
/// A call of a handler is a span; so is publishing an event, and its span's id follows from the event's
/// (`core/trace_context.hpp`). With a tracer the runtime stamps published events with their span; without one headers
/// travel along a chain as they came.

#include <cstdint>
#include <span>
#include <string_view>

#include <evd/handler.hpp>
#include <evd/record.hpp>

#include "core/trace_context.hpp"
#include "runtime/observer.hpp"

namespace evd::runtime {

/// One event of a call, and how it ended.
struct traced_delivery {
  const event_record& event;
  std::uint32_t attempt = 1;
  std::string_view outcome;  ///< "handled", "retry", "dead_letter", "dropped", "postponed"
  evd::failure failure;      ///< type empty: none
};

/// A call of a handler has ended.
struct traced_call {
  core::trace_context self;
  invocation::kind what = invocation::kind::event;
  std::string_view module;
  std::string_view name;
  command_id chain;  ///< none for a query
  std::uint32_t attempt = 1;
  timestamp began;
  timestamp ended;
  std::string_view source;                      ///< of a command run in place: "http", "call"; of others empty
  const header_map& cause;                      ///< headers of the command or query; of an event's handler unused
  std::string_view outcome;                     ///< of a command or query: "succeeded", "rejected", ...
  evd::failure failure;                         ///< of a command or query; type empty: none
  std::span<const traced_delivery> deliveries;  ///< of an event's handler: one, or several of a batch
};

/// An event is durable in the log.
struct traced_publish {
  const event_record& event;
  core::trace_context call;  ///< whose handler published it
  timestamp began;
  timestamp ended;
};

/// Threads: called from any, also at once. It must not block, throw, or call back. Lifetime: outlives the runtime.
class tracer {
 public:
  virtual ~tracer() = default;

  /// A call begins because of something with these headers: one, or several of a batch, of which the first is its place
  /// in the tree. What it returns is the call's own span.
  [[nodiscard]] virtual core::trace_context begin(std::span<const header_map* const> causes) noexcept = 0;
  virtual void ended(const traced_call& what) noexcept = 0;
  virtual void published(const traced_publish& what) noexcept = 0;
};

}  // namespace evd::runtime
