// Handling of events by a module's subscriptions.

#include <evd/event.hpp>

#include "runtime/handling.hpp"
#include "runtime/publishing.hpp"

namespace evd::runtime {

namespace {

core::delivery_rules rules_of(const subscription_definition& what) {
  core::delivery_rules rules;
  rules.retry.attempts = what.options.attempts;
  rules.retry.first_delay = what.options.first_delay;
  rules.retry.max_delay = what.options.max_delay;
  rules.retry.jitter = what.options.jitter;
  rules.ack_wait = what.options.ack_wait;
  rules.time_limit = what.options.time_limit;
  rules.max_crashes = what.options.max_crashes;
  rules.in_place = what.kind == subscription_kind::ordered;
  return rules;
}

const std::shared_ptr<const event_record>& event_of(const port::delivery& delivery) {
  return std::get<std::shared_ptr<const event_record>>(delivery.item);
}

class event_handling final : public handling {
 public:
  explicit event_handling(const registered_subscription& what)
      : module_(*what.module), what_(*what.subscription), record_(record_of(what, now())), rules_(rules_of(what_)) {}

  const subscription_record& record() const override { return record_; }
  const core::delivery_rules& rules() const override { return rules_; }
  std::span<const retry_rule> retry_rules() const override { return what_.options.rules; }
  std::size_t batch() const override { return what_.run_batch ? what_.options.batch : 1; }

  std::size_t max_held() const override { return what_.options.max_held; }

  result<std::shared_ptr<const void>> decode(const port::delivery& delivery) const override {
    const auto& event = event_of(delivery);
    if (what_.type == nullptr) return std::shared_ptr<const void>(event);
    return decode_event(*what_.type, event->version, event->data.text);
  }

  std::string key(const void* value) const override { return what_.key ? what_.key(value) : std::string(); }
  bool is_grouped() const override { return what_.kind == subscription_kind::group; }

  void prepare(handler_call& call, const environment& with) const override {
    const auto& first = *event_of(*call.deliveries.front());
    execution_identity identity;
    identity.what = what_.run_batch ? invocation::kind::batch : invocation::kind::event;
    identity.module = &module_.name;
    identity.handler = &what_.name;
    identity.chain = first.command;
    identity.attempt = call.attempts.front();
    identity.record = what_.run_batch ? nullptr : &first;
    std::vector<id> parents;
    parents.reserve(call.deliveries.size());
    for (const auto* delivery : call.deliveries) parents.push_back(event_of(*delivery)->id);
    if (what_.run_batch) {
      for (std::size_t i = 0; i < call.deliveries.size(); ++i) {
        call.entries.emplace_back(*event_of(*call.deliveries[i]), call.values[i], call.attempts[i]);
      }
    }
    if (with.tracer != nullptr) {
      std::vector<const header_map*> causes;
      for (const auto* delivery : call.deliveries) causes.push_back(&event_of(*delivery)->headers);
      identity.trace = with.begin_trace(causes);
    }
    call.running = std::make_unique<execution>(identity, std::move(parents), with.sink, with.pool.executor());
    call.ctx = std::make_unique<batch_context>(*call.running);
  }

  void invoke(handler_call& call, const environment& with, handler_done done) const override {
    const auto& first = *event_of(*call.deliveries.front());
    const invocation about{call.running->identity().what, module_.name, what_.name, first.subject, *call.ctx};
    run_inside(
        with.around, about,
        [this, &call](handler_done ended) {
          if (what_.run_batch) {
            what_.run_batch(call.key, call.entries, *call.ctx, std::move(ended));
          } else {
            what_.run(call.values.front(), *call.ctx, std::move(ended));
          }
        },
        std::move(done));
  }

  std::vector<core::handler_yield> yields(handler_call& call, timestamp now) const override {
    std::vector<core::handler_yield> all(call.deliveries.size());
    auto collected = call.running->take_collected();
    if (collected.empty()) return all;
    if (!what_.run_batch) {
      all.front().published = publish_records(std::move(collected), call.running->identity(), call.running->parents(),
                                              what_.name, event_of(*call.deliveries.front())->headers, now);
      return all;
    }
    // An event goes out with the entry it came of; one that came of all, with the first entry that has not failed.
    auto published =
        publish_batch_records(std::move(collected), call.running->identity(), call.entries, what_.name, now);
    for (auto& event : published) {
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool of_all = event.parents.size() > 1;
        if (call.entries[i].failure() || (!of_all && event.parents.front() != call.entries[i].record().id)) continue;
        all[i].published.push_back(std::move(event));
        break;
      }
    }
    return all;
  }

 private:
  const module_definition& module_;
  const subscription_definition& what_;
  subscription_record record_;
  core::delivery_rules rules_;
};

}  // namespace

std::unique_ptr<handling> handling_of(const registered_subscription& what) {
  return std::make_unique<event_handling>(what);
}

}  // namespace evd::runtime
