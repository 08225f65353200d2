#pragma once
/// The threads that run handlers.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <thread>
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
    boost::asio::post(context_, std::forward<Work>(work));
  }
  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }
  [[nodiscard]] std::uint32_t size() const { return size_; }

  void stop();

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
  std::vector<std::jthread> threads_;
  std::uint32_t size_;
};

}  // namespace evd::runtime
