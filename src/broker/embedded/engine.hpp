#pragma once
/// `port::log` over one SQLite file.
///
/// Threads: the commit queue's (writes), the engine's (time, other processes, reading on), the checkpointer's. Sinks
/// and completions run on one of the first two, or on the thread of whoever called `commit` or `request`. Lifetime:
/// members end in reverse order: first the thread that hands out, then the queue, which writes what it has.

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/embedded/commit_queue.hpp"
#include "broker/embedded/embedded_log.hpp"
#include "broker/embedded/feed.hpp"
#include "broker/embedded/lease_table.hpp"
#include "broker/embedded/log_reader.hpp"
#include "broker/embedded/peers.hpp"
#include "broker/embedded/record_reader.hpp"
#include "broker/embedded/writer.hpp"

namespace evd::broker_embedded {

class engine final : public port::log {
 public:
  explicit engine(const embedded_options& options);
  ~engine() override;

  void commit(port::write what, port::committed done) override;
  result<std::unique_ptr<port::consumer>> subscribe(const subscription_record& what, port::delivery_sink sink) override;
  result<std::vector<positioned_record>> read(log_position after, std::size_t limit) override;
  result<void> recorded(log_position upto) override;
  void on_append(std::function<void()> notify) override;
  bool is_its_own_store() const override { return !options_.keep_records_for_recorder; }
  result<port::log_status> status() override;
  result<std::vector<port::subscription_lag>> lags() override;
  result<port::delivery_state> inspect(const event_id& event, const subscription_key& key) override;

 private:
  void after_commit(const group_result& result);
  [[nodiscard]] group_result run_group(std::span<pending_write> group);
  void hand_over(const group_result& result);
  [[nodiscard]] const std::vector<feed*>& route(const std::string& subject);
  [[nodiscard]] result<port::receipt> commit_and_wait(pending_write write);
  [[nodiscard]] result<std::shared_ptr<feed>> feed_for(const subscription_record& what);
  [[nodiscard]] std::vector<std::shared_ptr<feed>> all_feeds();
  [[nodiscard]] std::shared_ptr<feed> feed_of(std::uint64_t number);

  void run();
  void wait_until(lease_clock::time_point when);
  void poke(lease_clock::time_point by);
  void promote_delayed();
  void keep_cursors();
  void notify_append();
  void look_around();

  const embedded_options options_;
  std::unique_ptr<writer> writer_;  // first: it checks that the file is ours before anything is made beside it
  lease_table leases_;
  const std::uint32_t owner_;
  peers peers_;
  std::unique_ptr<log_reader> reader_;
  std::unique_ptr<log_reader> checks_;
  std::unique_ptr<record_reader> records_;
  std::unique_ptr<feed_environment> environment_;

  std::shared_mutex feeds_mutex_;
  std::map<std::uint64_t, std::shared_ptr<feed>> feeds_;        // guarded by feeds_mutex_
  std::unordered_map<std::string, std::vector<feed*>> routes_;  // of the leader; empty after feeds_ has changed
  std::atomic<bool> routes_stale_{false};

  std::mutex notify_mutex_;
  std::shared_ptr<std::function<void()>> notify_;  // guarded by notify_mutex_

  std::atomic<bool> suspect_in_work_{false};

  std::mutex trouble_mutex_;
  std::optional<error> trouble_;  // guarded by trouble_mutex_; why deliveries stand still, since the last turn

  std::atomic<bool> delayed_noticed_{true};
  // Of the engine's thread:
  std::map<std::uint64_t, std::int64_t> kept_cursors_;
  std::int64_t next_delayed_ = 0;  // microseconds: then the next delayed event enters the log; 0: to be looked up
  std::uint64_t peers_seen_ = 0;
  std::int64_t last_seen_ = 0;
  bool looked_from_outside_ = false;
  lease_clock::time_point cursors_kept_at_{};

  std::unique_ptr<commit_queue> queue_;
  int event_descriptor_ = -1;
  std::atomic<std::int64_t> wakes_at_{0};  // when the engine's thread will wake by itself; 0: it is awake
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace evd::broker_embedded
