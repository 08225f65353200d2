#include "runtime/registry.hpp"

#include <evd/subject.hpp>

#include "core/value.hpp"

namespace evd::runtime {

namespace {

std::string at(const source_location& where) {
  return std::string(where.file_name()) + ":" + std::to_string(where.line());
}

// A name is a token of subjects and part of file names and URLs.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
  }
  return true;
}

std::vector<std::string> problems_of(const options& how) {
  using std::chrono::milliseconds;
  std::vector<std::string> wrong;
  if (how.attempts == 0) wrong.emplace_back("attempts is 0; at least 1 is needed");
  if (how.ack_wait < milliseconds(100)) wrong.emplace_back("ack_wait is below 100ms");
  if (how.time_limit <= milliseconds(0)) wrong.emplace_back("time_limit is not positive");
  if (how.first_delay < milliseconds(0)) wrong.emplace_back("first_delay is negative");
  if (how.max_delay < how.first_delay) wrong.emplace_back("max_delay is below first_delay");
  if (!(how.jitter >= 0.0 && how.jitter <= 1.0)) wrong.emplace_back("jitter is not between 0 and 1");
  if (how.max_crashes == 0) wrong.emplace_back("max_crashes is 0; at least 1 is needed");
  if (how.concurrency == 0) wrong.emplace_back("concurrency is 0; at least 1 is needed");
  if (how.batch == 0) wrong.emplace_back("batch is 0; at least 1 is needed");
  if (how.max_held == 0) wrong.emplace_back("max_held is 0; at least 1 is needed");
  return wrong;
}

}  // namespace

registry::registry(const std::deque<module_definition>& modules) {
  for (const auto& module : modules) {
    if (!is_name(module.name)) {
      complain(module.where, "module '" + module.name + "': a name is 1 to 64 letters, digits, '-' or '_'");
    }
    for (const auto& command : module.commands) add_command(module, command);
    for (const auto& subscription : module.subscriptions) add_subscription(module, subscription);
  }
}

const registered_command* registry::find_command(std::string_view name) const {
  const auto found = commands_.find(name);
  return found != commands_.end() ? &found->second : nullptr;
}

void registry::add_command(const module_definition& module, const command_definition& command) {
  const std::string what = (command.query ? "query '" : "command '") + command.name + "'";
  if (!is_name(command.name)) complain(command.where, what + ": a name is 1 to 64 letters, digits, '-' or '_'");
  if (command.options.time_limit.count() <= 0) complain(command.where, what + ": time_limit is not positive");
  if (command.options.attempts == 0) complain(command.where, what + ": attempts is 0; at least 1 is needed");
  if (command.options.concurrency == 0) complain(command.where, what + ": concurrency is 0; at least 1 is needed");
  if (command.options.durable && command.query)
    complain(command.where, what + ": a query is not recorded, so not durable");
  if (command.options.durable && command.input != nullptr && core::holds_secret(*command.input)) {
    complain(command.where, what + ": a durable command is run from its record, which never holds its input's secret");
  }
  const auto [place, added] = commands_.try_emplace(command.name, registered_command{&module, &command});
  if (!added) {
    complain(command.where, what + " is registered twice; the first time at " + at(place->second.command->where));
  }
}

void registry::add_subscription(const module_definition& module, const subscription_definition& subscription) {
  const std::string what = "subscription '" + module.name + "." + subscription.name + "'";
  if (!is_name(subscription.name))
    complain(subscription.where, what + ": a name is 1 to 64 letters, digits, '-' or '_'");
  if (const auto fine = check_subject_filter(subscription.filter); !fine) {
    complain(subscription.where, what + ": " + fine.error().detail);
  }
  for (const auto& wrong : problems_of(subscription.options)) complain(subscription.where, what + ": " + wrong);
  const auto [place, added] = names_.try_emplace(module.name + "." + subscription.name, subscription.where);
  if (!added) complain(subscription.where, what + " is registered twice; the first time at " + at(place->second));
  if (subscription.type != nullptr) note_type(*subscription.type, subscription.where);
  subscriptions_.push_back({&module, &subscription});
}

void registry::note_type(const event_info& type, const source_location& where) {
  const auto [place, added] = types_.try_emplace(std::string(type.subject), &type, where);
  if (added || place->second.first == &type) return;
  complain(where, "subject '" + std::string(type.subject) + "' has two types; the other is used at " +
                      at(place->second.second));
}

void registry::complain(const source_location& where, std::string what) {
  problems_.push_back(at(where) + ": " + std::move(what));
}

subscription_record record_of(const registered_subscription& registered, timestamp now) {
  const auto& what = *registered.subscription;
  subscription_record record;
  record.module = registered.module->name;
  record.name = what.name;
  record.filters = {what.filter};
  record.kind = what.kind;
  record.attempts = what.options.attempts;
  record.ack_wait = what.options.ack_wait;
  record.time_limit = what.options.time_limit;
  record.concurrency = what.options.concurrency;
  record.max_crashes = what.options.max_crashes;
  record.from_now = what.options.start == start_at::now;
  record.registered_at = now;
  return record;
}

}  // namespace evd::runtime
