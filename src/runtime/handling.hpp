#pragma once
/// What differs between the subscriptions of a module and the consumers of durable commands.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <evd/context.hpp>
#include <evd/port/log.hpp>

#include "core/delivery.hpp"
#include "core/settlement.hpp"
#include "runtime/environment.hpp"
#include "runtime/execution.hpp"
#include "runtime/registry.hpp"

namespace evd::runtime {

/// One call of a handler, and the deliveries it is for: one, or several of a batch.
struct handler_call {
  std::vector<const port::delivery*> deliveries;
  std::vector<const void*> values;  ///< decoded, one for each delivery
  std::vector<std::uint32_t> attempts;
  std::string key;  ///< of a group

  std::vector<batch_entry> entries;  // of a batch
  std::unique_ptr<execution> running;
  std::unique_ptr<batch_context> ctx;
  std::string answer = "null";  // of a command
};

/// Threads: const, from any. Lifetime: the registration outlives it.
class handling {
 public:
  virtual ~handling() = default;

  [[nodiscard]] virtual const subscription_record& record() const = 0;
  [[nodiscard]] virtual const core::delivery_rules& rules() const = 0;
  [[nodiscard]] virtual std::span<const retry_rule> retry_rules() const = 0;
  /// How many deliveries one call takes.
  [[nodiscard]] virtual std::size_t batch() const { return 1; }

  /// Of an ordered subscription: how many wait here behind others of their key, at the most.
  [[nodiscard]] virtual std::size_t max_held() const { return 0; }

  /// Errors: invalid_input, newer_version.
  [[nodiscard]] virtual result<std::shared_ptr<const void>> decode(const port::delivery& delivery) const = 0;
  /// Of a group or an ordered subscription: the key of a decoded event.
  [[nodiscard]] virtual std::string key(const void*) const { return {}; }
  [[nodiscard]] virtual bool is_grouped() const { return false; }

  /// Makes the call's execution and context. REQUIRES: its deliveries and values are set.
  virtual void prepare(handler_call& call, const environment& with) const = 0;
  virtual void invoke(handler_call& call, const environment& with, handler_done done) const = 0;
  /// What success has brought, one for each delivery.
  [[nodiscard]] virtual std::vector<core::handler_yield> yields(handler_call& call, timestamp now) const = 0;
};

[[nodiscard]] std::unique_ptr<handling> handling_of(const registered_subscription& what);
[[nodiscard]] std::unique_ptr<handling> handling_of(const registered_command& what);

}  // namespace evd::runtime
