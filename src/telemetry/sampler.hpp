#pragma once
/// Which traces are recorded: OpenTelemetry's samplers.

#include <cstdint>
#include <optional>

#include "core/trace_context.hpp"

namespace evd::telemetry {

/// `parent_based`: as the parent was decided, and as `root` says where there is none.
struct sampler {
  enum class root_kind : std::uint8_t { always_on, always_off, ratio };

  root_kind root = root_kind::always_on;
  double ratio = 1.0;  ///< of `ratio`: the share of traces, 0 to 1; decided by the trace's id, so that all agree
  bool parent_based = true;

  [[nodiscard]] bool samples(const core::trace_id& trace, const std::optional<core::trace_context>& parent) const;
};

}  // namespace evd::telemetry
