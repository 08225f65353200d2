#pragma once
/// What the connections of one gateway share: threads, routes, limits, and the list of the connections themselves.
///
/// Lifetime: owned by the gateway. Answers that come from elsewhere reach a connection through `door`, which is shut
/// before the io_context goes, so that a late answer finds it shut instead of a destroyed context.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "gateway/http/http_gateway.hpp"

namespace evd::gateway {

class connection;

/// The way into the io_context from threads that may outlive it.
class door {
 public:
  explicit door(boost::asio::io_context& io) : io_(&io) {}

  /// Runs `work` on a network thread, or drops it when the door is shut.
  template <class Work>
  void post(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (io_ != nullptr) boost::asio::post(*io_, std::forward<Work>(work));
  }
  void shut() {
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
  }

 private:
  std::mutex mutex_;
  boost::asio::io_context* io_;  // guarded by mutex_
};

/// The connections there are. Threads: any.
class connection_list {
 public:
  void add(std::shared_ptr<connection> added) {
    const std::lock_guard lock(mutex_);
    all_.insert(std::move(added));
  }
  void remove(const std::shared_ptr<connection>& gone) {
    const std::lock_guard lock(mutex_);
    all_.erase(gone);
    changed_.notify_all();
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return all_.size();
  }
  [[nodiscard]] std::unordered_set<std::shared_ptr<connection>> copy() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  /// Whether all were gone by then.
  bool wait_until_empty(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return all_.empty(); });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_set<std::shared_ptr<connection>> all_;  // guarded by mutex_
};

struct server_core {
  server_core(http_options chosen, log_sink& sink)
      : options(std::move(chosen)), log(sink), workers(options.threads), into(std::make_shared<door>(io)) {}

  const http_options options;
  log_sink& log;
  route_table routes;
  std::atomic<bool> ending = false;
  boost::asio::io_context io;
  boost::asio::thread_pool workers;  ///< for what may block: authenticators, routes
  std::shared_ptr<door> into;
  connection_list connections;
  std::function<void()> connection_ended = [] {};  ///< set once, before the first connection
};

}  // namespace evd::gateway
