#pragma once
/// A subscription works off a backlog: events are decoded into their struct, a handler that does nothing runs, and its
/// outcome is journalled and the event acknowledged.

#include <cstddef>

#include <evd/config.hpp>

#include "shared/measure.hpp"

namespace evd::bench {

enum class handler_kind {
  single,  ///< one event a call
  batch,   ///< up to a hundred
};

/// From the first call of the handler to the last outcome in the store, with default options. Unit: events a second.
/// Throws failure_exception.
[[nodiscard]] outcome consume(const config& settings, handler_kind kind, std::size_t count);

}  // namespace evd::bench
