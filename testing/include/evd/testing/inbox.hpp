#pragma once
/// Where a test's deliveries arrive, and waiting for them.
///
/// Threads: safe from any thread. Lifetime: its sink may outlive it.

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include <evd/port/log.hpp>

namespace evd::testing {

/// How long a test waits for what must come. Generous: machines are slow under sanitizers, and success waits for
/// nothing.
inline constexpr std::chrono::seconds patience{30};

class inbox {
 public:
  /// Gives every delivery to this inbox.
  [[nodiscard]] port::delivery_sink sink() {
    return [state = state_](std::vector<port::delivery> deliveries) {
      const std::lock_guard hold{state->mutex};
      for (auto& each : deliveries) state->deliveries.push_back(std::move(each));
      state->changed.notify_all();
    };
  }

  /// Waits until `count` have come, in all. Returns all that have come, fewer when they do not.
  [[nodiscard]] std::vector<port::delivery> wait(std::size_t count, std::chrono::milliseconds up_to = patience) {
    std::unique_lock hold{state_->mutex};
    state_->changed.wait_for(hold, up_to, [&] { return state_->deliveries.size() >= count; });
    return state_->deliveries;
  }

  /// Whether no further delivery comes after the first `count` within `span`.
  [[nodiscard]] bool stays_at(std::size_t count, std::chrono::milliseconds span) {
    std::unique_lock hold{state_->mutex};
    return !state_->changed.wait_for(hold, span, [&] { return state_->deliveries.size() > count; }) &&
           state_->deliveries.size() == count;
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard hold{state_->mutex};
    return state_->deliveries.size();
  }

 private:
  struct state {
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<port::delivery> deliveries;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// Commits and waits for the end.
[[nodiscard]] inline result<port::receipt> commit(port::log& log, port::write write) {
  auto done = std::make_shared<std::promise<result<port::receipt>>>();
  auto end = done->get_future();
  log.commit(std::move(write), [done](result<port::receipt> result) { done->set_value(std::move(result)); });
  return end.get();
}

[[nodiscard]] inline event_id event_of(const port::delivery& delivery) {
  const auto* event = std::get_if<std::shared_ptr<const event_record>>(&delivery.item);
  return event != nullptr ? (*event)->id : event_id{};
}

}  // namespace evd::testing
