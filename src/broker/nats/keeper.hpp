#pragma once
/// Looks after the streams: how full they are, whether they are still the same, and lets go of what nobody needs any
/// more.
///
/// Threads: one of its own; the rest from any. Lifetime: its `api` outlives it.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include <evd/logger.hpp>

#include "broker/nats/api.hpp"
#include "broker/nats/names.hpp"
#include "broker/nats/nats_log.hpp"
#include "broker/nats/streams.hpp"

namespace evd::broker_nats {

class keeper {
 public:
  keeper(api& server, const names& called, const nats_options& options, const stream_set& opened, logger log);
  ~keeper();
  keeper(const keeper&) = delete;
  keeper& operator=(const keeper&) = delete;

  /// The recorder has all up to here: from the first call on what is old enough is trimmed.
  void recorded(const log_cursor& upto);

  /// How much of its room the log has used, 0 to 1; 0 where it has no limit.
  [[nodiscard]] double fullness() const { return fullness_; }
  [[nodiscard]] std::uint64_t scheduled() const { return scheduled_; }
  /// What is wrong with the streams; none: nothing.
  [[nodiscard]] std::optional<error> alarm() const;
  /// Looks now, because a write was refused.
  void hurry();

 private:
  void run(const std::stop_token& stop);
  void look();
  void trim(const stream_info& log, const stream_info& journal);
  void check(const stream_info& now, const std::string& name, std::uint64_t epoch, std::uint64_t& last);
  void raise(error what);

  api& server_;
  const names& called_;
  const nats_options& options_;
  const logger log_;
  const std::uint64_t log_epoch_, journal_epoch_, schedules_epoch_;
  std::uint64_t log_last_, journal_last_, schedules_last_;  // of the thread
  std::atomic<double> fullness_{0};
  std::atomic<std::uint64_t> scheduled_{0};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any wake_;
  std::optional<log_cursor> recorded_;
  std::optional<error> alarm_;
  bool hurry_ = false;
  /// What the log's last sequence was when, so that nothing younger than `keep` is trimmed.
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>> marks_;

  std::jthread thread_;
};

}  // namespace evd::broker_nats
