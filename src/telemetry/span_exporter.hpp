#pragma once
/// Brings spans to a collector, in batches, on a thread of its own.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include <evd/logger.hpp>

#include "telemetry/http_post.hpp"
#include "telemetry/otel_settings.hpp"
#include "telemetry/span.hpp"
#include "telemetry/watched.hpp"

namespace evd::telemetry {

/// A batch goes out when it is full, or `schedule_delay` after its first span. While the collector is away (no answer,
/// 429, 502, 503, 504) the batch is kept and sent again, after a pause that doubles up to half a minute or lasts as
/// long as the collector asks for; the queue fills meanwhile, and what finds it full is dropped and counted. Nobody who
/// adds ever waits. One line of the log says that the collector is away, one that it is back.
///
/// Threads: any. Lifetime: destruction drops what is left; call `stop` first.
class span_exporter {
 public:
  span_exporter(const otel_settings& settings, resource from, log_sink& sink);
  ~span_exporter();
  span_exporter(const span_exporter&) = delete;
  span_exporter& operator=(const span_exporter&) = delete;

  void add(span&& made) noexcept;

  /// Sends what is here, until `at_most` has passed; then ends. What is added later is dropped.
  void stop(std::chrono::milliseconds at_most);

  [[nodiscard]] span_counts counts() const;

 private:
  using clock = std::chrono::steady_clock;
  enum class outcome : std::uint8_t { taken, refused, again };

  void run();
  static void block_signals();
  [[nodiscard]] std::vector<span> next_batch();
  [[nodiscard]] bool deliver(const std::vector<span>& batch);
  [[nodiscard]] outcome judge(const http_reply& reply, std::size_t spans);
  void note_away(const std::string& why);
  void note_partial(const std::string& body, std::size_t spans);

  const std::size_t max_queue_;
  const std::size_t max_batch_;
  const std::chrono::milliseconds delay_;
  const resource resource_;
  logger logger_;
  http_post collector_;
  bool away_ = false;          // of the thread's own
  bool refusal_said_ = false;  // likewise

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::deque<span> queue_;
  clock::time_point first_at_;  // of the oldest in the queue
  bool stopping_ = false;
  span_counts counts_;

  std::stop_source cut_;  // ends a request that is under way
  std::thread thread_;
};

}  // namespace evd::telemetry
