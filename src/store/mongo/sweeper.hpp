#pragma once
/// Removes what has expired, on servers that have no TTL indexes.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include <evd/logger.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

/// Removes what expired before `now`, of every collection whose documents do. Answers how many documents.
[[nodiscard]] result<std::uint64_t> sweep(client& with, timestamp now);

/// Threads: one of its own, which its destruction ends and joins. Lifetime: ends before the pool and the sink.
class sweeper {
 public:
  sweeper(client_pool& pool, log_sink& log, std::chrono::seconds every);
  sweeper(const sweeper&) = delete;
  sweeper& operator=(const sweeper&) = delete;

 private:
  void run(const std::stop_token& stop, std::chrono::seconds every);

  client_pool& pool_;
  logger logger_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace evd::store_mongo
