#pragma once
/// What is asked when somebody looks at the metrics.

#include <cstdint>
#include <functional>

#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "runtime/recorder.hpp"
#include "runtime/runtime.hpp"

namespace evd::telemetry {

/// How the export of spans is going, since the start.
struct span_counts {
  std::uint64_t exported = 0;
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_refused = 0;
  std::uint64_t dropped_ended = 0;
  std::uint64_t queued = 0;
};

/// Null members are not there. Lifetime: as long as anybody can look.
struct watched {
  port::log* log = nullptr;
  port::store* store = nullptr;
  const runtime::recorder* recorder = nullptr;
  const runtime::runtime* runtime = nullptr;
  std::function<span_counts()> spans;
};

}  // namespace evd::telemetry
