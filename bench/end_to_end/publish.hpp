#pragma once
/// Publishing from outside of handlers: structs become JSON, get ids, and are durable when the call is over.
///
/// Each function opens an application on `settings`, measures, and closes it; opening and closing are not counted.
/// Unit: events a second. Throws failure_exception.

#include <cstddef>

#include <evd/config.hpp>

#include "shared/measure.hpp"

namespace evd::bench {

/// One caller; each commit has `batch` events and is waited for. REQUIRES: `count` is a multiple of `batch`.
[[nodiscard]] outcome publish_batches(const config& settings, std::size_t batch, std::size_t count);

/// Many callers, each a thread that publishes one event and waits for it. REQUIRES: `count` is a multiple of `callers`.
[[nodiscard]] outcome publish_from_callers(const config& settings, std::size_t callers, std::size_t count);

}  // namespace evd::bench
