#pragma once
/// Where everything that was pulled arrives: a subscription for each consumer of this instance, because a message that
/// was pulled carries its own subject and not that of the pull.
///
/// Threads: `add` and `remove` from any. A client's `take` and `deliver` come on nats.c's delivery thread, one after
/// another; `tick` on a thread of the inbox. Lifetime: its connection outlives it. Ending awaits the expiry of pulls,
/// so that nothing is delivered to nobody.

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "broker/nats/connection.hpp"

namespace evd::broker_nats {

using steady = std::chrono::steady_clock;

class inbox_client {
 public:
  inbox_client() = default;
  inbox_client(const inbox_client&) = delete;
  inbox_client& operator=(const inbox_client&) = delete;
  virtual ~inbox_client() = default;
  /// A message that was pulled.
  virtual void take(message what) = 0;
  /// What the server says about a pull.
  virtual void take_status(int code, std::string_view description, std::uint64_t pull) = 0;
  /// All that was there has been taken.
  virtual void deliver() = 0;
  /// Called every few milliseconds. `nothing_lies_here`: what is taken from now on arrived after `now`. `stood_still`:
  /// the process did, so what was pulled before may be older than it seems.
  virtual void tick(steady::time_point now, bool nothing_lies_here, bool stood_still) = 0;
  virtual void reconnected() = 0;
  [[nodiscard]] virtual bool has_pulls() = 0;
};

class inbox {
 public:
  explicit inbox(connection& prompt);
  ~inbox();
  inbox(const inbox&) = delete;
  inbox& operator=(const inbox&) = delete;

  /// What is sent to `<subject()>.<number>.<pull>` is the client's.
  [[nodiscard]] result<void> add(std::uint64_t number, std::shared_ptr<inbox_client> client);
  /// The client gets what still comes for its pulls, and is let go then.
  void remove(std::uint64_t number);
  void reconnected();
  [[nodiscard]] const std::string& subject() const { return subject_; }

 private:
  struct entry;
  void run(const std::stop_token& stop);
  void tick(steady::time_point now, bool stood_still);
  void let_go(steady::time_point now, bool all);
  [[nodiscard]] std::vector<std::shared_ptr<entry>> entries();

  connection& prompt_;
  const std::string subject_ = make_inbox();

  std::mutex mutex_;  // guards what follows
  std::condition_variable gone_;
  std::map<std::uint64_t, std::shared_ptr<entry>> entries_;
  std::vector<std::shared_ptr<entry>> leaving_;
  std::size_t subscribed_ = 0;  // subscriptions that nats.c may still call back

  std::jthread thread_;
};

}  // namespace evd::broker_nats
