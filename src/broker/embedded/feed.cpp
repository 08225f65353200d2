#include "broker/embedded/feed.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <evd/subject.hpp>

#include "sqlite/error.hpp"

namespace evd::broker_embedded {
namespace {

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::size_t bytes_of(const candidate& what) {
  if (const auto* event = std::get_if<std::shared_ptr<const event_record>>(&what.content)) {
    return (*event)->data.text.size() + 200;
  }
  return 200;
}

}  // namespace

feed::feed(feed_environment& environment, std::int64_t number, const subscription_record& what, std::int64_t cursor)
    : env_(environment),
      number_(number),
      kind_(what.kind),
      filters_(what.kind == subscription_kind::command ? std::vector<std::string>{} : what.filters),
      ack_wait_(what.ack_wait),
      scanned_(cursor) {}

bool feed::wants(std::string_view subject) const {
  return std::any_of(filters_.begin(), filters_.end(), [&](const auto& filter) { return matches(filter, subject); });
}

// ---- consumers ----

std::uint64_t feed::add_consumer(port::delivery_sink sink) {
  const std::lock_guard hold{mutex_};
  takers_.push_back({next_taker_, 0, false, std::make_shared<port::delivery_sink>(std::move(sink))});
  return next_taker_++;
}

void feed::request(std::uint64_t consumer, std::size_t count) {
  {
    const std::lock_guard hold{mutex_};
    for (auto& each : takers_) {
      if (each.number == consumer && !each.stopped) each.demand += count;
    }
  }
  (void)dispatch();
}

void feed::extend(std::span<const port::delivery_token> tokens) {
  std::vector<lease_key> keys;
  const auto until = lease_clock::now() + ack_wait_;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& token : tokens) {
      const auto held = in_work_.find(item_of(token));
      if (held == in_work_.end() || (held->second.handed_over & 0xffffU) != handed_over_of(token)) continue;
      held->second.deadline = until;
      keys.push_back({token.subscription, held->first.lease_item()});
    }
  }
  // Should it fail, the lease lapses: the delivery comes again, which at-least-once allows.
  (void)sqlite::guarded([&] { env_.leases.extend(env_.owner, keys, until); });
}

void feed::release(std::span<const port::delivery_token> tokens) {
  std::vector<lease_key> keys;
  std::vector<candidate> back;
  {
    const std::lock_guard hold{mutex_};
    for (const auto& token : tokens) {
      const auto held = in_work_.find(item_of(token));
      if (held == in_work_.end() || (held->second.handed_over & 0xffffU) != handed_over_of(token)) continue;
      keys.push_back({token.subscription, held->first.lease_item()});
      back.push_back(std::move(held->second.what));
      leaves_work(held->first);
      in_work_.erase(held);
      being_picked_.emplace_back(back.back().sequence, back.back().name);
    }
  }
  (void)sqlite::guarded([&] { env_.leases.give_back(env_.owner, keys, lease_table::return_as::not_begun); });
  {
    const std::lock_guard hold{mutex_};
    for (auto& each : back) {
      std::erase(being_picked_, order_key{each.sequence, each.name});
      again(std::move(each));
    }
  }
  if (!keys.empty()) env_.wake_others();
  (void)dispatch();
}

void feed::stop(std::uint64_t consumer, std::function<void()> done) {
  bool run_now = false;
  bool give_up = false;
  {
    const std::lock_guard hold{mutex_};
    for (auto& each : takers_) {
      if (each.number != consumer) continue;
      each.stopped = true;
      each.demand = 0;
    }
    if (owner_ && std::all_of(takers_.begin(), takers_.end(), [](const taker& each) { return each.stopped; })) {
      owner_ = clear_ = false;
      give_up = true;
    }
    run_now = !dispatching_;
    if (!run_now && done) after_round_.push_back(std::exchange(done, {}));
  }
  if (give_up) {
    const lease_key own{static_cast<std::uint64_t>(number_), ownership};
    (void)sqlite::guarded([&] {
      env_.leases.give_back(env_.owner, std::span{&own, 1}, lease_table::return_as::settled);
    });
    env_.wake_others();
  }
  if (run_now && done) done();
  (void)dispatch();
}

void feed::remove_consumer(std::uint64_t consumer) {
  stop(consumer, {});
  std::vector<lease_key> keys;
  {
    std::unique_lock hold{mutex_};
    if (dispatching_ && dispatcher_ != std::this_thread::get_id()) {
      const auto round = rounds_;
      round_over_.wait(hold, [&] { return !dispatching_ || rounds_ != round; });
    }
    std::erase_if(takers_, [&](const taker& each) { return each.number == consumer; });
    for (auto held = in_work_.begin(); held != in_work_.end();) {
      if (held->second.taker != consumer) {
        ++held;
        continue;
      }
      keys.push_back({static_cast<std::uint64_t>(number_), held->first.lease_item()});
      again(std::move(held->second.what));
      leaves_work(held->first);
      held = in_work_.erase(held);
    }
  }
  (void)sqlite::guarded([&] { env_.leases.give_back(env_.owner, keys, lease_table::return_as::begun); });
  if (!keys.empty()) env_.wake_others();
  (void)dispatch();
}

// ---- the writer ----

void feed::append(std::int64_t before, std::int64_t after, std::vector<appended_event> events) {
  const std::lock_guard hold{mutex_};
  if (scanned_ >= after) return;
  const bool room_left = ready_.size() < ready_limit && ready_bytes_ < ready_bytes_limit;
  const bool has_takers = std::any_of(takers_.begin(), takers_.end(), [](const taker& each) { return !each.stopped; });
  if (scanned_ != before || !room_left || (!has_takers && !events.empty())) {
    behind_ = true;
    news_ = news_ || !events.empty();
    return;
  }
  scanned_ = after;
  behind_ = false;
  if (events.empty()) return;
  news_ = true;
  for (auto& each : events) {
    const id item = each.event->id;
    ready_.push_back({{false, each.sequence}, each.sequence, item, 0, std::move(each.event)});
    ready_bytes_ += bytes_of(ready_.back());
  }
}

void feed::due_at(timestamp when) {
  const std::lock_guard hold{mutex_};
  next_due_ = std::min(next_due_, when);
  news_ = true;
}

std::optional<id> feed::item_in_work(port::delivery_token token) {
  const std::lock_guard hold{mutex_};
  const auto held = in_work_.find(item_of(token));
  if (held == in_work_.end() || (held->second.handed_over & 0xffffU) != handed_over_of(token)) return std::nullopt;
  return held->second.what.item;
}

void feed::settled(std::span<const port::delivery_token> tokens, std::vector<lease_key>& leases) {
  const std::lock_guard hold{mutex_};
  for (const auto& token : tokens) {
    const auto name = item_of(token);
    leaves_work(name);
    // It may have lapsed while the transaction that settles it was being written.
    if (in_work_.erase(name) == 0) std::erase_if(again_, [&](const auto& each) { return each.first.second == name; });
    leases.push_back({token.subscription, name.lease_item()});
  }
  if (kind_ == subscription_kind::ordered) news_ = true;
}

// ---- the engine's thread ----

lease_clock::time_point feed::tend(bool looked) {
  const auto present = lease_clock::now();
  lapse(present);
  if (looked) revisit();
  load_due();
  const bool more = scan();
  if (auto handed_out = dispatch(); !handed_out) throw failure_exception(std::move(handed_out).error());
  const std::lock_guard hold{mutex_};
  if (more && room() > 0) return lease_clock::time_point::min();
  return next_need();
}

// When the engine's thread is needed next.
lease_clock::time_point feed::next_need() const {
  const auto present = lease_clock::now();
  if (demand() == 0) return next_lapse_;
  if (behind_ && !filters_.empty() && room() > 0) return present;
  const auto system = now();
  if (next_due_ <= system) return present;
  if (next_due_ - system > std::chrono::hours{1}) return next_lapse_;
  return std::min(next_lapse_, present + (next_due_ - system));
}

void feed::lapse(lease_clock::time_point present) {
  const std::lock_guard hold{mutex_};
  if (present < next_lapse_) return;
  next_lapse_ = lease_clock::time_point::max();
  for (auto held = in_work_.begin(); held != in_work_.end();) {
    if (held->second.deadline > present) {
      next_lapse_ = std::min(next_lapse_, held->second.deadline);
      ++held;
      continue;
    }
    again(std::move(held->second.what));
    leaves_work(held->first);
    held = in_work_.erase(held);
  }
}

void feed::revisit() {
  std::map<item_name, std::pair<std::int64_t, id>> there;
  {
    const std::lock_guard hold{mutex_};
    // Another process may have written.
    behind_ = true;
    next_due_ = timestamp::min();
    if (demand() == 0) return;
    there = elsewhere_;
  }
  std::vector<std::pair<item_name, std::optional<candidate>>> back;
  for (const auto& [name, what] : there) {
    const auto held = env_.leases.find({static_cast<std::uint64_t>(number_), name.lease_item()});
    if (held && held->owner != 0 && held->owner != env_.owner) continue;
    if (env_.reader.is_settled(number_, name, what.second)) {
      back.emplace_back(name, std::nullopt);
    } else {
      // A row of `waiting` is found again by its due time.
      back.emplace_back(name, name.is_waiting ? std::nullopt : env_.reader.load_event(name.number));
    }
  }
  const std::lock_guard hold{mutex_};
  for (auto& [name, what] : back) {
    elsewhere_.erase(name);
    if (what) again(std::move(*what));
  }
}

void feed::load_due() {
  std::size_t limit = 0;
  const auto present = now();
  {
    const std::lock_guard hold{mutex_};
    if (demand() == 0 || present < next_due_) return;
    const auto known =
        std::count_if(in_work_.begin(), in_work_.end(), [](const auto& e) { return e.first.is_waiting; }) +
        std::count_if(again_.begin(), again_.end(), [](const auto& e) { return e.second.name.is_waiting; }) +
        std::count_if(elsewhere_.begin(), elsewhere_.end(), [](const auto& e) { return e.first.is_waiting; });
    limit = std::min(demand(), deliveries_a_round) + static_cast<std::size_t>(known);
  }
  const auto rows = env_.reader.due(number_, present, limit);
  std::vector<candidate> found;
  for (const auto& row : rows) {
    {
      const std::lock_guard hold{mutex_};
      if (knows({true, row.number})) continue;
    }
    if (auto what = env_.reader.load(row)) found.push_back(std::move(*what));
  }
  const auto next = rows.size() < limit ? env_.reader.next_due(number_, present) : std::optional{present};
  const std::lock_guard hold{mutex_};
  next_due_ = next.value_or(timestamp::max());
  for (auto& each : found) again(std::move(each));
}

bool feed::scan() {
  std::int64_t from = 0;
  std::size_t wanted = 0;
  {
    const std::lock_guard hold{mutex_};
    if (!behind_ || filters_.empty()) return false;
    wanted = room();
    if (wanted == 0) return false;
    from = scanned_;
  }
  auto chunk = env_.reader.scan(number_, filters_, from, wanted);
  const std::lock_guard hold{mutex_};
  if (scanned_ != from) return true;  // the writer was faster
  scanned_ = chunk.upto;
  behind_ = !chunk.at_end;
  for (auto& each : chunk.found) {
    ready_bytes_ += bytes_of(each);
    ready_.push_back(std::move(each));
  }
  return behind_;
}

std::int64_t feed::floor() {
  const std::lock_guard hold{mutex_};
  auto lowest = scanned_ + 1;
  const auto below = [&](std::int64_t sequence) { lowest = std::min(lowest, sequence); };
  if (!ready_.empty()) below(ready_.front().sequence);
  for (const auto& [key, what] : again_) {
    if (!what.name.is_waiting) below(key.first);
  }
  for (const auto& [name, held] : in_work_) {
    if (!name.is_waiting) below(held.what.sequence);
  }
  for (const auto& [name, what] : elsewhere_) {
    if (!name.is_waiting) below(what.first);
  }
  for (const auto& [sequence, name] : being_picked_) {
    if (!name.is_waiting) below(sequence);
  }
  return lowest - 1;
}

// ---- handing out; REQUIRES: mutex_ held, unless said otherwise ----

std::size_t feed::demand() const {
  std::size_t sum = 0;
  for (const auto& each : takers_) sum += each.demand;
  return sum;
}

// How much more may be read from the file: what is asked for and not there yet.
std::size_t feed::room() const {
  const auto there = ready_.size() + again_.size();
  const auto wanted = std::min(demand(), ready_limit);
  if (ready_bytes_ >= ready_bytes_limit) return 0;
  return wanted > there ? wanted - there : 0;
}

void feed::again(candidate what) {
  const order_key key{what.sequence, what.name};
  again_.insert_or_assign(key, std::move(what));
}

void feed::leaves_work(const item_name& name) {
  if (suspect_ != name) return;
  suspect_.reset();
  let_another_suspect_in();
}

void feed::let_another_suspect_in() {
  env_.suspect_in_work = false;
  env_.poke(lease_clock::time_point::min());
}

bool feed::knows(const item_name& name) const {
  return in_work_.count(name) > 0 || elsewhere_.count(name) > 0 ||
         std::any_of(again_.begin(), again_.end(), [&](const auto& e) { return e.first.second == name; }) ||
         std::any_of(being_picked_.begin(), being_picked_.end(), [&](const auto& e) { return e.second == name; });
}

feed::picked feed::pick() {
  picked result;
  const auto limit = std::min(demand(), deliveries_a_round);
  const bool ordered = kind_ == subscription_kind::ordered;
  std::vector<taker*> open;
  for (auto& each : takers_) {
    if (!each.stopped && (each.demand > 0 || ordered)) open.push_back(&each);
  }
  if (ordered && !open.empty()) {
    // The first consumer is the owner; what another one still has in work comes before anything new.
    open.resize(1);
    const bool clear = std::all_of(in_work_.begin(), in_work_.end(),
                                   [&](const auto& held) { return held.second.taker == open.front()->number; });
    if (!clear || open.front()->demand == 0) return result;
  }
  while (result.items.size() < limit && !open.empty()) {
    candidate next;
    const bool from_ready =
        !ready_.empty() && (again_.empty() || ready_.front().sequence < again_.begin()->first.first);
    if (from_ready) {
      next = std::move(ready_.front());
      ready_.pop_front();
      ready_bytes_ -= bytes_of(next);
    } else if (!again_.empty()) {
      next = std::move(again_.begin()->second);
      again_.erase(again_.begin());
    } else {
      break;
    }
    auto& who = *open[turn_++ % open.size()];
    result.takers.push_back(who.number);
    if (--who.demand == 0) open.erase(std::find(open.begin(), open.end(), &who));
    being_picked_.emplace_back(next.sequence, next.name);
    result.items.push_back(std::move(next));
  }
  return result;
}

// Whether an ordered subscription's deliveries may leave this process. Called without mutex_.
bool feed::may_own() {
  bool owns = false;
  {
    const std::lock_guard hold{mutex_};
    if (kind_ != subscription_kind::ordered || (owner_ && clear_)) return true;
    if (demand() == 0) return false;
    owns = owner_;
  }
  if (!owns) {
    const auto mine = env_.leases.claim(env_.owner, static_cast<std::uint64_t>(number_), std::span{&ownership, 1},
                                        lease_clock::time_point{std::chrono::hours{24 * 365 * 100}});
    owns = mine.front() > 0;
  }
  const bool clear = owns && !env_.leases.others_hold(env_.owner, static_cast<std::uint64_t>(number_));
  const std::lock_guard hold{mutex_};
  owner_ = owns;
  clear_ = clear;
  return owner_ && clear_;
}

result<void> feed::dispatch() {
  {
    const std::lock_guard hold{mutex_};
    if (dispatching_) {
      dispatch_again_ = true;
      return {};
    }
    dispatching_ = true;
    dispatcher_ = std::this_thread::get_id();
  }
  std::unique_lock hold{mutex_, std::defer_lock};
  result<void> done;
  for (;;) {
    bool any = false;
    done = sqlite::guarded([&] {
      const bool allowed = may_own();
      hold.lock();
      dispatch_again_ = false;
      any = allowed && deliver(hold);
    });
    if (!hold.owns_lock()) hold.lock();
    ++rounds_;
    round_over_.notify_all();
    auto after = std::exchange(after_round_, {});
    if (after.empty() && (!done || (!any && !dispatch_again_))) break;
    hold.unlock();
    for (const auto& each : after) each();
  }
  dispatching_ = false;
  dispatcher_ = {};
  const auto need = next_need();
  hold.unlock();
  round_over_.notify_all();
  if (need != lease_clock::time_point::max()) env_.poke(need);
  return done;
}

bool feed::deliver(std::unique_lock<std::mutex>& hold) {
  auto work = pick();
  if (work.items.empty()) return false;
  hold.unlock();

  const auto until = lease_clock::now() + ack_wait_;
  const timestamp deadline = now() + ack_wait_;
  const auto subscription = static_cast<std::uint64_t>(number_);
  std::vector<std::uint64_t> names;
  names.reserve(work.items.size());
  for (const auto& each : work.items) names.push_back(each.name.lease_item());
  std::vector<std::uint32_t> claims(names.size(), 0);
  std::vector<bool> settled(names.size(), false);
  std::vector<lease_key> not_needed;
  bool takes_suspect = false;
  const auto claimed = sqlite::guarded([&] {
    claims = env_.leases.claim(env_.owner, subscription, names, until,
                               [&] { return !env_.suspect_in_work.exchange(true) && (takes_suspect = true); });
    const bool alone = env_.leases.always_alone();
    for (std::size_t at = 0; at < names.size(); ++at) {
      auto& item = work.items[at];
      if (claims[at] == 0 || claims[at] == lease_table::not_now) continue;
      // It may have been settled between our reading and our claim: by another process, or, where it was read as a row
      // of `waiting` that was in work here, by this one.
      const bool may_be_settled = !alone || claims[at] > 1 || item.name.is_waiting;
      if (may_be_settled && env_.checks.is_settled(number_, item.name, item.item)) {
        settled[at] = true;
        not_needed.push_back({subscription, names[at]});
        continue;
      }
      if (item.attempt == 0) {
        const bool counted = claims[at] > 1 || kind_ == subscription_kind::ordered;
        item.attempt = counted ? 1 + env_.checks.failed_attempts(number_, item.item) : 1;
      }
    }
    env_.leases.give_back(env_.owner, not_needed, lease_table::return_as::settled);
  });

  hold.lock();
  std::map<std::uint64_t, std::vector<port::delivery>> given;
  std::vector<lease_key> returned;
  bool any = false;
  bool behind_a_suspect = false;  // ordered: what follows one that has to wait waits too
  for (std::size_t at = 0; at < names.size(); ++at) {
    auto& item = work.items[at];
    const auto who =
        std::find_if(takers_.begin(), takers_.end(), [&](const taker& each) { return each.number == work.takers[at]; });
    const auto sequence = item.sequence;
    std::erase(being_picked_, order_key{sequence, item.name});
    const bool gone = who == takers_.end() || who->stopped;
    if (claimed && (claims[at] == lease_table::not_now || (behind_a_suspect && !settled[at]))) {
      if (!gone) ++who->demand;
      if (claims[at] != lease_table::not_now && claims[at] > 0) returned.push_back({subscription, names[at]});
      behind_a_suspect = kind_ == subscription_kind::ordered;
      again(std::move(item));
      continue;
    }
    any = true;
    if (claimed && claims[at] > 0 && !settled[at] && !gone) {
      port::delivery one_delivery;
      one_delivery.token = make_token(number_, item.name, claims[at]);
      one_delivery.item = item.content;
      one_delivery.position = {env_.epoch, static_cast<std::uint64_t>(sequence)};
      one_delivery.attempt = item.attempt;
      one_delivery.handed_over = claims[at];
      one_delivery.deadline = deadline;
      given[who->number].push_back(std::move(one_delivery));
      const auto name = item.name;
      if (claims[at] >= suspect_from) suspect_ = name;
      in_work_.insert_or_assign(name, holding{std::move(item), who->number, claims[at], until});
      continue;
    }
    if (!gone) ++who->demand;
    if (settled[at]) continue;
    // Also where the claim was made and what followed failed: it counts against nobody.
    if (claims[at] > 0 && claims[at] != lease_table::not_now) returned.push_back({subscription, names[at]});
    if (claimed && claims[at] == 0) {
      elsewhere_.insert_or_assign(item.name, std::pair{sequence, item.item});
    } else {
      again(std::move(item));
    }
  }
  if (takes_suspect && !suspect_) let_another_suspect_in();  // it was settled, or its consumer has gone
  next_lapse_ = std::min(next_lapse_, until);
  std::vector<std::pair<std::shared_ptr<port::delivery_sink>, std::vector<port::delivery>>> calls;
  for (auto& each : given) {
    const auto asked = std::find_if(takers_.begin(), takers_.end(),
                                    [number = each.first](const taker& one) { return one.number == number; });
    if (asked != takers_.end()) calls.emplace_back(asked->sink, std::move(each.second));
  }
  hold.unlock();
  for (auto& [sink, deliveries] : calls) (*sink)(std::move(deliveries));
  env_.leases.give_back(env_.owner, returned, lease_table::return_as::not_begun);
  hold.lock();
  if (!claimed) throw failure_exception(claimed.error());
  return any;
}

}  // namespace evd::broker_embedded
