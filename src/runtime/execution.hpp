#pragma once
/// One running of a handler: what stands behind its `evd::context`.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <evd/context.hpp>
#include <evd/event.hpp>
#include <evd/handler.hpp>
#include <evd/logger.hpp>
#include <evd/record.hpp>

#include "core/trace_context.hpp"

namespace evd::runtime {

/// An event that a handler has published, encoded, waiting for the handler's success.
struct collected_event {
  const event_info* type = nullptr;
  json_text data;
  std::string key;
  std::chrono::milliseconds delay{};
  const batch_entry* item = nullptr;  ///< of a batch: the entry it belongs to; null: all of them
};

/// What is being run, and for whom. The strings live as long as the registration.
struct execution_identity {
  invocation::kind what = invocation::kind::event;
  const std::string* module = nullptr;
  const std::string* handler = nullptr;
  command_id chain;
  std::uint32_t attempt = 1;
  const std::string* caller = nullptr;
  const event_record* record = nullptr;
  std::optional<core::trace_context> trace;  ///< the span of this call; none: nobody draws traces
};

/// Threads: as `evd::context`; `request_stop` from any.
class execution {
 public:
  /// Above this an event is refused with payload_too_large: a broker's limit, checked before anything is lost.
  static constexpr std::size_t max_event_bytes = 1'000'000;

  execution(const execution_identity& identity, std::vector<id> parents, log_sink& sink,
            boost::asio::any_io_executor executor)
      : identity_(identity), parents_(std::move(parents)), sink_(&sink), executor_(std::move(executor)) {}

  void collect(const event_info& type, const void* event, const publish_options& options, const batch_entry* item);
  [[nodiscard]] std::vector<collected_event> take_collected() { return std::move(collected_); }

  void request_stop() { stop_.request_stop(); }
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }
  [[nodiscard]] const execution_identity& identity() const { return identity_; }
  [[nodiscard]] std::span<const id> parents() const { return parents_; }
  [[nodiscard]] const logger& log();
  [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }

 private:
  execution_identity identity_;
  std::vector<id> parents_;
  log_sink* sink_;
  boost::asio::any_io_executor executor_;
  std::stop_source stop_;
  std::optional<logger> log_;  // made when first asked for: most handlers do not log
  std::vector<collected_event> collected_;
};

}  // namespace evd::runtime
