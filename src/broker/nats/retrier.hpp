#pragma once
/// Writes retries, so that of one event and subscription only one waits, and an attempt that was made is not made
/// again.
///
/// The last message on a retry's own subject in the log says which attempt was made last; what is written is stored
/// only when it follows that one. Whoever holds the delivery of the attempt before knows it; for others the server is
/// asked.
///
/// Threads: `write` from any; `done` on the publisher's thread, the errands' or the caller's. Lifetime: shared; what it
/// was made with outlives it.

#include <functional>
#include <memory>

#include "broker/nats/api.hpp"
#include "broker/nats/feed.hpp"
#include "broker/nats/publisher.hpp"

namespace evd::broker_nats {

class retrier {
 public:
  using errand = std::function<void(std::function<void()>)>;
  /// True: it was added. False: one waits already, or that attempt was made.
  using written = std::function<void(result<bool>)>;

  retrier(publisher& over, api& server, const names& called, errand later)
      : publisher_(over), server_(server), called_(called), later_(std::move(later)) {}

  /// `before`: the delivery of the attempt before, when it is in hand. `retry` is copied.
  void write(port::retry_request retry, const std::optional<feed::in_hand>& before, written done);

 private:
  struct one;
  void ask(const std::shared_ptr<one>& what);
  void send(const std::shared_ptr<one>& what, std::uint64_t follows);
  /// Whether the newest message of the retry's subjects is this attempt or a later one.
  [[nodiscard]] result<bool> is_there(const one& what, std::uint64_t* follows);

  publisher& publisher_;
  api& server_;
  const names& called_;
  const errand later_;
};

}  // namespace evd::broker_nats
