#pragma once
/// What every part of the runtime works with.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <evd/handler.hpp>
#include <evd/logger.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "runtime/admission.hpp"
#include "runtime/observer.hpp"
#include "runtime/ticker.hpp"
#include "runtime/tracer.hpp"
#include "runtime/worker_pool.hpp"

namespace evd::runtime {

/// Lifetime: outlives everything that is given it.
struct environment {
  port::log& log;
  port::store& store;
  worker_pool& pool;
  ticker& time;
  admission& gate;
  log_sink& sink;
  const std::vector<middleware>& around;
  std::string instance;
  std::function<void(const dead_letter_record&)> on_dead_letter;
  evd::runtime::observer* observer = nullptr;  ///< null: nobody counts
  evd::runtime::tracer* tracer = nullptr;      ///< null: nobody draws traces

  /// The span of a call that begins because of something with these headers.
  [[nodiscard]] std::optional<core::trace_context> begin_trace(std::span<const header_map* const> causes) const {
    if (tracer == nullptr) return std::nullopt;
    return tracer->begin(causes);
  }
};

[[nodiscard]] inline timestamp now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// 64 random bits, from the system at first and then per thread. Not for secrets.
[[nodiscard]] std::uint64_t random_bits();
/// At least 0, below 1.
[[nodiscard]] double random_share();

/// Runs `handler` inside the middlewares; `done` is called once, also when one of them throws.
void run_inside(const std::vector<middleware>& around, const invocation& call,
                std::function<void(handler_done)> handler, handler_done done);

}  // namespace evd::runtime
