#include "telemetry/span_exporter.hpp"

#include <signal.h>

#include <algorithm>
#include <iterator>

#include <evd/json.hpp>

namespace evd::telemetry {

using namespace std::chrono_literals;

/// An ExportTraceServiceResponse, as far as it concerns us.
struct partial_success {
  std::optional<std::int64_t> rejected_spans;
  std::optional<std::string> error_message;
};
struct export_response {
  std::optional<telemetry::partial_success> partial_success;
};

namespace {

constexpr auto first_pause = 1'000ms;
constexpr auto longest_pause = 30'000ms;

bool is_passing(int status) {
  return status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

span_exporter::span_exporter(const otel_settings& settings, resource from, log_sink& sink)
    : max_queue_(settings.max_queue),
      max_batch_(settings.max_batch),
      delay_(settings.schedule_delay),
      resource_(std::move(from)),
      logger_(sink, {{"part", "traces"}}),
      collector_({settings.traces_url, settings.headers, settings.certificate,
                  std::min(settings.timeout, settings.export_timeout)}),
      thread_([this] { run(); }) {}

span_exporter::~span_exporter() {
  stop(0ms);
}

void span_exporter::add(span&& made) noexcept {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ++counts_.dropped_ended;
      return;
    }
    if (queue_.size() >= max_queue_) {
      ++counts_.dropped_queue_full;
      return;
    }
    if (queue_.empty()) first_at_ = clock::now();
    queue_.push_back(std::move(made));
    // Who waits does so for the first span, or for a full batch.
    wake = queue_.size() == 1 || queue_.size() == max_batch_;
  }
  if (wake) changed_.notify_all();
}

void span_exporter::stop(std::chrono::milliseconds at_most) {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, at_most, [this] { return queue_.empty() && counts_.queued == 0; });
  }
  cut_.request_stop();
  changed_.notify_all();
  thread_.join();
  const std::lock_guard lock(mutex_);
  counts_.dropped_ended += queue_.size();
  queue_.clear();
}

span_counts span_exporter::counts() const {
  const std::lock_guard lock(mutex_);
  auto now = counts_;
  now.queued += queue_.size();
  return now;
}

// Signals are the application's: none ends here, nor SIGPIPE from a connection that a collector has closed.
void span_exporter::block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void span_exporter::run() {
  block_signals();
  while (true) {
    const auto batch = next_batch();
    if (batch.empty()) return;
    const bool sent = deliver(batch);
    const std::lock_guard lock(mutex_);
    counts_.queued = 0;
    if (!sent) counts_.dropped_ended += batch.size();
    changed_.notify_all();
  }
}

// Empty: it is over.
std::vector<span> span_exporter::next_batch() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  while (!stopping_ && queue_.size() < max_batch_ && clock::now() < first_at_ + delay_) {
    changed_.wait_until(lock, first_at_ + delay_, [this] { return stopping_ || queue_.size() >= max_batch_; });
  }
  if (cut_.stop_requested()) return {};
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), max_batch_));
  std::vector<span> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  first_at_ = clock::now();
  counts_.queued = batch.size();
  return batch;
}

// True: the collector has answered for good. False: it is over, and the batch did not get there.
bool span_exporter::deliver(const std::vector<span>& batch) {
  const auto body = to_otlp_json(resource_, batch);
  auto pause = first_pause;
  while (!cut_.stop_requested()) {
    const auto reply = collector_.send(body, cut_.get_token());
    if (judge(reply, batch.size()) != outcome::again) return true;
    const auto wanted = reply.retry_after ? std::chrono::milliseconds(*reply.retry_after) : pause;
    pause = std::min(pause * 2, longest_pause);
    std::unique_lock lock(mutex_);
    // A process that ends does not wait out a pause: it tries once more and goes.
    if (stopping_) return false;
    changed_.wait_for(lock, std::min(wanted, longest_pause * 10), [this] { return stopping_; });
  }
  return false;
}

span_exporter::outcome span_exporter::judge(const http_reply& reply, std::size_t spans) {
  if (cut_.stop_requested() && reply.status == 0) return outcome::again;
  if (is_passing(reply.status)) {
    note_away(reply.status == 0 ? reply.failure : "it answers with " + std::to_string(reply.status));
    return outcome::again;
  }
  if (std::exchange(away_, false)) logger_.info("the collector is back");
  if (reply.status >= 200 && reply.status < 300) {
    note_partial(reply.body, spans);
    return outcome::taken;
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.dropped_refused += spans;
  }
  if (!std::exchange(refusal_said_, true)) {
    logger_.warning("the collector refuses spans; they are dropped",
                    {{"status", reply.status},
                     {"answer", reply.body.substr(0, 300)},
                     {"hint", "is OTEL_EXPORTER_OTLP_ENDPOINT an OTLP/HTTP endpoint that takes JSON?"}});
  }
  return outcome::refused;
}

void span_exporter::note_away(const std::string& why) {
  if (std::exchange(away_, true)) return;
  logger_.warning("cannot reach the collector; spans are kept as far as there is room",
                  {{"error", why}, {"room", max_queue_}});
}

// 200 may mean that some were refused: https://opentelemetry.io/docs/specs/otlp/#partial-success-1
void span_exporter::note_partial(const std::string& body, std::size_t spans) {
  std::uint64_t refused = 0;
  std::string why;
  if (const auto read = from_json<export_response>(body, unknown_fields::ignore); read && read->partial_success) {
    const auto rejected = read->partial_success->rejected_spans.value_or(0);
    refused = std::min<std::uint64_t>(spans, static_cast<std::uint64_t>(std::max<std::int64_t>(0, rejected)));
    why = read->partial_success->error_message.value_or("");
  }
  {
    const std::lock_guard lock(mutex_);
    counts_.exported += spans - refused;
    counts_.dropped_refused += refused;
  }
  if (refused > 0 && !std::exchange(refusal_said_, true)) {
    logger_.warning("the collector refuses some spans; they are dropped", {{"spans", refused}, {"answer", why}});
  }
}

}  // namespace evd::telemetry
