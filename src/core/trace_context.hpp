#pragma once
/// W3C Trace Context (https://www.w3.org/TR/trace-context/): which span of which trace something was done under, as the
/// header `traceparent` carries it across processes.
///
/// Threads: all functions are pure.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <evd/id.hpp>
#include <evd/record.hpp>

namespace evd::core {

inline constexpr std::string_view traceparent_header = "traceparent";
inline constexpr std::string_view tracestate_header = "tracestate";

using trace_id = std::array<std::uint8_t, 16>;
using span_id = std::array<std::uint8_t, 8>;

/// One span, named across processes.
struct trace_context {
  trace_id trace{};
  span_id span{};
  bool sampled = false;  ///< somebody records this trace
  friend bool operator==(const trace_context&, const trace_context&) = default;
};

/// None when it is not of the form (section 3.2.2 of the recommendation): wrong lengths, upper case, an id of zeros,
/// version ff. A version above 00 is read as far as 00 goes.
[[nodiscard]] std::optional<trace_context> parse_traceparent(std::string_view text);
/// `00-<trace>-<span>-01`, or `-00` when it is not sampled.
[[nodiscard]] std::string to_traceparent(const trace_context& context);

/// What the headers say; none when there is no `traceparent`, or a wrong one.
[[nodiscard]] std::optional<trace_context> trace_of(const header_map& headers);

/// The span of publishing an event: the last eight bytes of the event's id. Derived, like the id: who publishes an
/// event again names the same span, and who knows an event's id knows the span it was published under.
[[nodiscard]] span_id publish_span(const id& event);

/// Makes `event` travel under its publish span, in the trace of `under`. REQUIRES: the event has its id.
///
/// A `tracestate` belongs to the `traceparent` beside it: it stays with one of the same trace, and goes otherwise.
void stamp(event_record& event, const trace_context& under);

[[nodiscard]] std::string to_hex(const trace_id& what);
[[nodiscard]] std::string to_hex(const span_id& what);

}  // namespace evd::core
