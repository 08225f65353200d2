#include "simulator.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <sstream>
#include <tuple>

#include "core/delivery.hpp"
#include "core/ids.hpp"
#include "core/ordered.hpp"
#include "core/project.hpp"
#include "core/settlement.hpp"

namespace evd::simulation {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int instances = 3;
constexpr milliseconds ack_wait{3'000};
constexpr timestamp trouble_ends{std::chrono::seconds{60}};
constexpr timestamp work_ends{std::chrono::seconds{400}};
constexpr timestamp world_ends{std::chrono::seconds{600}};

// The modules: Blog and Comment take User.updated, Blog publishes Blog.updated, which Audit takes in order of its key.
struct subscriber {
  subscription_key key;
  std::string subject;
  bool ordered = false;
};
const std::vector<subscriber>& subscribers() {
  static const std::vector<subscriber> all{{{"Blog", "update"}, "User.updated"},
                                           {{"Comment", "update"}, "User.updated"},
                                           {{"Audit", "append"}, "Blog.updated", true}};
  return all;
}

core::delivery_rules rules_of(const subscriber& who) {
  core::delivery_rules rules;
  rules.retry = {.attempts = 3, .first_delay = 200ms, .max_delay = 1s};
  rules.ack_wait = ack_wait;
  rules.time_limit = 5s;
  rules.stop_grace = 500ms;
  rules.max_crashes = 6;
  rules.in_place = who.ordered;
  return rules;
}

// A mutable document of the model store, and what it takes to be idempotent.
struct letter_document {
  bool opened = false;
  dead_letter_status status = dead_letter_status::open;
  log_position changed;
  friend bool operator==(const letter_document&, const letter_document&) = default;
};
struct model_store {
  std::set<command_id> commands;
  std::set<event_id> events;
  std::set<std::string> attempts, outcomes;
  std::map<dead_letter_id, letter_document> letters;
  friend bool operator==(const model_store&, const model_store&) = default;

  void apply(const port::positioned_change& what) {
    std::visit([&](const auto& change) { take(change, what.position); }, what.change);
  }
  void take(const port::insert_command& in, log_position) { commands.insert(in.document.id); }
  void take(const port::insert_event& in, log_position) { events.insert(in.document.id); }
  void take(const port::insert_attempt& in, log_position) {
    attempts.insert(in.document.event.to_string() + in.document.module + std::to_string(in.document.number));
  }
  void take(const port::insert_outcome& in, log_position) {
    outcomes.insert(in.document.event.to_string() + in.document.module);
  }
  void take(const port::open_dead_letter& in, log_position at) {
    auto& letter = letters[in.document.id];
    letter.opened = true;
    if (at > letter.changed) letter = {true, dead_letter_status::open, at};
  }
  void take(const port::change_dead_letter& in, log_position at) {
    auto& letter = letters[in.change.id];
    if (at > letter.changed) letter = {letter.opened, in.change.status, at};
  }
  void take(const port::resolve_dead_letter& in, log_position at) {
    const auto found = letters.find(in.id);
    if (found != letters.end() && at > found->second.changed) found->second = {true, dead_letter_status::resolved, at};
  }
  void take(const port::close_command&, log_position) {}
  void take(const port::put_subscription&, log_position) {}
};

// One event for one subscription, as the log has it.
struct item {
  std::shared_ptr<const event_record> event;
  log_position position;
  std::uint32_t attempt = 1;
  std::uint32_t handed_over = 0;
  timestamp available;
  std::uint64_t token = 0;  // of the delivery that holds it; 0: nobody
  timestamp deadline;
};

struct model_log {
  std::vector<positioned_record> records;
  std::map<event_id, std::shared_ptr<const event_record>> events;
  std::vector<std::map<event_id, item>> pending{3};  // by subscription
  std::vector<std::map<event_id, retry_record>> retries{3};
  int owner = -1;  // of the ordered subscription
  std::uint64_t next_token = 1;
  log_position last{1, 0};

  log_position append(log_record record) {
    ++last.sequence;
    records.push_back({last, std::move(record)});
    return last;
  }
};

std::size_t index_of(const std::string& module) {
  return module == "Blog" ? 0 : module == "Comment" ? 1 : 2;
}

class world {
 public:
  world(std::uint64_t seed, defect with) : random_(seed), defect_(with) {
    for (int i = 0; i < instances; ++i) processes_.push_back(std::make_unique<process>(i));
  }

  verdict run() {
    schedule_trouble();
    for (int i = 0; i < 12; ++i) at(chance_time(50'000), [this, i] { accept_command(i); });
    for (int i = 0; i < instances; ++i) every(120ms, [this, i] { pump(i); });
    for (int i = 0; i < instances; ++i) every(100ms, [this, i] { tick(i); });
    every(300ms, [this] { record(); });
    at(work_ends, [this] { retry_dead_letters(); });
    while (!queue_.empty() && queue_.top().when <= world_ends) {
      auto next = std::move(const_cast<task&>(queue_.top()));
      queue_.pop();
      now_ = std::max(now_, next.when);
      ++result_.steps;
      next.work();
    }
    check();
    return std::move(result_);
  }

 private:
  struct held {
    port::delivery delivery;
    std::size_t of = 0;
    core::delivery_state state;
    port::write write;
    core::delivery_handle handle = 0;
    bool alone = false;
  };
  struct process {
    explicit process(int n) : number(n) {}
    int number;
    std::uint32_t life = 0;   // callbacks of an earlier one are void
    timestamp stopped_until;  // SIGSTOP: nothing happens in it before
    timestamp down_until;
    std::map<std::uint64_t, std::shared_ptr<held>> in_hand;  // by token
    core::ordered_keys keys{2, 4, 500ms};
    core::delivery_handle next_handle = 1;
    std::map<core::delivery_handle, std::uint64_t> handles;
  };
  struct task {
    timestamp when;
    std::uint64_t turn;
    std::function<void()> work;
    bool operator<(const task& other) const { return std::tie(other.when, other.turn) < std::tie(when, turn); }
  };

  // ---- chance and time ----

  std::uint64_t draw() {  // splitmix64
    std::uint64_t z = (random_ += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }
  std::uint64_t below(std::uint64_t end) { return draw() % end; }
  bool percent(std::uint64_t share) { return now_ < trouble_ends && below(100) < share; }
  timestamp chance_time(std::uint64_t ms) { return timestamp{milliseconds(below(ms))}; }

  void at(timestamp when, std::function<void()> work) { queue_.push({when, turns_++, std::move(work)}); }
  void after(milliseconds delay, std::function<void()> work) { at(now_ + delay, std::move(work)); }
  void every(milliseconds period, std::function<void()> work) {
    after(period, [this, period, work] {
      work();
      every(period, work);
    });
  }
  // Work of a process: void once it has crashed, late while it is stopped.
  void inside(process& who, milliseconds delay, std::function<void()> work) {
    after(delay, [this, &who, life = who.life, work = std::move(work)] {
      if (who.life != life) return;
      if (now_ < who.stopped_until) return inside(who, who_wakes(who), work);
      work();
    });
  }
  milliseconds who_wakes(const process& who) const {
    return std::chrono::ceil<milliseconds>(who.stopped_until - now_) + 1ms;
  }
  bool up(const process& who) const { return now_ >= who.down_until && now_ >= who.stopped_until; }

  template <class... Parts>
  void trace(const Parts&... parts) {
    std::ostringstream line;
    line << now_.time_since_epoch().count();
    ((line << ' ' << parts), ...);
    for (const char c : line.str())
      result_.trace_hash = (result_.trace_hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
  }
  void violated(std::string what) {
    if (result_.violations.size() < 20) result_.violations.push_back(std::move(what));
  }

  void schedule_trouble() {
    for (int i = 0; i < 6; ++i) {
      at(chance_time(55'000), [this] { crash(*processes_[below(instances)], "killed"); });
      at(chance_time(50'000), [this] {
        auto& who = *processes_[below(instances)];
        who.stopped_until = now_ + milliseconds(below(8'000));
        trace("stopped", who.number);
      });
    }
    store_away_from_ = chance_time(40'000);
    log_away_from_ = chance_time(50'000);
  }
  bool store_away() const { return now_ >= store_away_from_ && now_ < store_away_from_ + 12s; }
  bool log_away() const { return now_ >= log_away_from_ && now_ < log_away_from_ + 5s; }

  void crash(process& who, const char* why) {
    trace("crash", who.number, why);
    ++who.life;
    who.in_hand.clear();
    who.handles.clear();
    who.keys = core::ordered_keys(2, 4, 500ms);
    who.down_until = now_ + milliseconds(below(4'000));
    if (log_.owner == who.number) log_.owner = -1;
  }

  // ---- the log ----

  void commit(process& who, port::write what, std::function<void(result<port::receipt>)> done) {
    inside_log(who, milliseconds(below(20)), std::move(what), std::move(done));
  }
  void inside_log(process& who, milliseconds delay, port::write what, std::function<void(result<port::receipt>)> done) {
    // Once sent it reaches the log, also when its sender has ended meanwhile.
    after(delay, [this, &who, life = who.life, what = std::move(what), done = std::move(done)] {
      const auto parts = 5U;
      const auto taken = log_away() ? 0 : percent(10) ? below(parts + 1) : parts;
      write_parts(what, taken);
      trace("commit", taken, what.events.size(), what.journal.size(), what.acknowledged.size());
      if (who.life != life) return;
      const bool fine = taken == parts && !percent(3);  // the answer to a whole write may be lost as well
      const auto answer = [fine, done] {
        if (fine) return done(port::receipt{});
        done(error{errc::unavailable, "commit", "", "", {}});
      };
      inside(who, milliseconds(below(percent(5) ? 3'000 : 10)), answer);
      if (percent(5)) inside(who, milliseconds(below(3'000)), answer);
    });
  }

  void write_parts(const port::write& what, std::uint64_t count) {
    std::vector<std::function<void()>> parts{[&] {
                                               for (const auto& one : what.commands) take(one);
                                             },
                                             [&] {
                                               for (const auto& one : what.events) take(one);
                                             },
                                             [&] {
                                               for (const auto& one : what.journal) take(one);
                                             },
                                             [&] {
                                               for (const auto& one : what.retries) take(one);
                                             },
                                             [&] {
                                               for (const auto& one : what.acknowledged) acknowledge(one);
                                             }};
    if (defect_ == defect::acknowledges_first) std::rotate(parts.begin(), parts.end() - 1, parts.end());
    for (std::uint64_t i = 0; i < count; ++i) parts[i]();
  }

  void take(const command_record& command) {
    if (commands_.insert(command.id).second) log_.append(command);
  }
  void take(const event_record& event) {
    if (log_.events.count(event.id) != 0) return;
    const auto shared = std::make_shared<const event_record>(event);
    const auto position = log_.append(event);
    log_.events[event.id] = shared;
    for (std::size_t i = 0; i < subscribers().size(); ++i) {
      if (subscribers()[i].subject == event.subject) log_.pending[i][event.id] = {shared, position, 1, 0, now_, 0, {}};
    }
  }
  void take(const journal_record& record) {
    if (defect_ == defect::forgets_dead_letters && std::holds_alternative<dead_letter_record>(record)) return;
    std::visit(
        [&](const auto& one) {
          log_.append(one);
          if constexpr (requires {
                          one.event;
                          one.subscription;
                        }) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(one)>, attempt_record>) {
              over_.insert({one.event, index_of(one.module)});
            }
          }
        },
        record);
  }
  void take(const retry_record& retry) {
    const auto of = index_of(retry.module);
    const auto waiting = log_.pending[of].find(retry.event);
    if (waiting != log_.pending[of].end() && waiting->second.attempt == retry.attempt) return;  // due already
    log_.retries[of].emplace(retry.event, retry);
  }
  void acknowledge(const port::delivery_token& token) {
    auto& items = log_.pending[token.subscription];
    for (auto at = items.begin(); at != items.end(); ++at) {
      if (at->second.token == token.item && now_ < at->second.deadline) {
        items.erase(at);
        return;
      }
    }
  }

  void fire_retries(std::size_t of) {
    auto& waiting = log_.retries[of];
    for (auto at = waiting.begin(); at != waiting.end();) {
      const auto& retry = at->second;
      if (retry.due > now_ || log_.pending[of].count(retry.event) != 0) {
        ++at;
        continue;
      }
      const auto& event = log_.events.at(retry.event);
      log_.pending[of][retry.event] = {event, position_of(*event), retry.attempt, 0, now_, 0, {}};
      at = waiting.erase(at);
    }
  }
  log_position position_of(const event_record& event) const {
    for (const auto& record : log_.records) {
      const auto* found = std::get_if<event_record>(&record.record);
      if (found != nullptr && found->id == event.id) return record.position;
    }
    return {};
  }

  std::vector<port::delivery> hand_over(process& who, std::size_t of, std::size_t count) {
    fire_retries(of);
    std::vector<item*> ready;
    bool in_work = false;
    for (auto& [id, one] : log_.pending[of]) {
      if (one.token != 0 && now_ < one.deadline) {
        in_work = true;
      } else {
        ready.push_back(&one);
      }
    }
    if (subscribers()[of].ordered && log_.owner != who.number) {
      const bool gone = log_.owner < 0 || !up(*processes_[static_cast<std::size_t>(log_.owner)]);
      if (!gone || in_work) return {};
      log_.owner = who.number;
      trace("owner", who.number);
    }
    std::sort(ready.begin(), ready.end(), [](const item* a, const item* b) { return a->position < b->position; });
    std::vector<port::delivery> given;
    for (auto* one : ready) {
      if (given.size() == count) break;
      one->token = log_.next_token++;
      one->deadline = now_ + ack_wait;
      ++one->handed_over;
      port::delivery delivery;
      delivery.token = {of, one->token};
      delivery.item = one->event;
      delivery.position = one->position;
      delivery.attempt = one->attempt;
      delivery.handed_over = one->handed_over;
      delivery.deadline = one->deadline;
      given.push_back(std::move(delivery));
    }
    return given;
  }
  item* holding(std::size_t of, std::uint64_t token) {
    for (auto& [id, one] : log_.pending[of]) {
      if (one.token == token && now_ < one.deadline) return &one;
    }
    return nullptr;
  }

  // ---- an instance: the thin interpreter of the machines' actions ----

  void pump(int number) {
    auto& who = *processes_[static_cast<std::size_t>(number)];
    if (!up(who) || log_away()) return;
    for (std::size_t of = 0; of < subscribers().size(); ++of) {
      const bool ordered = subscribers()[of].ordered;
      const auto count = ordered ? who.keys.demand(now_) : 1 + below(3);
      auto given = hand_over(who, of, count);
      const auto delay = ordered ? 0ms : milliseconds(below(percent(10) ? 4'000 : 30));
      for (auto& delivery : given) {
        if (!ordered && percent(5)) continue;  // lost on the way
        const bool doubled = !ordered && percent(5);
        if (doubled) inside(who, delay + 5ms, [this, &who, of, delivery] { arrive(who, of, delivery); });
        inside(who, delay + (ordered ? 0ms : milliseconds(below(5))),
               [this, &who, of, delivery] { arrive(who, of, delivery); });
      }
    }
  }

  void arrive(process& who, std::size_t of, const port::delivery& delivery) {
    if (who.in_hand.count(delivery.token.item) != 0 ||
        !seen_.insert({who.number, who.life, delivery.token.item}).second) {
      return;
    }
    auto one = std::make_shared<held>();
    one->delivery = delivery;
    one->of = of;
    who.in_hand[delivery.token.item] = one;
    core::arrived in{delivery.attempt, delivery.handed_over, delivery.deadline};
    if (!subscribers()[of].ordered || defect_ == defect::forgets_order) return feed(who, one, in);
    one->handle = who.next_handle++;
    who.handles[one->handle] = delivery.token.item;
    in.held = true;
    const auto life = who.life;
    feed(who, one, in);
    if (who.life != life || one->state.at == core::delivery_state::phase::done) {
      std::ignore = who.keys.arrived(one->handle, event_of(*one).key, delivery.position, delivery.deadline - ack_wait);
      return obey(who, who.keys.over(one->handle, core::how_over::gone, now_));
    }
    obey(who, who.keys.arrived(one->handle, event_of(*one).key, delivery.position, delivery.deadline - ack_wait));
  }
  static const event_record& event_of(const held& one) {
    return *std::get<std::shared_ptr<const event_record>>(one.delivery.item);
  }

  void obey(process& who, const core::ordered_actions& actions) {
    for (const auto handle : actions.give_back) feed_by_handle(who, handle, core::ending{});
    for (const auto handle : actions.begin) feed_by_handle(who, handle, core::admitted{});
  }
  void feed_by_handle(process& who, core::delivery_handle handle, core::delivery_input input) {
    const auto token = who.handles.find(handle);
    if (token == who.handles.end()) return;
    const auto found = who.in_hand.find(token->second);
    if (found != who.in_hand.end()) feed(who, std::shared_ptr<held>(found->second), std::move(input));
  }

  void tick(int number) {
    auto& who = *processes_[static_cast<std::size_t>(number)];
    if (!up(who)) return;
    const auto life = who.life;
    const auto all = who.in_hand;
    for (const auto& [token, one] : all) {
      if (who.life == life && one->state.at != core::delivery_state::phase::done &&
          now_ >= core::next_tick(one->state)) {
        feed(who, one, core::tick{});
      }
    }
  }

  void feed(process& who, const std::shared_ptr<held>& one, core::delivery_input input) {
    using phase = core::delivery_state::phase;
    const auto before = one->state.at;
    const auto rules = rules_of(subscribers()[one->of]);
    const auto actions = core::step(one->state, rules, std::move(input), now_);
    if (!actions.empty()) trace(who.number, event_of(*one).id.to_string(), one->of, actions);
    if (one->handle != 0 && before == phase::waiting && one->state.at == phase::running) who.keys.resumes(one->handle);
    const auto life = who.life;
    for (const auto& action : actions) {
      perform(who, one, action);
      if (who.life != life) return;
    }
    if (one->handle != 0 && before != phase::waiting && one->state.at == phase::waiting && !one->state.held) {
      obey(who, who.keys.pauses(one->handle));
    }
  }

  void perform(process& who, const std::shared_ptr<held>& one, const core::delivery_action& action) {
    if (const auto* run = std::get_if<core::run>(&action)) {
      run_handler(who, one, run->serial, run->attempt);
    } else if (const auto* alone = std::get_if<core::run_alone>(&action)) {
      run_handler(who, one, alone->serial, alone->attempt);
    } else if (std::holds_alternative<core::extend>(action)) {
      if (percent(10) || log_away()) return;  // lost
      after(milliseconds(below(20)), [this, of = one->of, token = one->delivery.token.item] {
        if (auto* found = holding(of, token)) found->deadline = now_ + ack_wait;
      });
    } else if (const auto* settle = std::get_if<core::settle>(&action)) {
      one->write = {};
      core::handler_yield yield;
      if (std::holds_alternative<core::handled>(settle->what)) yield.published = published_by(*one);
      core::append_settlement(one->write, one->state, {one->delivery, subscribers()[one->of].key, "i"}, yield, now_);
      commit_for(who, one, settle->serial);
    } else if (const auto* again = std::get_if<core::commit_again>(&action)) {
      commit_for(who, one, again->serial);
    } else if (std::holds_alternative<core::release>(action)) {
      if (auto* found = holding(one->of, one->delivery.token.item)) {
        found->token = 0;
        --found->handed_over;
      }
      forget(who, one, core::how_over::gone);
    } else if (std::holds_alternative<core::drop>(action)) {
      forget(who, one, core::how_over::gone);
    } else if (std::holds_alternative<core::finish>(action)) {
      forget(who, one, core::how_over::settled);
    }
  }

  void forget(process& who, const std::shared_ptr<held>& one, core::how_over how) {
    who.in_hand.erase(one->delivery.token.item);
    if (one->handle == 0) return;
    who.handles.erase(one->handle);
    obey(who, who.keys.over(one->handle, how, now_));
  }

  void commit_for(process& who, const std::shared_ptr<held>& one, std::uint32_t serial) {
    commit(who, one->write, [this, &who, one, serial](result<port::receipt> receipt) {
      if (receipt) return feed(who, one, core::committed{serial});
      feed(who, one, core::commit_failed{serial, receipt.error()});
    });
  }

  // Three events, one of them twice, in an order that differs from run to run: the ids have to be the same.
  std::vector<event_record> published_by(const held& one) {
    if (one.of != 0) return {};
    const auto& cause = event_of(one);
    std::vector<event_record> made(4);
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i].subject = i == 0 ? "Blog.noted" : "Blog.updated";
      made[i].command = cause.command;
      made[i].parents = {cause.id};
      made[i].module = "Blog";
      made[i].subscription = "update";
      made[i].data.text = i == 1 ? "{\"n\":1}" : "{\"n\":2}";
    }
    std::swap(made[0], made[below(4)]);
    core::assign_ids(made);
    for (auto& event : made) {
      event.key = std::to_string(cause.command.bytes()[11] % 3);
      event.time = now_;
      if (defect_ == defect::draws_ids) event.id = event_id{core::fresh_command_id(now_, draw())};
    }
    return made;
  }

  void run_handler(process& who, const std::shared_ptr<held>& one, std::uint32_t serial, std::uint32_t attempt) {
    const auto& event = event_of(*one);
    ++runs_[{event.id, one->of}];
    if (subscribers()[one->of].ordered) check_order(event, one->delivery.position);
    const auto poison = event.id.bytes()[11];
    if (one->of == 1 && poison % 16 == 0 && now_ < work_ends) return crash(who, "poison");
    core::handler_failed failed{.serial = serial, .why = {"failure", "Test Error!!", ""}};
    const bool hopeless = one->of == 1 && poison % 5 == 0 && now_ < work_ends;
    if (!hopeless && percent(4)) return;  // hangs for ever
    const auto takes = milliseconds(below(percent(10) ? 5'800 : 200));
    if (hopeless || percent(20)) {
      const auto kind = below(10);
      if (!hopeless && kind == 0) failed.kind = core::failure_kind::permanent;
      if (kind == 1) failed.kind = core::failure_kind::environment;
      if (kind == 2) failed.kind = core::failure_kind::retry_after;
      if (kind == 3 && !hopeless) failed.kind = core::failure_kind::newer_version;
      if (now_ >= trouble_ends) failed.kind = core::failure_kind::ordinary;
      failed.delay = 700ms;
      failed.random = static_cast<double>(below(1000)) / 999.0;
      trace("fails", attempt);
      inside(who, takes, [this, &who, one, failed] { feed(who, one, failed); });
      return;
    }
    inside(who, takes, [this, &who, one, serial] { feed(who, one, core::handler_succeeded{serial}); });
    if (percent(5))
      inside(who, takes + 900ms, [this, &who, one, serial] { feed(who, one, core::handler_succeeded{serial}); });
  }

  void check_order(const event_record& event, log_position position) {
    for (const auto& record : log_.records) {
      if (record.position >= position) break;
      const auto* earlier = std::get_if<event_record>(&record.record);
      if (earlier == nullptr || earlier->subject != event.subject || earlier->key != event.key) continue;
      if (over_.count({earlier->id, 2}) == 0)
        violated("8: " + event.id.to_string() + " began before " + earlier->id.to_string());
    }
  }

  // ---- commands ----

  void accept_command(int number) {
    auto& who = *processes_[below(instances)];
    if (!up(who)) return;
    command_record command;
    command.id = core::fresh_command_id(now_, draw() << 8U | static_cast<std::uint64_t>(number));
    port::write what;
    what.commands.push_back(command);
    commit(who, what, [this, &who, command, asked = false](result<port::receipt> receipt) mutable {
      if (!receipt || std::exchange(asked, true) || !accepted_.insert(command.id).second) return;
      event_record event;
      event.subject = "User.updated";
      event.command = command.id;
      event.parents = {command.id};
      event.module = "User";
      event.key = "u";
      std::vector<event_record> events{event};
      core::assign_ids(events);
      publish(who, events[0]);
    });
  }
  void publish(process& who, const event_record& event) {
    port::write what;
    what.events.push_back(event);
    commit(who, what, [this, &who, event](result<port::receipt> receipt) {
      if (receipt) {
        accepted_events_.insert(event.id);
      } else {
        inside(who, 500ms, [this, &who, event] { publish(who, event); });
      }
    });
  }

  // ---- the recorder, and the dead letters' retries ----

  void record() {
    if (store_away()) return;
    std::vector<port::positioned_change> changes;
    auto reached = recorded_;
    const auto count = 1 + below(40);
    for (auto at = reached; at < log_.records.size() && at < reached + count; ++at) {
      core::project(log_.records[at].record, log_.records[at].position, changes);
    }
    reached = std::min<std::size_t>(reached + count, log_.records.size());
    if (defect_ == defect::recorder_skips_ahead) recorded_ = reached;
    if (percent(10)) return;  // crashed before the store had it
    for (const auto& change : changes) store_.apply(change);
    if (percent(10)) return;  // crashed after it, before that was noted
    recorded_ = reached;
  }

  // Asked for twice each: the subscription must get it once, and nobody else.
  void retry_dead_letters() {
    runs_.clear();
    for (const auto& [id, event] : log_.events) known_.insert(id);  // what a retried handler publishes comes after
    for (const auto& [id, letter] : store_.letters) {
      if (letter.status != dead_letter_status::open) continue;
      for (const auto& record : log_.records) {
        const auto* found = std::get_if<dead_letter_record>(&record.record);
        if (found == nullptr || found->id != id) continue;
        retried_[{found->event, index_of(found->module)}] = id;
        const retry_record retry{found->event,        found->command,      found->module,
                                 found->subscription, found->attempts + 1, now_};
        take(retry);
        take(retry);
        break;
      }
    }
    for (const auto& [pair, id] : retried_)
      log_.append(dead_letter_change{id, dead_letter_status::retrying, now_, "test"});
  }

  // ---- the guarantees ----

  void check() {
    model_store reference;
    std::set<event_id> in_log;
    std::map<event_id, std::map<std::string, int>> published;
    for (const auto& record : log_.records) {
      for (const auto& change : core::project(record.record)) reference.apply({record.position, change});
      const auto* event = std::get_if<event_record>(&record.record);
      if (event == nullptr) continue;
      if (!in_log.insert(event->id).second) violated("1: doubled in the log: " + event->id.to_string());
      if (event->module == "Blog") ++published[event_id{event->parents[0]}][event->subject + event->data.text];
    }
    if (!(reference == store_)) violated("4: the store is not what a sequential projection gives");
    for (const auto& id : accepted_) {
      if (store_.commands.count(id) == 0) violated("1: command not in the store: " + id.to_string());
    }
    for (const auto& id : accepted_events_) {
      if (store_.events.count(id) == 0) violated("1: event not in the store: " + id.to_string());
    }
    for (const auto& [id, event] : log_.events) {
      for (std::size_t of = 0; of < subscribers().size(); ++of) {
        if (subscribers()[of].subject != event->subject) continue;
        const auto& module = subscribers()[of].key.module;
        const bool handled = store_.outcomes.count(id.to_string() + module) != 0;
        const auto letter = core::derive_dead_letter_id(id, module, subscribers()[of].key.name);
        if (!handled && store_.letters.count(letter) == 0)
          violated("2: neither handled nor dead: " + id.to_string() + module);
      }
    }
    for (const auto& [cause, kinds] : published) {
      for (const auto& [kind, count] : kinds) {
        const int expected = kind == "Blog.updated{\"n\":2}" ? 2 : 1;
        if (count > expected) violated("2: published " + std::to_string(count) + " times: " + kind);
      }
    }
    for (std::size_t of = 0; of < subscribers().size(); ++of) {
      if (!log_.pending[of].empty() || !log_.retries[of].empty())
        violated("6: pending for ever in " + subscribers()[of].key.module);
    }
    for (const auto& [pair, count] : runs_) {
      if (known_.count(pair.first) == 0) continue;
      if (retried_.count(pair) == 0) violated("7: a retry reached another subscription");
      if (count != 1) violated("7: retried " + std::to_string(count) + " times");
    }
    for (const auto& [pair, id] : retried_) {
      if (runs_.count(pair) == 0) violated("7: never retried");
      if (store_.letters[id].status != dead_letter_status::resolved) violated("7: not resolved by its success");
    }
  }

  std::uint64_t random_;
  defect defect_;
  verdict result_{{}, 0xcbf29ce484222325U, 0};
  timestamp now_;
  std::uint64_t turns_ = 0;
  std::priority_queue<task> queue_;
  timestamp store_away_from_, log_away_from_;
  model_log log_;
  model_store store_;
  std::size_t recorded_ = 0;
  std::vector<std::unique_ptr<process>> processes_;
  std::set<std::tuple<int, std::uint32_t, std::uint64_t>> seen_;
  std::set<command_id> commands_, accepted_;
  std::set<event_id> accepted_events_, known_;
  std::set<std::pair<event_id, std::size_t>> over_;  // handled or dead-lettered, as the journal has it
  std::map<std::pair<event_id, std::size_t>, int> runs_;
  std::map<std::pair<event_id, std::size_t>, dead_letter_id> retried_;
};

}  // namespace

verdict simulate(std::uint64_t seed, defect with) {
  return world(seed, with).run();
}

}  // namespace evd::simulation
