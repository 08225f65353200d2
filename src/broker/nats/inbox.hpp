#pragma once
/// Where everything that was pulled arrives: one subscription and one thread for all consumers of this instance.
///
/// Threads: `add` and `remove` from any; clients are called on the inbox's thread, one after another. Lifetime: its
/// connection outlives it. Ending awaits the expiry of pulls, so that nothing is delivered to nobody.

#include <chrono>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker/nats/connection.hpp"

namespace evd::broker_nats {

using steady = std::chrono::steady_clock;

/// How long a message may have lain in this process before it was read.
struct freshness {
  steady::time_point queue_empty_at;  ///< then nothing lay here
  steady::time_point slept_until;     ///< what was pulled before may be older: the process stood still
};

class inbox_client {
 public:
  inbox_client() = default;
  inbox_client(const inbox_client&) = delete;
  inbox_client& operator=(const inbox_client&) = delete;
  virtual ~inbox_client() = default;
  /// A message for the pull of that number, or what the server says about it.
  virtual void take(message what, std::uint64_t pull, const freshness& how_fresh) = 0;
  /// All that was there has been taken.
  virtual void deliver() = 0;
  /// Called every few milliseconds.
  virtual void tick(steady::time_point now) = 0;
  virtual void reconnected() = 0;
  [[nodiscard]] virtual bool has_pulls() = 0;
};

class inbox {
 public:
  inbox(connection& prompt, connection& bulk) : prompt_(prompt), bulk_(bulk) {}
  ~inbox();
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  [[nodiscard]] result<void> start();
  /// Replies to `<subject()>.<number>.<pull>` are the client's.
  void add(std::uint64_t number, std::shared_ptr<inbox_client> client);
  /// What still comes for it is handed back to the server.
  void remove(std::uint64_t number);
  void reconnected();
  [[nodiscard]] const std::string& subject() const { return subject_; }

 private:
  void run(const std::stop_token& stop);
  void dispatch(message what, const freshness& how_fresh);
  [[nodiscard]] std::shared_ptr<inbox_client> client(std::uint64_t number);
  void tick(steady::time_point now);
  [[nodiscard]] bool is_quiet(steady::time_point now);

  connection& prompt_;
  connection& bulk_;
  const std::string subject_ = make_inbox();
  subscription messages_;

  std::shared_mutex mutex_;  // guards what follows
  std::map<std::uint64_t, std::shared_ptr<inbox_client>> clients_;
  steady::time_point strays_until_;

  std::vector<std::shared_ptr<inbox_client>> touched_;  // of the thread
  std::jthread thread_;
};

}  // namespace evd::broker_nats
