#pragma once
/// How many deliveries to ask the log for.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace evd::runtime {

/// Asks for as many as the handlers can begin within `ahead`, learned from how long they take: a fast handler gets
/// hundreds at a time, a slow one nothing that would only lie here and be withheld from other instances.
///
/// Threads: one at a time. Pure but for what it remembers.
class demand {
 public:
  static constexpr std::chrono::microseconds ahead{20'000};
  static constexpr std::size_t most_ahead = 1'024;

  /// `room`: deliveries in work at once. `least`: ask for no fewer (a batch), `most`: hold no more.
  demand(std::size_t room, std::size_t least, std::size_t most) : room_(room), least_(least), most_(most) {}

  /// How many more to ask for now, with `held` here. Not zero only when it is worth a request.
  std::size_t ask(std::size_t held) {
    const auto want = std::min(most_, std::max(least_, room_ + prefetch()));
    const auto coming = held + asked_;
    if (coming > want / 2) return 0;
    const auto more = want - coming;
    asked_ += more;
    return more;
  }
  /// The same where somebody else decides: how many to have asked for that have not arrived.
  std::size_t ask_up_to(std::size_t wanted) {
    if (wanted <= asked_) return 0;
    return wanted - std::exchange(asked_, wanted);
  }
  void arrived(std::size_t count) { asked_ -= std::min(asked_, count); }

  void took(std::chrono::microseconds duration) {
    const auto sample = static_cast<double>(duration.count());
    mean_ = mean_ < 0 ? sample : mean_ + (sample - mean_) / 16;
  }

 private:
  [[nodiscard]] std::size_t prefetch() const {
    if (mean_ < 0) return 0;
    const double begun = static_cast<double>(ahead.count()) / std::max(mean_, 1.0) * static_cast<double>(room_);
    return static_cast<std::size_t>(std::min(begun, static_cast<double>(most_ahead)));
  }

  std::size_t room_;
  std::size_t least_;
  std::size_t most_;
  std::size_t asked_ = 0;
  double mean_ = -1;  // microseconds; below zero: not known yet
};

}  // namespace evd::runtime
