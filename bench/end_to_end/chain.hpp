#pragma once
/// A chain of three hops: a command publishes an event, whose handler publishes the next, whose handler publishes the
/// next, whose handler is the end.

#include <cstddef>

#include <evd/config.hpp>

#include "shared/measure.hpp"

namespace evd::bench {

/// One chain after another, each begun when the one before was recorded entirely. From calling the command to the last
/// handler's beginning: four durable writes, one after another. Values: p50 and p99, in milliseconds. Throws
/// failure_exception.
[[nodiscard]] outcome chain_of_three(const config& settings, std::size_t count);

}  // namespace evd::bench
