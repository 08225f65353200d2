#pragma once
/// What a dispatcher holds: its deliveries, and the calls of handlers that are under way. Of `dispatcher*.cpp` alone.

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/settlement.hpp"
#include "core/trace_context.hpp"
#include "runtime/admission.hpp"
#include "runtime/dispatcher.hpp"

namespace evd::runtime {

// One delivery that this instance has. `mutex` guards `state`; the rest is touched only by whoever moves it on.
struct dispatcher::held_delivery {
  core::delivery_handle handle = 0;
  bool begun = false;  // chosen to run; guarded by the dispatcher's mutex
  port::delivery delivery;
  std::shared_ptr<const void> value;
  core::handler_yield yield;
  shared_run running;
  std::uint32_t serial = 0;                  // of the machine's last `run`
  timestamp began;                           // its handler, the last time; the epoch: it never did
  std::optional<core::trace_context> trace;  // of its handler's last call

  std::mutex mutex;  // guards what follows
  core::delivery_state state;
  std::uint32_t paused_in = 0;  // the serial with which it was last said to pause
};

struct dispatcher::handler_run {
  std::vector<shared_held> members;
  admission::manner manner = admission::manner::beside_others;
  handler_call handler;
  std::chrono::steady_clock::time_point began;
  timestamp began_at;
  std::atomic<bool> over = false;    // its place is free: it has ended, or is waited for no longer
  std::atomic<bool> traced = false;  // its span has been drawn
};

}  // namespace evd::runtime
