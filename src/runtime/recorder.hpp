#pragma once
/// The recorder: reads the log and projects it into a store of its own.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include <evd/logger.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

#include "runtime/observer.hpp"

namespace evd::runtime {

struct recorder_options {
  std::size_t batch = 1'000;                   ///< records a write
  std::chrono::milliseconds first_pause{100};  ///< after a failed write; doubles with each further one
  std::chrono::milliseconds longest_pause{5'000};
  evd::runtime::observer* observer = nullptr;  ///< null: nobody counts
};

/// How the recorder is.
struct recorder_state {
  log_cursor recorded;
  std::uint64_t records = 0;      ///< written since it started
  std::uint64_t quarantined = 0;  ///< since it started
  bool store_is_away = false;
  std::optional<timestamp> behind_since;  ///< time of the oldest record known to be unrecorded; none: it has all

  /// How far behind the store is.
  [[nodiscard]] std::chrono::microseconds lag(timestamp now) const {
    return behind_since && *behind_since < now ? now - *behind_since : std::chrono::microseconds(0);
  }
};

/// Reads records in the order of the log and writes them in bulk; only then the log may let go of them. Everything it
/// writes is keyed by id, so that writing a batch again (it died after the write and before noting it) is harmless.
/// While the store is away it waits, and catches up later. A record that the store refuses for ever goes to quarantine.
///
/// Threads: one of its own. Lifetime: log and store outlive it; destruction ends the batch in work and joins.
class recorder {
 public:
  recorder(port::log& log, port::store& store, log_sink& sink, recorder_options options = {});
  ~recorder();
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;

  [[nodiscard]] recorder_state state() const;

 private:
  void run(const std::stop_token& stop);
  /// Writes one batch. False: nothing to do at present.
  result<bool> step();
  result<void> apply_one_by_one(std::span<const positioned_record> records, const log_cursor& before);
  result<void> set_aside(const port::quarantined_record& record);
  void sleep(const std::stop_token& stop, std::chrono::milliseconds at_most, bool until_new);

  port::log& log_;
  port::store& store_;
  logger logger_;
  recorder_options options_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_;
  bool something_new_ = true;
  recorder_state state_;

  bool position_known_ = false;
  std::jthread thread_;
};

}  // namespace evd::runtime
