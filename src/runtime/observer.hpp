#pragma once
/// What the runtime tells whoever counts and measures. It knows nothing of metrics; `src/telemetry` makes them of it.
///
/// Every struct is made on the stack of the thread that did the work, out of what is there anyway: nobody who observes
/// costs one comparison with null, and observing allocates nothing here.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <evd/record.hpp>

namespace evd::runtime {

enum class command_end : std::uint8_t {
  accepted,   ///< a durable one: recorded and answered, to be run by a consumer
  succeeded,  ///< its handler returned, and its events are in the log
  rejected,   ///< its handler refused it
  failed,     ///< its handler threw
  retry,      ///< an attempt of a durable one failed; another follows
  unknown,    ///< nobody knows how it ended: its instance died, or its outcome could not be written
  refused,    ///< it never ran: unknown name, wrong input, the log would not take it, this instance ends
};

/// A command or query has ended, or one attempt of a durable command.
struct command_ended {
  std::string_view module;  ///< empty, as `name`: nobody registered what was called
  std::string_view name;
  bool query = false;
  command_end how = command_end::succeeded;
  /// From the call to its answer; of a durable command that of its handler. None: it did not run here.
  std::optional<std::chrono::microseconds> duration;
};

enum class delivery_end : std::uint8_t {
  handled,
  retry,        ///< the attempt failed; another follows
  dead_letter,  ///< the attempt failed, and it was the last
  dropped,      ///< past its deadline, it may be another instance's: nothing is written
};

/// One attempt of one delivery has ended. What is to be written about it is decided, not yet written.
struct delivery_ended {
  std::string_view module;
  std::string_view subscription;
  delivery_end how = delivery_end::handled;
  std::uint32_t attempt = 1;
  std::optional<std::chrono::microseconds> duration;  ///< of the handler; none: it was not run
  std::optional<std::chrono::microseconds> waited;    ///< from the event's time to its first handler's begin
};

/// Events are durable in the log.
struct events_published {
  std::string_view module;  ///< that published them
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  ///< of their data
};

/// A dead letter is durable in the log.
struct dead_lettered {
  std::string_view module;
  std::string_view subscription;
  dead_letter_reason reason = dead_letter_reason::attempts_exhausted;
};

/// The recorder has written one batch to the store.
struct records_recorded {
  std::uint64_t records = 0;
  std::chrono::microseconds delay{};  ///< how long the oldest of them had been in the log
};

/// Threads: called from any, also at once. It must not block, throw, or call back. Lifetime: outlives the runtime.
class observer {
 public:
  virtual ~observer() = default;
  virtual void on(const command_ended& what) noexcept = 0;
  virtual void on(const delivery_ended& what) noexcept = 0;
  virtual void on(const events_published& what) noexcept = 0;
  virtual void on(const dead_lettered& what) noexcept = 0;
  virtual void on(const records_recorded& what) noexcept = 0;
};

}  // namespace evd::runtime
