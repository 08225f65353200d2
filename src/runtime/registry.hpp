#pragma once
/// What an application is made of, checked and indexed, before anything starts.

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <evd/handler.hpp>
#include <evd/source_location.hpp>

namespace evd::runtime {

struct registered_command {
  const module_definition* module = nullptr;
  const command_definition* command = nullptr;
};

struct registered_subscription {
  const module_definition* module = nullptr;
  const subscription_definition* subscription = nullptr;
};

/// Threads: const after construction. Lifetime: `modules` outlives it and does not change.
class registry {
 public:
  explicit registry(const std::deque<module_definition>& modules);

  [[nodiscard]] const registered_command* find_command(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, registered_command, std::less<>>& commands() const { return commands_; }
  [[nodiscard]] const std::vector<registered_subscription>& subscriptions() const { return subscriptions_; }

  /// Every mistake, each with file and line of the registration; empty: none.
  [[nodiscard]] const std::vector<std::string>& problems() const { return problems_; }

 private:
  void add_command(const module_definition& module, const command_definition& command);
  void add_subscription(const module_definition& module, const subscription_definition& subscription);
  void note_type(const event_info& type, const source_location& where);
  void complain(const source_location& where, std::string what);

  std::map<std::string, registered_command, std::less<>> commands_;
  std::vector<registered_subscription> subscriptions_;
  std::map<std::string, source_location, std::less<>> names_;  // "Module.name" of subscriptions
  std::map<std::string, std::pair<const event_info*, source_location>, std::less<>> types_;
  std::vector<std::string> problems_;
};

/// The record of a subscription as the journal and the log have it.
[[nodiscard]] subscription_record record_of(const registered_subscription& registered, timestamp now);

}  // namespace evd::runtime
