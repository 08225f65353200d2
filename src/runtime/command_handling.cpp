// Handling of durable commands: delivered like events, ended with a command's outcome.

#include <evd/json.hpp>

#include "core/value.hpp"
#include "runtime/handling.hpp"
#include "runtime/publishing.hpp"

namespace evd::runtime {

namespace {

const command_record& command_of(const port::delivery& delivery) {
  return *std::get<std::shared_ptr<const command_record>>(delivery.item);
}

class command_handling final : public handling {
 public:
  explicit command_handling(const registered_command& what) : module_(*what.module), what_(*what.command) {
    record_.module = module_.name;
    record_.name = what_.name;
    record_.filters = {what_.name};
    record_.kind = subscription_kind::command;
    record_.attempts = what_.options.attempts;
    record_.time_limit = what_.options.time_limit;
    record_.concurrency = what_.options.concurrency;
    record_.ack_wait = std::chrono::seconds(30);
    record_.registered_at = now();
    rules_.retry.attempts = record_.attempts;
    rules_.time_limit = record_.time_limit;
    rules_.ack_wait = record_.ack_wait;
    rules_.in_place = true;  // a command is few and answers somebody: its instance repeats it itself
  }

  const subscription_record& record() const override { return record_; }
  const core::delivery_rules& rules() const override { return rules_; }
  std::span<const retry_rule> retry_rules() const override { return {}; }

  result<std::shared_ptr<const void>> decode(const port::delivery& delivery) const override {
    auto value = core::make_value(*what_.input);
    const auto read = read_json(*what_.input, command_of(delivery).input.text, unknown_fields::refuse, value.get());
    if (!read) return read.error();
    return std::shared_ptr<const void>(std::move(value));
  }

  void prepare(handler_call& call, const environment& with) const override {
    const auto& command = command_of(*call.deliveries.front());
    execution_identity identity;
    identity.what = invocation::kind::command;
    identity.module = &module_.name;
    identity.handler = &what_.name;
    identity.chain = command.id;
    identity.attempt = call.attempts.front();
    identity.caller = &command.caller;
    const header_map* const cause = &command.headers;
    identity.trace = with.begin_trace({&cause, 1});
    call.running = std::make_unique<execution>(identity, std::vector<id>{command.id}, with.sink, with.pool.executor());
    call.ctx = std::make_unique<batch_context>(*call.running);
  }

  void invoke(handler_call& call, const environment& with, handler_done done) const override {
    const invocation about{invocation::kind::command, module_.name, what_.name, "", *call.ctx};
    run_inside(
        with.around, about,
        [this, &call](handler_done ended) { what_.run(call.values.front(), *call.ctx, call.answer, std::move(ended)); },
        std::move(done));
  }

  std::vector<core::handler_yield> yields(handler_call& call, timestamp now) const override {
    std::vector<core::handler_yield> all(1);
    all.front().published =
        publish_records(call.running->take_collected(), call.running->identity(), call.running->parents(), "",
                        command_of(*call.deliveries.front()).headers, now);
    if (what_.options.keep_result) all.front().result.text = std::move(call.answer);
    return all;
  }

 private:
  const module_definition& module_;
  const command_definition& what_;
  subscription_record record_;
  core::delivery_rules rules_;
};

}  // namespace

std::unique_ptr<handling> handling_of(const registered_command& what) {
  return std::make_unique<command_handling>(what);
}

}  // namespace evd::runtime
