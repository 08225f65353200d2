#pragma once
/// How a subscription, a command and a publish behave. Plain aggregates: what affects behaviour stands before what
/// affects speed. All are trivially destructible, because GCC 12 destroys temporaries twice in expressions with
/// `co_await`.

#include <chrono>
#include <cstdint>
#include <exception>
#include <span>
#include <string_view>
#include <type_traits>

namespace evd {

/// Says what happens after a handler threw an exception of one type (or of one derived from it).
struct retry_rule {
  bool (*applies)(const std::exception&) = nullptr;
  std::uint32_t attempts = 0;         ///< 0: as the subscription has it; 1: dead-letter at once
  std::chrono::milliseconds delay{};  ///< before each further attempt; 0: as the subscription has it
};

/// A rule for `Exception`: `static constexpr evd::retry_rule rules[] = {evd::rule_for<timeout>({.attempts = 20})};`
template <class Exception>
constexpr retry_rule rule_for(retry_rule rule) {
  static_assert(std::is_base_of_v<std::exception, Exception>, "a retry rule is for a type derived from std::exception");
  rule.applies = [](const std::exception& thrown) { return dynamic_cast<const Exception*>(&thrown) != nullptr; };
  return rule;
}

/// Which events a subscription gets that is registered for the first time.
enum class start_at : std::uint8_t {
  beginning,  ///< everything the log still has
  now,        ///< only what is published from then on
};

/// Options of a subscription.
struct options {
  std::uint32_t attempts = 5;                  ///< then the event is dead-lettered; at least 1
  std::chrono::milliseconds ack_wait{30'000};  ///< without a sign of life from the handler's process, another gets it
  std::chrono::milliseconds time_limit{600'000};  ///< of one attempt: its stop token is set and it counts as failed
  std::chrono::milliseconds first_delay{1'000};   ///< before the second attempt; doubles with each further one
  std::chrono::milliseconds max_delay{300'000};   ///< and never grows beyond this
  double jitter = 0.2;                            ///< 0 to 1: the share of the delay that is random
  std::span<const retry_rule> rules{};            ///< the first that applies; must outlive the application
  std::uint32_t max_crashes = 10;  ///< times its process may end with it in work, before it is dead-lettered
  start_at start = start_at::beginning;
  std::uint32_t concurrency = 16;  ///< handlers running at once in this instance
  std::uint32_t batch = 100;       ///< `on_batch`, `on_group`: events handed over at once, at the most
  std::uint32_t max_held = 1'000;  ///< `on_ordered`: events held behind others of their key, at the most
};
static_assert(std::is_trivially_destructible_v<options>);

/// Options of a command.
struct command_options {
  bool durable = false;                          ///< answered with 202 once recorded; run by a consumer, at least once
  std::chrono::milliseconds time_limit{60'000};  ///< an instance that died with it: closed as `unknown` after this
  std::uint32_t attempts = 5;                    ///< of a durable command
  std::uint32_t concurrency = 16;                ///< of a durable command, in this instance
  bool keep_result = true;                       ///< false: only the caller is told the result (a token): not recorded
};

/// Options of a publish.
struct publish_options {
  std::string_view key{};             ///< makes the event's id independent of its data: `Nats-Msg-Id` semantics
  std::chrono::milliseconds delay{};  ///< how long after its handler has succeeded it enters the log
};
static_assert(std::is_trivially_destructible_v<publish_options>);

}  // namespace evd
