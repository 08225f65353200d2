#pragma once
/// Commands: accepted (one durable write), run, ended (another one, with the events that the handler published).

#include <cstddef>

#include <evd/config.hpp>

#include "shared/measure.hpp"

namespace evd::bench {

/// One caller; each command publishes `events` events. Unit: events a second. Throws failure_exception.
/// REQUIRES: `count` is a multiple of `events`.
[[nodiscard]] outcome call_commands(const config& settings, std::size_t events, std::size_t count);

}  // namespace evd::bench
