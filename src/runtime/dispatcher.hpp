#pragma once
/// Carries one subscription's deliveries through their handlers.

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <evd/port/log.hpp>

#include "core/delivery.hpp"
#include "core/ordered.hpp"
#include "runtime/demand.hpp"
#include "runtime/environment.hpp"
#include "runtime/handling.hpp"

namespace evd::runtime {

/// The edge around `core/delivery.hpp`: feeds each delivery's machine what happens and carries out what it answers.
///
/// A delivery waits until there is room (`concurrency`), is decoded and handled on a worker, and is settled by one
/// write. Nobody waits in a thread for that write. Every `tick` what is in work is kept alive with the log.
///
/// Threads: every function from any. Lifetime: destroy it when `held()` is 0, or after the worker pool has ended.
class dispatcher : public std::enable_shared_from_this<dispatcher> {
 public:
  dispatcher(const environment& with, std::unique_ptr<handling> what);

  /// Takes part in the subscription.
  [[nodiscard]] result<void> start();
  /// No further deliveries come once `stopped` was called; those that wait here are handed back.
  void stop_taking(std::function<void()> stopped);
  /// Hands back what waits for another attempt, here. What runs goes on.
  void end();
  /// Sets the stop tokens of what runs.
  void request_stop();
  /// Moves time on: keeps deliveries alive, ends those over their time limit, repeats what is due.
  void tick();

  /// Deliveries in this instance: waiting, running, being settled.
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] const subscription_record& record() const { return what_->record(); }

 private:
  struct held_delivery;
  struct handler_run;
  using shared_held = std::shared_ptr<held_delivery>;
  using shared_run = std::shared_ptr<handler_run>;

  void take(std::vector<port::delivery> deliveries);
  [[nodiscard]] std::string key_of(held_delivery& held) const;
  void pump();
  std::vector<std::vector<shared_held>> next_calls();
  void begin(const std::vector<shared_held>& members);
  void launch(std::vector<shared_held> members, admission::manner manner);
  void decode(const shared_run& call);
  void invoke(const shared_run& call);
  void ended(const shared_run& call, const std::exception_ptr& thrown);
  core::delivery_actions report_failure(const shared_held& held, core::handler_failed why);
  core::delivery_actions feed(const shared_held& held, core::delivery_input&& input);
  void perform(const shared_held& held, const core::delivery_actions& actions);
  void commit(const std::vector<shared_held>& members);
  void settled(const shared_held& held, std::uint32_t serial, const result<port::receipt>& receipt);
  void leave(const shared_held& held, core::how_over how);
  void pause_if_waiting(const shared_held& held);
  void follow(const core::ordered_actions& actions);
  void hand_back(const std::vector<shared_held>& unbegun);
  void announce(const dead_letter_record& letter);
  void observe(const held_delivery& held, const core::delivery_actions& actions) const;
  void trace(const shared_run& call, std::span<const core::delivery_actions> actions);
  void trace_undecodable(const held_delivery& held, const error& why, const core::delivery_actions& actions) const;
  void report_published(held_delivery& held) const;
  void call_over(const shared_run& call);

  environment with_;
  std::unique_ptr<handling> what_;
  subscription_key key_;
  logger logger_;
  std::unique_ptr<port::consumer> consumer_;

  mutable std::mutex mutex_;  // guards what follows
  std::map<core::delivery_handle, shared_held> held_;
  core::delivery_handle next_handle_ = 1;
  std::deque<shared_held> waiting_;            // begun when there is room; not of an ordered subscription
  std::optional<core::ordered_keys> ordered_;  // of an ordered one: decides what begins
  demand demand_;
  std::size_t calls_ = 0;
  bool pumping_ = false;
  bool pump_again_ = false;
  bool stopping_ = false;
};

}  // namespace evd::runtime
