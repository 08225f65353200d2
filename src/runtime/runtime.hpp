#pragma once
/// The runtime: subscriptions and commands of one instance, running.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <evd/error.hpp>
#include <evd/handler.hpp>
#include <evd/logger.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "runtime/command_service.hpp"
#include "runtime/observer.hpp"
#include "runtime/registry.hpp"
#include "runtime/tracer.hpp"

namespace evd::runtime {

struct runtime_options {
  std::string instance;                        ///< who we are, in records
  std::uint32_t threads = 0;                   ///< that run handlers; 0: four for each core
  evd::runtime::observer* observer = nullptr;  ///< null: nobody counts
  evd::runtime::tracer* tracer = nullptr;      ///< null: nobody draws traces
};

/// How busy an instance is.
struct runtime_load {
  std::uint32_t threads = 0;   ///< that run handlers
  std::uint32_t busy = 0;      ///< of them
  std::size_t commands = 0;    ///< running in place
  std::size_t deliveries = 0;  ///< here: waiting, running, being settled
};

/// Threads: `stop` and everything of `commands()` from any. Lifetime: log, store, registry and sink outlive it.
class runtime {
 public:
  runtime(port::log& log, port::store& store, const registry& what, std::vector<middleware> around, log_sink& sink,
          runtime_options options, std::function<void(const dead_letter_record&)> on_dead_letter);
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// Journals the registry and takes part in every subscription. Handlers may run before it returns.
  /// Errors: those of the log.
  [[nodiscard]] result<void> start();

  /// Takes nothing new; waits up to `drain` for handlers that run; then sets their stop tokens and waits a little more.
  /// What was not begun is handed back. Returns how many handlers were left behind.
  std::size_t stop(std::chrono::milliseconds drain);

  [[nodiscard]] command_service& commands();

  /// Whether no command runs, and every subscription has handled everything.
  [[nodiscard]] result<bool> idle();

  [[nodiscard]] runtime_load load() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace evd::runtime
