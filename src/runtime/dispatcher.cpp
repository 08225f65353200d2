#include "runtime/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "runtime/failure.hpp"
#include "runtime/held_delivery.hpp"

namespace evd::runtime {

namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

// Whether an error that a handler let through says that the log cannot take anything at present.
bool is_environment(errc code) {
  return code == errc::log_full || code == errc::disk_full || code == errc::unavailable || code == errc::shutting_down;
}

core::handler_failed classify(const std::exception_ptr& thrown, std::span<const retry_rule> rules) {
  core::handler_failed failed;
  failed.why = describe_failure(thrown);
  failed.random = random_share();
  if (const auto* rule = rule_of(thrown, rules)) failed.exception = {rule->attempts, rule->delay};
  try {
    std::rethrow_exception(thrown);
  } catch (const permanent_error&) {
    failed.kind = core::failure_kind::permanent;
  } catch (const retry_after& later) {
    failed.kind = core::failure_kind::retry_after;
    failed.delay = later.delay();
  } catch (const failure_exception& caught) {
    if (is_environment(caught.error().code)) failed.kind = core::failure_kind::environment;
  } catch (...) {}
  return failed;
}

core::handler_failed undecodable(const error& why) {
  core::handler_failed failed;
  failed.why = {std::string(describe(why.code).name), why.to_string(), ""};
  failed.kind = why.code == errc::newer_version ? core::failure_kind::newer_version : core::failure_kind::undecodable;
  failed.random = random_share();
  return failed;
}

id id_of(const port::delivery& delivery) {
  return std::visit([](const auto& item) -> id { return item->id; }, delivery.item);
}

demand demand_of(const handling& what) {
  const auto& record = what.record();
  const std::size_t room = what.batch() > 1 ? what.batch() : record.concurrency;
  return {room, what.batch(), std::max<std::size_t>(room, 4'096)};
}

}  // namespace

dispatcher::dispatcher(const environment& with, std::unique_ptr<handling> what)
    : with_(with),
      what_(std::move(what)),
      key_{what_->record().module, what_->record().name},
      logger_(with.sink, {{"module", key_.module}, {"handler", key_.name}}),
      demand_(demand_of(*what_)) {
  if (what_->record().kind == subscription_kind::ordered) {
    ordered_.emplace(what_->record().concurrency, what_->max_held());
  }
}

result<void> dispatcher::start() {
  auto consumer =
      with_.log.subscribe(what_->record(), [weak = weak_from_this()](std::vector<port::delivery> deliveries) {
        if (const auto self = weak.lock()) self->take(std::move(deliveries));
      });
  if (!consumer) return consumer.error();
  consumer_ = *std::move(consumer);
  pump();
  return {};
}

void dispatcher::take(std::vector<port::delivery> deliveries) {
  const auto kind = what_->record().kind;
  for (auto& delivery : deliveries) {
    auto held = std::make_shared<held_delivery>();
    held->delivery = std::move(delivery);
    std::string key;
    if (kind == subscription_kind::ordered) key = key_of(*held);
    core::ordered_actions actions;
    {
      const std::lock_guard lock(mutex_);
      demand_.arrived(1);
      held->handle = next_handle_++;
      held_.emplace(held->handle, held);
      if (ordered_) {
        actions = ordered_->arrived(held->handle, key, held->delivery.position,
                                    held->delivery.deadline - what_->rules().ack_wait);
      } else {
        waiting_.push_back(held);
      }
    }
    follow(actions);
  }
  pump();
}

// What cannot be decoded has a key of its own: it is dead-lettered, or tried again much later, and holds nobody up.
std::string dispatcher::key_of(held_delivery& held) const {
  auto value = what_->decode(held.delivery);
  if (!value) return '\0' + std::to_string(held.delivery.position.sequence);
  held.value = *std::move(value);
  return what_->key(held.value.get());
}

// Carries out what the order of keys asks for.
void dispatcher::follow(const core::ordered_actions& actions) {
  std::vector<shared_held> beginning;
  std::vector<shared_held> back;
  {
    const std::lock_guard lock(mutex_);
    auto& begun = stopping_ ? back : beginning;
    // What is not here any more was handed back when this instance began to end.
    const auto choose = [this](std::vector<shared_held>& into, core::delivery_handle handle) {
      if (const auto found = held_.find(handle); found != held_.end()) into.push_back(found->second);
    };
    for (const auto handle : actions.begin) choose(begun, handle);
    for (const auto handle : actions.give_back) choose(back, handle);
    for (const auto& held : beginning) held->begun = true;
    calls_ += beginning.size();
    for (const auto& held : back) held_.erase(held->handle);
  }
  hand_back(back);
  for (const auto& held : beginning) begin({held});
}

void dispatcher::hand_back(const std::vector<shared_held>& unbegun) {
  std::vector<port::delivery_token> tokens;
  tokens.reserve(unbegun.size());
  for (const auto& held : unbegun) tokens.push_back(held->delivery.token);
  if (!tokens.empty()) consumer_->release(tokens);
}

// Begins as many calls as there is room for, and asks for more when little is left. What it begins may end at once and
// make room again: then the same turn goes round once more, instead of one inside the other.
void dispatcher::pump() {
  std::unique_lock lock(mutex_);
  pump_again_ = true;
  if (pumping_) return;
  pumping_ = true;
  while (pump_again_ && !stopping_) {
    pump_again_ = false;
    const auto calls = next_calls();
    const auto more = ordered_ ? demand_.ask_up_to(ordered_->demand(now())) : demand_.ask(held_.size());
    lock.unlock();
    for (const auto& members : calls) begin(members);
    if (more > 0) consumer_->request(more);
    lock.lock();
  }
  pumping_ = false;
}

// REQUIRES: the lock is held.
std::vector<std::vector<dispatcher::shared_held>> dispatcher::next_calls() {
  std::vector<std::vector<shared_held>> calls;
  while (!waiting_.empty() && calls_ < what_->record().concurrency) {
    const auto count = std::min(waiting_.size(), what_->batch());
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    calls.emplace_back(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    for (const auto& held : calls.back()) held->begun = true;
    ++calls_;
  }
  return calls;
}

// The machines decide whether they run; a suspect runs in a call of its own.
void dispatcher::begin(const std::vector<shared_held>& members) {
  std::vector<shared_held> together;
  std::vector<shared_held> alone;
  for (const auto& held : members) {
    core::delivery_actions actions;
    {
      const std::lock_guard lock(held->mutex);
      const auto& delivery = held->delivery;
      actions = core::step(held->state, what_->rules(),
                           core::arrived{delivery.attempt, delivery.handed_over, delivery.deadline}, now());
      observe(*held, actions);
    }
    for (const auto& action : actions) {
      if (const auto* run = std::get_if<core::run>(&action)) {
        held->serial = run->serial;
        together.push_back(held);
      } else if (const auto* suspect = std::get_if<core::run_alone>(&action)) {
        held->serial = suspect->serial;
        alone.push_back(held);
      }
    }
    perform(held, actions);
  }
  const bool none = together.empty() && alone.empty();
  {
    // `next_calls` has counted one call for all of them.
    const std::lock_guard lock(mutex_);
    calls_ += alone.size() + (together.empty() ? 0 : 1);
    calls_ -= 1;
  }
  if (!together.empty()) launch(std::move(together), admission::manner::beside_others);
  for (auto& suspect : alone) launch({std::move(suspect)}, admission::manner::alone);
  if (none) pump();
}

void dispatcher::launch(std::vector<shared_held> members, admission::manner manner) {
  const auto made = std::make_shared<handler_run>();
  made->members = std::move(members);
  made->manner = manner;
  with_.gate.enter(manner,
                   [self = shared_from_this(), made] { self->with_.pool.post([self, made] { self->decode(made); }); });
}

void dispatcher::decode(const shared_run& all) {
  std::vector<shared_held> readable;
  for (const auto& held : all->members) {
    if (!held->value) {
      auto value = what_->decode(held->delivery);
      if (!value) {
        const auto actions = report_failure(held, undecodable(value.error()));
        trace_undecodable(*held, value.error(), actions);
        continue;
      }
      held->value = *std::move(value);
    }
    readable.push_back(held);
  }
  all->members = std::move(readable);
  if (all->members.empty()) {
    call_over(all);
    return;
  }
  if (!what_->is_grouped()) {
    invoke(all);
    return;
  }

  // One call for each key; the first takes the place that `all` has, the others theirs beside it.
  std::map<std::string, std::vector<shared_held>> groups;
  for (auto& held : all->members) groups[what_->key(held->value.get())].push_back(std::move(held));
  std::vector<shared_run> calls;
  for (auto& [key, members] : groups) {
    auto& group = calls.emplace_back(calls.empty() ? all : std::make_shared<handler_run>());
    group->members = std::move(members);
    group->manner = all->manner;
    group->handler.key = key;
  }
  {
    const std::lock_guard lock(mutex_);
    calls_ += calls.size() - 1;
  }
  for (std::size_t i = 1; i < calls.size(); ++i) {
    with_.gate.enter(all->manner, [self = shared_from_this(), group = calls[i]] {
      self->with_.pool.post([self, group] { self->invoke(group); });
    });
  }
  invoke(all);
}

void dispatcher::invoke(const shared_run& call) {
  auto& handler = call->handler;
  for (const auto& held : call->members) {
    handler.deliveries.push_back(&held->delivery);
    handler.values.push_back(held->value.get());
    const std::lock_guard lock(held->mutex);
    handler.attempts.push_back(held->state.attempt);
  }
  what_->prepare(handler, with_);
  call->began = steady_clock::now();
  call->began_at = now();
  for (const auto& held : call->members) {
    const std::lock_guard lock(held->mutex);
    held->running = call;
    held->began = call->began_at;
    held->trace = handler.running->identity().trace;
  }
  what_->invoke(handler, with_,
                [self = shared_from_this(), call](const std::exception_ptr& thrown) { self->ended(call, thrown); });
}

void dispatcher::ended(const shared_run& call, const std::exception_ptr& thrown) {
  auto& handler = call->handler;
  {
    const std::lock_guard lock(mutex_);
    const auto took = std::chrono::duration_cast<microseconds>(steady_clock::now() - call->began);
    demand_.took(took / static_cast<int>(call->members.size()));
  }
  std::vector<core::handler_yield> yields;
  std::exception_ptr failed = thrown;
  if (!failed) {
    try {
      yields = what_->yields(handler, now());
    } catch (...) {
      failed = std::current_exception();
    }
  }

  std::vector<shared_held> settling;
  std::vector<core::delivery_actions> decided;  // for the trace, if there is one
  const bool traced = handler.running->identity().trace.has_value();
  for (std::size_t i = 0; i < call->members.size(); ++i) {
    const auto& held = call->members[i];
    auto why = failed;
    if (!why && !handler.entries.empty()) why = handler.entries[i].failure();
    if (why) {
      {
        const std::lock_guard lock(held->mutex);
        if (held->running == call) held->running.reset();
      }
      const auto actions = report_failure(held, classify(why, what_->retry_rules()));
      if (traced) decided.push_back(actions);
      continue;
    }
    held->yield = std::move(yields[i]);
    core::delivery_actions actions;
    {
      const std::lock_guard lock(held->mutex);
      if (held->running == call) held->running.reset();
      actions = core::step(held->state, what_->rules(), core::handler_succeeded{held->serial}, now());
      observe(*held, actions);
    }
    if (traced) decided.push_back(actions);
    const bool only_settles = actions.size() == 1 && std::holds_alternative<core::settle>(*actions.begin());
    if (only_settles) {
      settling.push_back(held);
    } else {
      perform(held, actions);
    }
  }
  if (traced) trace(call, decided);
  if (!settling.empty()) commit(settling);
  call_over(call);
}

core::delivery_actions dispatcher::report_failure(const shared_held& held, core::handler_failed why) {
  why.serial = held->serial;
  if (why.kind != core::failure_kind::environment) {
    std::uint32_t attempt = 0;
    {
      const std::lock_guard lock(held->mutex);
      attempt = held->state.attempt;
    }
    logger_.warning("attempt failed", {{"attempt", attempt},
                                       {"exception", why.why.type},
                                       {"error", why.why.message},
                                       {"event", id_of(held->delivery)}});
  }
  return feed(held, std::move(why));
}

core::delivery_actions dispatcher::feed(const shared_held& held, core::delivery_input&& input) {
  core::delivery_actions actions;
  {
    const std::lock_guard lock(held->mutex);
    actions = core::step(held->state, what_->rules(), std::move(input), now());
    observe(*held, actions);
  }
  // A machine that runs again after a pause; `begin` sees the first run itself.
  for (const auto& action : actions) {
    const auto* again = std::get_if<core::run>(&action);
    const auto* alone = std::get_if<core::run_alone>(&action);
    if (again == nullptr && alone == nullptr) continue;
    held->serial = again != nullptr ? again->serial : alone->serial;
    {
      const std::lock_guard lock(mutex_);
      ++calls_;
      if (ordered_) ordered_->resumes(held->handle);
    }
    launch({held}, again != nullptr ? admission::manner::beside_others : admission::manner::alone);
  }
  perform(held, actions);
  if (what_->rules().in_place) pause_if_waiting(held);
  return actions;
}

// A delivery that waits for its next attempt gives its place to another key's.
void dispatcher::pause_if_waiting(const shared_held& held) {
  {
    const std::lock_guard lock(held->mutex);
    const bool waits = held->state.at == core::delivery_state::phase::waiting;
    if (!waits || std::exchange(held->paused_in, held->state.serial) == held->state.serial) return;
  }
  core::ordered_actions actions;
  {
    const std::lock_guard lock(mutex_);
    if (!ordered_) return;
    actions = ordered_->pauses(held->handle);
  }
  follow(actions);
}

// Everything but `run`, which its callers see to.
void dispatcher::perform(const shared_held& held, const core::delivery_actions& actions) {
  for (const auto& action : actions) {
    if (std::holds_alternative<core::extend>(action)) {
      consumer_->extend(std::span(&held->delivery.token, 1));
    } else if (std::holds_alternative<core::request_stop>(action) || std::holds_alternative<core::abandon>(action)) {
      shared_run running;
      {
        const std::lock_guard lock(held->mutex);
        running = held->running;
      }
      if (!running) continue;
      running->handler.running->request_stop();
      if (std::holds_alternative<core::abandon>(action)) {
        logger_.error("a handler does not end when asked to; its thread is lost until it does",
                      {{"event", id_of(held->delivery)}});
        trace(running, {});
        call_over(running);
      }
    } else if (std::holds_alternative<core::settle>(action) || std::holds_alternative<core::commit_again>(action)) {
      commit({held});
    } else if (std::holds_alternative<core::release>(action)) {
      consumer_->release(std::span(&held->delivery.token, 1));
      leave(held, core::how_over::gone);
    } else if (std::holds_alternative<core::drop>(action)) {
      leave(held, core::how_over::gone);
    } else if (std::holds_alternative<core::finish>(action)) {
      leave(held, core::how_over::settled);
    }
  }
}

// One write for all that ended together.
void dispatcher::commit(const std::vector<shared_held>& members) {
  port::write what;
  std::vector<std::uint32_t> serials;
  serials.reserve(members.size());
  for (const auto& held : members) {
    const std::lock_guard lock(held->mutex);
    // A copy of the yield stays here: a write that fails is repeated.
    core::append_settlement(what, held->state, {held->delivery, key_, with_.instance}, held->yield, now());
    serials.push_back(held->state.serial);
  }
  std::vector<dead_letter_record> letters;
  for (const auto& record : what.journal) {
    if (const auto* letter = std::get_if<dead_letter_record>(&record)) letters.push_back(*letter);
  }
  with_.log.commit(std::move(what), [self = shared_from_this(), members, serials,
                                     letters = std::move(letters)](const result<port::receipt>& receipt) {
    if (receipt) {
      for (const auto& letter : letters) self->announce(letter);
      for (const auto& held : members) self->report_published(*held);
    }
    for (std::size_t i = 0; i < members.size(); ++i) self->settled(members[i], serials[i], receipt);
    self->pump();
  });
}

void dispatcher::settled(const shared_held& held, std::uint32_t serial, const result<port::receipt>& receipt) {
  if (receipt) {
    feed(held, core::committed{serial});
    return;
  }
  logger_.warning("what became of an event could not be written yet",
                  {{"event", id_of(held->delivery)}, {"error", receipt.error().to_string()}});
  feed(held, core::commit_failed{serial, receipt.error()});
}

void dispatcher::announce(const dead_letter_record& letter) {
  logger_.error("added to the dead letter queue", {{"event", letter.event},
                                                   {"subject", letter.subject},
                                                   {"attempts", letter.attempts},
                                                   {"error", letter.failure.message},
                                                   {"deadLetter", letter.id}});
  if (with_.observer != nullptr) with_.observer->on(dead_lettered{key_.module, key_.name, letter.reason});
  if (with_.on_dead_letter) with_.on_dead_letter(letter);
}

void dispatcher::leave(const shared_held& held, core::how_over how) {
  core::ordered_actions actions;
  {
    const std::lock_guard lock(mutex_);
    if (held_.erase(held->handle) == 0) return;
    if (ordered_) actions = ordered_->over(held->handle, how, now());
  }
  follow(actions);
  pump();
}

// The call's place is free, once.
void dispatcher::call_over(const shared_run& call) {
  if (call->over.exchange(true)) return;
  with_.gate.leave(call->manner);
  {
    const std::lock_guard lock(mutex_);
    --calls_;
  }
  pump();
}

void dispatcher::tick() {
  std::vector<shared_held> all;
  {
    const std::lock_guard lock(mutex_);
    all.reserve(held_.size());
    for (const auto& [handle, held] : held_) all.push_back(held);
  }
  using phase = core::delivery_state::phase;
  const auto at = now();
  const auto ack_wait = what_->rules().ack_wait;
  std::vector<port::delivery_token> unbegun;
  for (const auto& held : all) {
    {
      const std::lock_guard lock(held->mutex);
      if (held->state.at == phase::done) continue;
      if (held->state.at == phase::idle) {
        // Its machine has not begun; until then it is kept alive here.
        if (at < held->delivery.deadline - ack_wait + ack_wait / 3) continue;
        held->delivery.deadline = at + ack_wait;
        unbegun.push_back(held->delivery.token);
        continue;
      }
      if (at < core::next_tick(held->state)) continue;
    }
    feed(held, core::tick{});
  }
  if (!unbegun.empty()) consumer_->extend(unbegun);
  if (ordered_) pump();  // its demand may have waited for this moment
}

void dispatcher::stop_taking(std::function<void()> stopped) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (!consumer_) {
    stopped();
    return;
  }
  consumer_->stop([self = shared_from_this(), stopped = std::move(stopped)] {
    std::vector<shared_held> unbegun;
    {
      const std::lock_guard lock(self->mutex_);
      for (const auto& [handle, held] : self->held_) {
        if (!held->begun) unbegun.push_back(held);
      }
      for (const auto& held : unbegun) self->held_.erase(held->handle);
      self->waiting_.clear();
    }
    self->hand_back(unbegun);
    stopped();
  });
}

void dispatcher::end() {
  std::vector<shared_held> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [handle, held] : held_) all.push_back(held);
  }
  for (const auto& held : all) feed(held, core::ending{});
}

void dispatcher::request_stop() {
  const std::lock_guard lock(mutex_);
  for (const auto& [handle, held] : held_) {
    const std::lock_guard inner(held->mutex);
    if (held->running) held->running->handler.running->request_stop();
  }
}

std::size_t dispatcher::held() const {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

}  // namespace evd::runtime
