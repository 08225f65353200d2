#include "core/delivery.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace evd::core {

namespace {

using phase = delivery_state::phase;
using std::chrono::milliseconds;

// How long to leave a log alone that has just refused: 100 ms, doubling up to 5 s.
milliseconds pause_after(std::uint32_t refusals) {
  return std::min(milliseconds(100) * (1U << std::min(refusals, 16U)), milliseconds(5'000));
}

class machine {
 public:
  machine(delivery_state& state, const delivery_rules& rules, timestamp now)
      : state_(state), rules_(rules), now_(now) {}

  delivery_actions take() { return actions_; }

  void operator()(const arrived& in) {
    if (state_.at != phase::idle) return;
    state_.attempt = in.attempt;
    state_.handed_over = in.handed_over;
    state_.deadline = in.deadline;
    // A third of the lease after it began, which was before the delivery lay in this process.
    state_.extend_at = in.deadline - rules_.ack_wait + rules_.ack_wait / 3;
    if (now_ >= in.deadline) return end(drop{});
    if (in.held) {
      state_.at = phase::waiting;
      state_.held = true;
      state_.act_at = timestamp::max();
    } else {
      begin();
    }
    keep_alive();
  }

  void operator()(const admitted&) {
    if (!state_.held || state_.at != phase::waiting || has_lapsed()) return;
    state_.held = false;
    begin();
    keep_alive();
  }

  void operator()(const handler_succeeded& in) {
    if (!reports_running(in.serial) || has_lapsed()) return;
    if (state_.stop_requested) return time_out("it ended after that");
    end_attempt();
    settle_with(handled{});
  }

  void operator()(handler_failed& in) {
    if (!reports_running(in.serial) || has_lapsed()) return;
    if (state_.stop_requested) return time_out(in.why.type + ": " + in.why.message);
    if (in.kind == failure_kind::environment) return wait_until(now_ + pause_after(state_.refusals++));
    end_attempt();
    state_.failure = std::move(in.why);
    switch (in.kind) {
      case failure_kind::permanent:
        return settle_with(dead_letter{dead_letter_reason::permanent});
      case failure_kind::undecodable:
        return settle_with(dead_letter{dead_letter_reason::undecodable});
      case failure_kind::newer_version:
        return try_later(rules_.retry.max_delay);
      default:
        break;
    }
    if (is_last_attempt(state_.attempt, rules_.retry, in.exception)) return settle_with(dead_letter{});
    try_later(in.kind == failure_kind::retry_after
                  ? std::max(in.delay, milliseconds(0))
                  : delay_before(state_.attempt + 1, rules_.retry, in.random, in.exception));
  }

  void operator()(const tick&) {
    if (state_.at == phase::idle || state_.at == phase::done || has_lapsed()) return;
    keep_alive();
    if (now_ < state_.act_at) return;
    if (state_.at == phase::running) {
      if (state_.stop_requested) {
        add(abandon{});
        return time_out("it did not end when it was asked to");
      }
      state_.stop_requested = true;
      state_.act_at = now_ + rules_.stop_grace;
      add(request_stop{});
    } else if (state_.at == phase::waiting) {
      start();
    } else if (!state_.commit_pending) {
      state_.commit_pending = true;
      add(commit_again{++state_.serial});
    }
  }

  void operator()(const committed& in) {
    if (!reports_commit(in.serial)) return;
    state_.commit_pending = false;
    state_.refusals = 0;
    const auto* again = std::get_if<retry_in_place>(&state_.decided);
    if (again == nullptr) return end(finish{});
    if (has_lapsed()) return;
    state_.attempt = again->attempt;
    wait_until(again->due);
  }

  void operator()(commit_failed& in) {
    if (!reports_commit(in.serial)) return;
    state_.commit_pending = false;
    if (has_lapsed()) return;
    // The log closes: what is not acknowledged comes to another instance, or to this one after its start.
    if (in.why.code == errc::shutting_down) return end(drop{});
    const bool refused_for_ever = describe(in.why.code).what_to_do == remedy::fix_caller;
    if (refused_for_ever && std::holds_alternative<handled>(state_.decided)) {
      // What the handler published will never be taken, so it can never be handled.
      state_.failure = {std::string(describe(in.why.code).name), in.why.to_string(), ""};
      return settle_with(dead_letter{dead_letter_reason::permanent});
    }
    state_.act_at = now_ + pause_after(state_.refusals++);
  }

  void operator()(const lapsed&) { lapse(); }

  void operator()(const ending&) {
    state_.ending = true;
    if (state_.at == phase::idle || state_.at == phase::waiting) end(release{});
  }

 private:
  void add(const delivery_action& action) { actions_.add(action); }

  void end(const delivery_action& last) {
    state_.at = phase::done;
    add(last);
  }

  [[nodiscard]] bool reports_running(std::uint32_t serial) const {
    return state_.at == phase::running && serial == state_.serial;
  }
  [[nodiscard]] bool reports_commit(std::uint32_t serial) const {
    return state_.at == phase::settling && state_.commit_pending && serial == state_.serial;
  }

  // Past its deadline nothing is written any more, whatever has happened: it may be with another already.
  bool has_lapsed() {
    if (now_ < state_.deadline) return false;
    lapse();
    return true;
  }

  void lapse() {
    if (state_.at == phase::done) return;
    if (state_.at == phase::running) {
      if (!state_.stop_requested) add(request_stop{});
      add(abandon{});
    }
    end(drop{});
  }

  void keep_alive() {
    if (now_ < state_.extend_at) return;
    state_.deadline = now_ + rules_.ack_wait;
    state_.extend_at = now_ + rules_.ack_wait / 3;
    add(extend{});
  }

  void begin() {
    if (state_.handed_over <= rules_.max_crashes) return start();
    state_.started_at = now_;
    state_.failure = {"crash",
                      "the process that handled it ended, or fell silent for longer than the ack wait, " +
                          std::to_string(state_.handed_over - 1) + " times",
                      ""};
    settle_with(dead_letter{dead_letter_reason::crashes});
  }

  void start() {
    state_.at = phase::running;
    state_.stop_requested = false;
    state_.started_at = now_;
    state_.act_at = now_ + rules_.time_limit;
    const auto serial = ++state_.serial;
    if (state_.handed_over >= rules_.suspect_from) {
      add(run_alone{state_.attempt, serial});
    } else {
      add(run{state_.attempt, serial});
    }
  }

  void end_attempt() {
    state_.duration = now_ - state_.started_at;
    state_.refusals = 0;
  }

  void time_out(const std::string& how_it_ended) {
    end_attempt();
    state_.failure = {
        "timed_out",
        "it took longer than its time_limit of " + std::to_string(rules_.time_limit.count()) + " ms; " + how_it_ended,
        ""};
    if (is_last_attempt(state_.attempt, rules_.retry)) return settle_with(dead_letter{});
    try_later(delay_before(state_.attempt + 1, rules_.retry, 1.0));
  }

  void try_later(milliseconds delay) {
    const auto due = now_ + std::min(delay, longest_delay);
    if (rules_.in_place) return settle_with(retry_in_place{state_.attempt + 1, due});
    settle_with(retry{state_.attempt + 1, due});
  }

  void settle_with(const verdict& what) {
    state_.at = phase::settling;
    state_.decided = what;
    state_.commit_pending = true;
    add(settle{what, ++state_.serial});
  }

  void wait_until(timestamp due) {
    if (state_.ending) return end(release{});
    state_.at = phase::waiting;
    state_.act_at = due;
  }

  delivery_state& state_;
  const delivery_rules& rules_;
  timestamp now_;
  delivery_actions actions_;
};

}  // namespace

delivery_actions step(delivery_state& state, const delivery_rules& rules, delivery_input&& input, timestamp now) {
  machine here(state, rules, now);
  std::visit(here, input);
  return here.take();
}

timestamp next_tick(const delivery_state& state) {
  const auto keep_alive = std::min(state.extend_at, state.deadline);
  if (state.at == phase::settling && state.commit_pending) return keep_alive;
  return std::min(keep_alive, state.act_at);
}

}  // namespace evd::core
