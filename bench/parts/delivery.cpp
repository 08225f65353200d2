// The delivery machine: what is decided for one event, without carrying it out.

#include <stdexcept>

#include "core/delivery.hpp"
#include "core/settlement.hpp"
#include "end_to_end/events.hpp"
#include "parts/part.hpp"

namespace evd::bench {
namespace {

using namespace std::chrono_literals;

constexpr timestamp beginning{1'767'225'600s};

// Arrives, is handled, is committed: three steps.
void handled(benchmark::State& state) {
  const core::delivery_rules rules;
  for (auto _ : state) {
    core::delivery_state delivery;
    const auto begun = core::step(delivery, rules, core::arrived{1, 1, beginning + 30s}, beginning);
    benchmark::DoNotOptimize(begun);
    const auto settled = core::step(delivery, rules, core::handler_succeeded{delivery.serial}, beginning + 1ms);
    benchmark::DoNotOptimize(settled);
    const auto over = core::step(delivery, rules, core::committed{delivery.serial}, beginning + 2ms);
    benchmark::DoNotOptimize(over);
    if (delivery.at != core::delivery_state::phase::done) throw std::logic_error("a handled delivery is not over");
  }
}
const part handled_part{"delivery-handled", handled};

// The write that a handled delivery becomes.
void settlement(benchmark::State& state) {
  const core::delivery_rules rules;
  core::delivery_state decided;
  (void)core::step(decided, rules, core::arrived{1, 1, beginning + 30s}, beginning);
  (void)core::step(decided, rules, core::handler_succeeded{decided.serial}, beginning + 1ms);
  port::delivery delivery;
  delivery.item = std::make_shared<const event_record>(outside_event(1));
  const subscription_key key{"Billing", "invoice"};
  for (auto _ : state) {
    port::write what;
    core::append_settlement(what, decided, {delivery, key, "host:1"}, {}, beginning + 1ms);
    benchmark::DoNotOptimize(what);
  }
}
const part settlement_part{"delivery-settlement", settlement};

}  // namespace
}  // namespace evd::bench
