#pragma once
/// Gathers journal records of many writes into bundles: at once while none is under way, else until one has its answer.
///
/// Threads: `add` from any; `done` is called on the publisher's thread or the caller's. Lifetime: its publisher
/// outlives it and ends first what it was given.

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <evd/record.hpp>

#include "broker/nats/names.hpp"
#include "broker/nats/publisher.hpp"

namespace evd::broker_nats {

class bundler : public std::enable_shared_from_this<bundler> {
 public:
  /// The sequence of the bundle, or why it was not stored.
  using recorded = std::function<void(const result<std::uint64_t>&)>;

  bundler(publisher& over, const names& called);

  /// Writes the records of one write in one bundle, in this order.
  void add(const std::vector<journal_record>& records, recorded done);

 private:
  struct bundle;
  void close_open();
  void send_ready(std::unique_lock<std::mutex>& hold);

  publisher& publisher_;
  const std::string subject_;
  const std::string prefix_;  ///< of message ids: nobody else's

  std::mutex mutex_;                           // guards what follows
  std::shared_ptr<bundle> open_;               // more may be added
  std::deque<std::shared_ptr<bundle>> ready_;  // complete, and waiting for their turn
  std::size_t under_way_ = 0;
  std::uint64_t next_ = 0;
};

}  // namespace evd::broker_nats
