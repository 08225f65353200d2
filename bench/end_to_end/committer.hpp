#pragma once
/// Writes to a log and waits for it, one write after another.

#include <optional>
#include <semaphore>
#include <utility>

#include <evd/port/log.hpp>

namespace evd::bench {

/// Threads: one. Lifetime: outlives the log, which may still be inside the completion when `commit` has returned.
class committer {
 public:
  void commit(port::log& log, port::write what) {
    log.commit(std::move(what), [this](result<port::receipt> receipt) {
      receipt_.emplace(std::move(receipt));
      done_.release();
    });
    done_.acquire();
    (void)std::exchange(receipt_, std::nullopt)->value();
  }

 private:
  std::binary_semaphore done_{0};
  std::optional<result<port::receipt>> receipt_;
};

}  // namespace evd::bench
