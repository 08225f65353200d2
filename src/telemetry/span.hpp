#pragma once
/// A span of a trace, as OpenTelemetry has it, on its way to a collector.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <evd/time.hpp>

#include "core/trace_context.hpp"

namespace evd::telemetry {

struct attribute {
  std::string_view key;  ///< lives as long as the program
  std::variant<std::string, std::int64_t, bool> value;
};
using attributes = std::vector<attribute>;

struct span_event {
  std::string_view name;
  timestamp at;
  telemetry::attributes attributes;
};

/// What a span came of, beside its parent.
struct span_link {
  core::trace_context to;
  telemetry::attributes attributes;
};

/// Numbered as in opentelemetry/proto/trace/v1/trace.proto.
enum class span_kind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct span {
  core::trace_context self;
  core::span_id parent{};      ///< zeros: it is the trace's first
  bool parent_remote = false;  ///< its parent was in another process, or may have been
  std::string trace_state;
  std::string name;
  span_kind kind = span_kind::internal;
  timestamp began;
  timestamp ended;
  telemetry::attributes attributes;
  std::vector<span_event> events;
  std::vector<span_link> links;
  bool failed = false;
  std::string failure;  ///< what the status says
};

/// More of them are left out of a span and counted (OpenTelemetry's default limits).
inline constexpr std::size_t max_span_links = 128;
inline constexpr std::size_t max_span_events = 128;

}  // namespace evd::telemetry
