#pragma once
/// What streams, subjects and consumers are called. The names are part of the wire format (docs/reference/wire.md).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <evd/record.hpp>

namespace evd::broker_nats {

class names {
 public:
  explicit names(std::string name_space) : space_(std::move(name_space)) {}

  [[nodiscard]] const std::string& log_stream() const { return space_; }
  [[nodiscard]] std::string journal_stream() const { return space_ + "_journal"; }
  [[nodiscard]] std::string schedules_stream() const { return space_ + "_schedules"; }

  [[nodiscard]] std::vector<std::string> log_subjects() const {
    return {space_ + ".event.>", space_ + ".command.>", space_ + ".retry.>"};
  }
  [[nodiscard]] std::vector<std::string> schedules_subjects() const {
    return {space_ + ".schedule.>", space_ + ".due.>"};
  }
  [[nodiscard]] std::string journal_subject() const { return space_ + ".journal"; }

  [[nodiscard]] std::string event(std::string_view subject) const { return join("event", subject); }
  [[nodiscard]] std::string command(std::string_view name, command_mode mode) const {
    return join("command", name) + (mode == command_mode::durable ? ".durable" : "");
  }
  [[nodiscard]] std::string retry(const subscription_key& key, std::string_view item) const {
    return join("retry", key.module) + '.' + key.name + '.' + std::string(item);
  }
  /// `rest` is <module>.<subscription>.<item>.
  [[nodiscard]] std::string retry_of(std::string_view rest) const { return join("retry", rest); }
  /// Where a retry or a delayed event waits, and where the server puts it when it is due.
  [[nodiscard]] std::string scheduled_retry(const subscription_key& key, std::string_view item) const {
    return join("schedule.retry", key.module) + '.' + key.name + '.' + std::string(item);
  }
  [[nodiscard]] std::string due_retry(const subscription_key& key, std::string_view item) const {
    return join("due.retry", key.module) + '.' + key.name + '.' + std::string(item);
  }
  [[nodiscard]] std::string scheduled_event(std::string_view id) const { return join("schedule.event", id); }
  [[nodiscard]] std::string due_event(std::string_view id) const { return join("due.event", id); }
  [[nodiscard]] std::string due_filter() const { return space_ + ".due.>"; }

  [[nodiscard]] std::string consumer(const subscription_key& key) const { return key.module + '=' + key.name; }
  [[nodiscard]] static constexpr const char* mover() { return "evd=mover"; }

  /// What a subscription's consumer asks for: its events (or durable commands), and its own retries. A filter that
  /// another one holds is left out, because the server refuses such pairs.
  [[nodiscard]] std::vector<std::string> filters(const subscription_record& what) const;

  /// The rest of `subject` after `<name space>.<kind>.`; none: it is of another kind.
  [[nodiscard]] std::optional<std::string_view> rest_of(std::string_view subject, std::string_view kind) const;

 private:
  [[nodiscard]] std::string join(std::string_view kind, std::string_view rest) const {
    std::string all;
    all.reserve(space_.size() + kind.size() + rest.size() + 2);
    return all.append(space_).append(1, '.').append(kind).append(1, '.').append(rest);
  }

  std::string space_;
};

}  // namespace evd::broker_nats
