#pragma once
/// Runs commands and queries that this instance answers in place.

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/command_service.hpp"
#include "runtime/environment.hpp"
#include "runtime/execution.hpp"
#include "runtime/registry.hpp"

namespace evd::runtime {

/// A command is recorded first, then run, then its events are published and its outcome journalled, then it is
/// answered. A durable one is answered once recorded; `dispatcher` runs it.
///
/// Threads: every function from any. Lifetime: destroy it only when `wait_until_done` said that nothing runs.
class command_runner final : public command_service {
 public:
  command_runner(const environment& with, const registry& what) : with_(with), what_(what) {}

  void call(call_request request, std::function<void(result<command_reply>)> done) override;
  [[nodiscard]] const command_definition* find(std::string_view name) const override;
  [[nodiscard]] std::vector<const command_definition*> all() const override;
  [[nodiscard]] result<void> ready() const override;

  /// Refuses calls from now on.
  void close() { closed_ = true; }
  /// True when nothing runs any more.
  bool wait_until_done(std::chrono::steady_clock::time_point deadline);
  /// Sets the stop tokens of everything that runs.
  void request_stop();
  [[nodiscard]] std::size_t running() const;

 private:
  struct running_command;
  using shared_command = std::shared_ptr<running_command>;

  void prepare(const shared_command& command);
  void record(const shared_command& command);
  void run(const shared_command& command);
  void finished(const shared_command& command, const std::exception_ptr& thrown);
  void settle(const shared_command& command, port::write what, std::chrono::milliseconds pause);
  void answer(const shared_command& command, result<command_reply> reply, command_end how);
  void report(const running_command& command, command_end how, const result<command_reply>& reply) const;
  void report_published(const running_command& command, std::span<const event_record> events) const;
  void refuse(const call_request& request, const registered_command* registered,
              const std::function<void(result<command_reply>)>& done, error why) const;

  environment with_;
  const registry& what_;
  std::atomic<bool> closed_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable ended_;
  std::map<const running_command*, shared_command> running_;
};

}  // namespace evd::runtime
