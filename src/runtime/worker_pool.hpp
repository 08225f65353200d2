#pragma once
/// The threads that run handlers.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace evd::runtime {

/// Plain handlers occupy one of these threads until they return; coroutine handlers only while they compute.
///
/// Threads: `post` from any. Lifetime: `stop` (or destruction) runs what was posted already, then joins.
class worker_pool {
 public:
  explicit worker_pool(std::uint32_t threads);
  ~worker_pool() { stop(); }
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;

  template <class Work>
  void post(Work&& work) {
    boost::asio::post(context_, [this, work = std::decay_t<Work>(std::forward<Work>(work))]() mutable {
      const occupied here(busy_);
      work();
    });
  }
  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// Threads that run something that was posted. What goes on through `executor` is not counted.
  [[nodiscard]] std::uint32_t busy() const { return busy_.load(std::memory_order_relaxed); }

  void stop();

 private:
  class occupied {
   public:
    explicit occupied(std::atomic<std::uint32_t>& count) : count_(count) {
      count_.fetch_add(1, std::memory_order_relaxed);
    }
    occupied(const occupied&) = delete;
    occupied& operator=(const occupied&) = delete;
    ~occupied() { count_.fetch_sub(1, std::memory_order_relaxed); }

   private:
    std::atomic<std::uint32_t>& count_;
  };

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  std::atomic<std::uint32_t> busy_ = 0;
  std::vector<std::jthread> threads_;
  std::uint32_t size_;
};

}  // namespace evd::runtime
