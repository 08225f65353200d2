#pragma once
/// One connection to the servers, which it makes again by itself for as long as it lives.
///
/// Threads: every function from any. nats.c has a thread that reads, one that flushes (unless sending is `at_once`) and
/// one for timers; `reconnected` comes on one of its own. Lifetime: subscriptions and messages end before it.

#include <nats/nats.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include <evd/error.hpp>

#include "broker/nats/message.hpp"
#include "broker/nats/nats_log.hpp"

namespace evd::broker_nats {

struct subscription_deleter {
  void operator()(natsSubscription* of) const noexcept { natsSubscription_Destroy(of); }
};
using subscription = std::unique_ptr<natsSubscription, subscription_deleter>;

class connection {
 public:
  /// nats.c's flusher waits a millisecond before it writes: that is right for many messages and wrong for one.
  enum class sending : std::uint8_t { at_once, in_bulk };

  /// Errors: unavailable, unauthenticated, invalid_configuration; each names the addresses.
  [[nodiscard]] static result<std::unique_ptr<connection>> open(const nats_options& options, sending how, logger log,
                                                                std::function<void()> reconnected);
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  /// Hands a message to nats.c. Its answer, if one is wanted, comes to `reply`.
  natsStatus publish(const char* subject, const char* reply, std::string_view data);
  natsStatus publish(natsMsg* what);

  /// Asks and waits. Errors: as `translate` has them.
  [[nodiscard]] result<message> request(const std::string& subject, std::string_view data,
                                        std::chrono::milliseconds timeout, std::string_view where);

  /// A subscription whose messages are fetched by whoever calls `natsSubscription_NextMsg`, without a limit of its own.
  [[nodiscard]] result<subscription> subscribe(const std::string& subject);

  /// A subscription whose messages come on nats.c's shared delivery thread. `completed` is called once nothing more
  /// comes.
  [[nodiscard]] result<subscription> subscribe(const std::string& subject, natsMsgHandler arrived, void* closure,
                                               natsOnCompleteCB completed);

  /// Writes what is buffered and waits until the server has read it.
  void flush(std::chrono::milliseconds timeout);
  [[nodiscard]] bool connected() const { return connected_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::int64_t max_payload() const { return natsConnection_GetMaxPayload(handle_); }

 private:
  connection(logger log, std::function<void()> reconnected)
      : log_(std::move(log)), reconnected_(std::move(reconnected)) {}

  logger log_;
  std::function<void()> reconnected_;
  std::atomic<bool> connected_{false};
  std::atomic<bool> closing_{false};
  std::promise<void> closed_;  // kept when nats.c calls nobody any more
  natsConnection* handle_ = nullptr;
};

/// A subject that nobody else uses, without a wildcard.
[[nodiscard]] std::string make_inbox();

}  // namespace evd::broker_nats
