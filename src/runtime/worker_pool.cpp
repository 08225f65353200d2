#include "runtime/worker_pool.hpp"

#include "runtime/throw_trace.hpp"

namespace evd::runtime {

worker_pool::worker_pool(std::uint32_t threads)
    : context_(static_cast<int>(threads)), keep_running_(context_.get_executor()), size_(threads) {
  threads_.reserve(threads);
  for (std::uint32_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      note_throws_of_this_thread();
      context_.run();
    });
  }
}

void worker_pool::stop() {
  keep_running_.reset();
  threads_.clear();  // joins
}

}  // namespace evd::runtime
