#include <stdexcept>

#include <evd/context.hpp>

#include "runtime/execution.hpp"

namespace evd {

void context::publish_erased(const event_info& type, const void* event, publish_options options) {
  if (state_.identity().what == invocation::kind::batch) {
    throw std::logic_error("a batch handler publishes with publish_for(item, event) or publish_for_all(key, event)");
  }
  state_.collect(type, event, options, nullptr);
}

command_id context::chain() const {
  return state_.identity().chain;
}
std::span<const id> context::parents() const {
  return state_.parents();
}
std::uint32_t context::attempt() const {
  return state_.identity().attempt;
}
const event_record* context::record() const {
  return state_.identity().record;
}
std::stop_token context::stop_token() const {
  return state_.stop_token();
}
std::string context::traceparent() const {
  const auto& identity = state_.identity();
  return identity.trace ? core::to_traceparent(*identity.trace) : std::string();
}
const logger& context::log() const {
  return state_.log();
}

const std::string& context::caller() const {
  static const std::string nobody;
  const auto* caller = state_.identity().caller;
  return caller != nullptr ? *caller : nobody;
}

void batch_entry::fail(std::string_view why) {
  failure_ = std::make_exception_ptr(std::runtime_error(std::string(why)));
}

void batch_context::publish_for_erased(const batch_entry& item, const event_info& type, const void* event,
                                       publish_options options) {
  state().collect(type, event, options, &item);
}

void batch_context::publish_for_all_erased(const event_info& type, const void* event, publish_options options) {
  if (options.key.empty()) {
    throw std::logic_error("publish_for_all needs a key: without one, its id would depend on how the batch was cut");
  }
  state().collect(type, event, options, nullptr);
}

}  // namespace evd
