#pragma once
/// Which delivery of an ordered subscription may begin: those of one key one after another, by position; keys side by
/// side. What stands behind another of its key is held here, and its lease kept, until that one is over.
///
///   arrived --> held --+--> active <--pauses/resumes--> paused     (its next attempt is due later)
///                      ^       |                          |
///                      |       +-----------+--------------+
///                      |                   v
///                      +--- the next --- over: settled, or gone: then those behind it are given back, because they
///                      must
///                           of its key   not run before it, and it comes again from the log
///
/// Bounded: what is not active never exceeds `max_held`, because no more is asked for than there is room for; when a
/// failing key has filled it, demand is zero until something is over.
///
/// When one is gone, later ones of its key may be on their way from the log already. So what was handed over before
/// that moment, and a margin for the latency and the clocks of log and instance, is given back too, whatever its key:
/// from then on the log hands over by position again.
///
/// Threads: one call after another. Every call answers what to do now.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <evd/record.hpp>

namespace evd::core {

/// The caller's name for a delivery; never used twice.
using delivery_handle = std::uint64_t;

struct ordered_actions {
  std::vector<delivery_handle> begin;      ///< run these now
  std::vector<delivery_handle> give_back;  ///< hand these back to the log; they are forgotten here
  friend bool operator==(const ordered_actions&, const ordered_actions&) = default;
};

enum class how_over : std::uint8_t {
  settled,  ///< handled or dead-lettered: the next of its key may begin
  gone,     ///< dropped or released: it will come again
};

class ordered_keys {
 public:
  /// Up to `concurrency` deliveries are active, besides those that resume; `max_held` is at least 1.
  ordered_keys(std::size_t concurrency, std::size_t max_held,
               std::chrono::milliseconds margin = std::chrono::milliseconds(1'000));

  /// `handed_over` is when the log gave it away: its deadline less the ack wait.
  [[nodiscard]] ordered_actions arrived(delivery_handle delivery, std::string_view key, log_position position,
                                        timestamp handed_over);

  /// An active one waits for its next attempt: its key stays closed, its place is another key's.
  [[nodiscard]] ordered_actions pauses(delivery_handle delivery);
  /// It runs again. Never refused, so for a moment more than `concurrency` may be active.
  void resumes(delivery_handle delivery);

  [[nodiscard]] ordered_actions over(delivery_handle delivery, how_over how, timestamp now);

  /// How many deliveries to have asked for, of which none has arrived yet.
  [[nodiscard]] std::size_t demand(timestamp now) const;

  [[nodiscard]] std::size_t active() const { return active_; }
  [[nodiscard]] std::size_t held() const { return deliveries_.size() - active_; }

 private:
  struct lane {
    bool occupied = false;  ///< one of the key is active or paused
    bool queued = false;    ///< in `ready_`, under `turn`
    std::uint64_t turn = 0;
    std::multimap<log_position, delivery_handle> waiting;
  };
  using lane_map = std::map<std::string, lane, std::less<>>;

  enum class condition : std::uint8_t { waiting, active, paused };
  struct known {
    lane_map::iterator at;
    log_position position;
    condition is = condition::waiting;
  };

  void make_ready(lane_map::iterator at);
  void begin_ready(ordered_actions& actions);
  void forget_if_empty(lane_map::iterator at);

  std::size_t concurrency_;
  std::size_t max_held_;
  std::chrono::milliseconds margin_;
  timestamp fresh_from_ = timestamp::min();  ///< what was handed over before is given back
  std::size_t active_ = 0;
  lane_map lanes_;
  std::unordered_map<delivery_handle, known> deliveries_;
  std::map<std::uint64_t, lane_map::iterator> ready_;  ///< keys that may begin one, in the order they became so
  std::uint64_t next_turn_ = 0;
};

}  // namespace evd::core
