#pragma once
/// One subscription in this process: what is ready for it, who has asked for how much, and what is in work.
///
/// Events come to a feed in two ways. While it keeps up, the writer hands it what was just committed, from memory. Once
/// it has fallen behind (too much ready, another process wrote, or it has just begun), the engine's thread reads the
/// next chunk from the file, from `scanned_` on; so every event is read at most once and memory stays bounded.
/// Deliveries are claimed in the lease table just before they go out.
///
/// Threads: safe from any thread. Sinks run without the feed's lock, one at a time.
/// Lifetime: as the engine, which outlives consumers.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/embedded/lease_table.hpp"
#include "broker/embedded/log_reader.hpp"
#include "broker/embedded/writer.hpp"

namespace evd::broker_embedded {

/// What feeds share.
struct feed_environment {
  lease_table& leases;
  log_reader& reader;  ///< of the engine's thread
  log_reader& checks;  ///< of whoever delivers
  std::uint32_t owner = 0;
  std::uint64_t epoch = 0;
  std::atomic<bool>& suspect_in_work;                 ///< in this process, of any feed; see `suspect_from`
  std::function<void(lease_clock::time_point)> poke;  ///< the engine's thread has something to do by then
  std::function<void()> wake_others;                  ///< other processes have
};

class feed {
 public:
  feed(feed_environment& environment, std::int64_t number, const subscription_record& what, std::int64_t cursor);

  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] subscription_kind kind() const { return kind_; }
  [[nodiscard]] bool wants(std::string_view subject) const;

  // ---- consumers ----
  [[nodiscard]] std::uint64_t add_consumer(port::delivery_sink sink);
  void request(std::uint64_t consumer, std::size_t count);
  void extend(std::span<const port::delivery_token> tokens);
  void release(std::span<const port::delivery_token> tokens);
  void stop(std::uint64_t consumer, std::function<void()> done);
  /// Stops it, waits for its sink to return, hands back what it has.
  void remove_consumer(std::uint64_t consumer);

  // ---- the writer ----
  /// The log went from `before` to `after`; `events` are those of them for this feed.
  void append(std::int64_t before, std::int64_t after, std::vector<appended_event> events);
  void due_at(timestamp when);
  /// Whether the writer brought something since the last call that `dispatch` may hand out.
  [[nodiscard]] bool take_news() { return news_.exchange(false); }
  [[nodiscard]] std::optional<id> item_in_work(port::delivery_token token);
  /// These are settled; returns the keys of their leases.
  void settled(std::span<const port::delivery_token> tokens, std::vector<lease_key>& leases);

  // ---- the engine's thread ----
  /// Lapsed deliveries, due rows, a chunk of the file. `looked` says that other processes may have changed something.
  /// Returns when it has to be called again, at the latest; a time in the past: at once, there is more.
  /// Errors: `failure_exception`; nothing is lost, the next call tries again.
  [[nodiscard]] lease_clock::time_point tend(bool looked);
  /// Hands out what can be handed out. What cannot, for the error that is returned, is tried again by `tend`.
  result<void> dispatch();
  /// Everything up to here is settled.
  [[nodiscard]] std::int64_t floor();

 private:
  struct taker {
    std::uint64_t number = 0;
    std::size_t demand = 0;
    bool stopped = false;
    std::shared_ptr<port::delivery_sink> sink;
  };
  struct holding {
    candidate what;
    std::uint64_t taker = 0;
    std::uint32_t handed_over = 0;
    lease_clock::time_point deadline;
  };
  using order_key = std::pair<std::int64_t, item_name>;  // by position, retries of one event by number

  struct picked {
    std::vector<candidate> items;
    std::vector<std::uint64_t> takers;
  };
  [[nodiscard]] std::size_t demand() const;
  [[nodiscard]] std::size_t room() const;
  /// Whether this feed has it: waiting, on its way, in work, or known to be another's.
  [[nodiscard]] bool knows(const item_name& name) const;
  [[nodiscard]] picked pick();
  [[nodiscard]] bool may_own();
  /// `name` is not in work any more: if it was the suspect, another may be.
  void leaves_work(const item_name& name);
  void let_another_suspect_in();
  bool deliver(std::unique_lock<std::mutex>& hold);
  void again(candidate what);
  void lapse(lease_clock::time_point now);
  void revisit();
  void load_due();
  bool scan();
  [[nodiscard]] lease_clock::time_point next_need() const;

  static constexpr std::size_t ready_limit = 2'000;
  static constexpr std::size_t ready_bytes_limit = 8U << 20U;
  static constexpr std::size_t deliveries_a_round = 500;

  feed_environment& env_;
  const std::int64_t number_;
  const subscription_kind kind_;
  const std::vector<std::string> filters_;
  const std::chrono::milliseconds ack_wait_;

  std::atomic<bool> news_{false};

  std::mutex mutex_;  // of everything below
  std::condition_variable round_over_;
  std::vector<taker> takers_;
  std::uint64_t next_taker_ = 1;
  std::size_t turn_ = 0;
  bool dispatching_ = false;
  bool dispatch_again_ = false;
  std::thread::id dispatcher_;
  std::uint64_t rounds_ = 0;
  std::vector<std::function<void()>> after_round_;

  std::deque<candidate> ready_;  // by sequence
  std::size_t ready_bytes_ = 0;
  std::map<order_key, candidate> again_;  // handed back, lapsed, due
  std::map<item_name, holding> in_work_;
  std::optional<item_name> suspect_;                            // of in_work_; then env_.suspect_in_work is this feed's
  std::map<item_name, std::pair<std::int64_t, id>> elsewhere_;  // another process has it: its sequence and id
  std::vector<order_key> being_picked_;                         // on the way from one of them to another
  std::int64_t scanned_ = 0;               // up to here everything is in one of the above, or settled
  bool behind_ = true;                     // the log may go on after scanned_
  bool owner_ = false;                     // ordered: this process may deliver
  bool clear_ = false;                     // ordered: nothing of the former owner is in work any more
  timestamp next_due_ = timestamp::min();  // look for due rows then
  lease_clock::time_point next_lapse_ = lease_clock::time_point::max();
};

}  // namespace evd::broker_embedded
