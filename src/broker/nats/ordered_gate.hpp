#pragma once
/// Between the server and an ordered subscription's owner: nothing passes before everything that was pending when this
/// instance became the owner has come again or been acknowledged; from then on what is there passes by sequence.
///
/// The server elects the owner by pinning one puller; it gives a new owner newer messages first and the pending ones
/// only after their ack wait. Hence the wait here. Ownership is no fence: past an ack wait two may overlap.
///
/// Threads: one at a time. Pure.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evd::broker_nats {

/// What the server says of a consumer.
struct consumer_view {
  std::uint64_t ack_pending = 0;  ///< delivered to anybody and not acknowledged
};

class ordered_gate {
 public:
  /// A message has come under a pin. True: this instance has just become the owner.
  bool arrived(std::string_view pin, std::uint64_t sequence, std::uint64_t item) {
    const bool is_new = pin != pin_;
    if (is_new) {
      pin_ = pin;
      settling_ = true;
    }
    waiting_[sequence] = item;
    return is_new;
  }

  /// The server's answer to a question asked while this instance held `ours` deliveries, none of which has been settled
  /// since.
  void learned(const consumer_view& view, std::uint64_t ours) {
    if (view.ack_pending <= ours) settling_ = false;
  }

  /// The next item that may pass; it is forgotten here.
  [[nodiscard]] std::optional<std::uint64_t> pass() {
    if (settling_ || waiting_.empty()) return std::nullopt;
    const auto first = waiting_.begin();
    const auto item = first->second;
    waiting_.erase(first);
    return item;
  }

  /// Another is the owner. What has not passed is to be handed back.
  [[nodiscard]] std::vector<std::uint64_t> lost() {
    pin_.clear();
    settling_ = false;
    return take_all();
  }
  [[nodiscard]] std::vector<std::uint64_t> take_all() {
    std::vector<std::uint64_t> all;
    for (const auto& [sequence, item] : waiting_) all.push_back(item);
    waiting_.clear();
    return all;
  }

  /// It has lapsed, or a later handing over took its place.
  void forget(std::uint64_t sequence, std::uint64_t item) {
    const auto found = waiting_.find(sequence);
    if (found != waiting_.end() && found->second == item) waiting_.erase(found);
  }

  [[nodiscard]] bool holds(std::uint64_t sequence, std::uint64_t item) const {
    const auto found = waiting_.find(sequence);
    return found != waiting_.end() && found->second == item;
  }

  [[nodiscard]] bool settling() const { return settling_; }
  [[nodiscard]] bool can_pass() const { return !settling_ && !waiting_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// Names the owner in pulls; empty: this instance is none.
  [[nodiscard]] const std::string& pin() const { return pin_; }

 private:
  std::string pin_;
  bool settling_ = false;
  std::map<std::uint64_t, std::uint64_t> waiting_;
};

}  // namespace evd::broker_nats
