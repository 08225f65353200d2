#include "broker/embedded/engine.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"

namespace evd::broker_embedded {
namespace {

using namespace std::chrono_literals;

/// The engine's thread looks at the file at least so often: a datagram may have been lost.
constexpr auto look_every = 1s;
constexpr auto keep_cursors_every = 2s;
constexpr std::size_t promoted_at_once = 500;

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string leases_path(const std::string& path) {
  return path + "-leases";
}
std::string peers_folder(const std::string& path) {
  return path + "-peers";
}

store_embedded::file_options file_of(const embedded_options& options) {
  return {
      options.path,
      options.durability == durability::power ? store_embedded::synchronous::full : store_embedded::synchronous::normal,
      options.busy};
}

std::unique_ptr<log_reader> make_reader(const embedded_options& options) {
  return std::make_unique<log_reader>(store_embedded::open_for_reading(options.path, options.busy));
}

class embedded_consumer final : public port::consumer {
 public:
  embedded_consumer(std::shared_ptr<feed> of, std::uint64_t number) : feed_(std::move(of)), number_(number) {}
  ~embedded_consumer() override { feed_->remove_consumer(number_); }
  void request(std::size_t count) override { feed_->request(number_, count); }
  void extend(std::span<const port::delivery_token> tokens) override { feed_->extend(tokens); }
  void release(std::span<const port::delivery_token> tokens) override { feed_->release(tokens); }
  void stop(std::function<void()> done) override { feed_->stop(number_, std::move(done)); }

 private:
  const std::shared_ptr<feed> feed_;
  const std::uint64_t number_;
};

}  // namespace

engine::engine(const embedded_options& options)
    : options_(options),
      writer_(std::make_unique<writer>(
          options, file_of(options),
          writer::deliveries{
              [this](port::delivery_token token) -> std::optional<id> {
                const auto of = feed_of(token.subscription);
                return of ? of->item_in_work(token) : std::nullopt;
              },
              [this](std::int64_t subscription, std::int64_t number) {
                const item_name item{true, number};
                const auto held = leases_.find({static_cast<std::uint64_t>(subscription), item.lease_item()});
                return held && held->owner != 0;
              }})),
      leases_(leases_path(options.path),
              [folder = peers_folder(options.path)](std::uint32_t owner) { return is_peer_alive(folder, owner); }),
      owner_(leases_.join()),
      peers_(peers_folder(options.path), owner_, options.instance),
      reader_(make_reader(options)),
      checks_(make_reader(options)),
      records_(std::make_unique<record_reader>(store_embedded::open_for_reading(options.path, options.busy))),
      event_descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  environment_ = std::make_unique<feed_environment>(
      feed_environment{leases_, *reader_, *checks_, owner_, reader_->epoch(), suspect_in_work_,
                       [this](lease_clock::time_point by) { poke(by); }, [this] { peers_.wake(); }});
  leases_.peers_changed();
  peers_.refresh();
  peers_.wake();
  queue_ = std::make_unique<commit_queue>(
      commit_queue::steps{[this](std::span<pending_write> group) { return run_group(group); },
                          [this](const group_result& result) { after_commit(result); }},
      options.durability == durability::process ? commit_queue::leading::caller_when_idle
                                                : commit_queue::leading::own_thread);
  thread_ = std::thread([this] { run(); });
}

engine::~engine() {
  stopping_ = true;
  poke(lease_clock::time_point::min());
  thread_.join();
  cursors_kept_at_ = {};
  keep_cursors();
  queue_.reset();
  (void)sqlite::guarded([&] { leases_.peers_changed(); });
  ::close(event_descriptor_);
}

// ---- writing ----

void engine::commit(port::write what, port::committed done) {
  pending_write pending;
  pending.events.reserve(what.events.size());
  for (auto& event : what.events) pending.events.push_back(std::make_shared<const event_record>(std::move(event)));
  what.events.clear();
  pending.write = std::move(what);
  pending.done = std::move(done);
  queue_->add(std::move(pending));
}

group_result engine::run_group(std::span<pending_write> group) {
  auto result = writer_->run(group);
  // Still the leader: feeds get events in the order of the log.
  if (result.wrote) hand_over(result);
  return result;
}

const std::vector<feed*>& engine::route(const std::string& subject) {
  if (routes_stale_.exchange(false)) routes_.clear();
  if (const auto known = routes_.find(subject); known != routes_.end()) return known->second;
  // Subjects are event types: thousands at the most, unless somebody abuses them.
  if (routes_.size() > 10'000) routes_.clear();
  auto& to = routes_[subject];
  for (const auto& each : all_feeds()) {
    if (each->wants(subject)) to.push_back(each.get());
  }
  return to;
}

void engine::hand_over(const group_result& result) {
  std::vector<lease_key> leases;
  for (auto from = result.settled.begin(); from != result.settled.end();) {
    const auto to = std::find_if(from, result.settled.end(),
                                 [&](const auto& token) { return token.subscription != from->subscription; });
    if (const auto of = feed_of(from->subscription)) of->settled({from, to}, leases);
    from = to;
  }
  (void)sqlite::guarded([&] { leases_.give_back(owner_, leases, lease_table::return_as::settled); });

  std::map<feed*, std::vector<appended_event>> events;
  for (const auto& each : result.appended) {
    for (auto* to : route(each.event->subject)) events[to].push_back(each);
  }
  for (const auto& each : all_feeds()) {
    const auto own = events.find(each.get());
    each->append(result.before, result.after, own == events.end() ? std::vector<appended_event>{} : own->second);
  }
  for (const auto& notice : result.waiting) {
    if (notice.subscription == 0) {
      delayed_noticed_ = true;
      poke(lease_clock::time_point::min());
    } else if (const auto of = feed_of(static_cast<std::uint64_t>(notice.subscription))) {
      of->due_at(notice.due);
    }
  }
}

void engine::after_commit(const group_result& result) {
  for (const auto& each : all_feeds()) {
    if (each->take_news()) (void)each->dispatch();  // what fails here is tried again by the engine's thread
  }
  if (result.after != result.before) notify_append();
  peers_.wake();
}

// ---- subscriptions ----

std::vector<std::shared_ptr<feed>> engine::all_feeds() {
  const std::shared_lock hold{feeds_mutex_};
  std::vector<std::shared_ptr<feed>> all;
  all.reserve(feeds_.size());
  for (const auto& [number, each] : feeds_) all.push_back(each);
  return all;
}

std::shared_ptr<feed> engine::feed_of(std::uint64_t number) {
  const std::shared_lock hold{feeds_mutex_};
  const auto found = feeds_.find(number);
  return found == feeds_.end() ? nullptr : found->second;
}

result<std::shared_ptr<feed>> engine::feed_for(const subscription_record& what) {
  std::int64_t number = 0;
  std::int64_t cursor = 0;
  bool compatible = true;
  std::optional<error> failed;
  pending_write pending;
  pending.also = [&](writer& to) {
    number = to.projection().subscription_number(what.module, what.name);
    sqlite::statement known{to.db(), "SELECT kind FROM subscriptions WHERE number=?"};
    {
      auto rows = known.query(number);
      compatible = !rows.next() || rows.is_null(0) || static_cast<subscription_kind>(rows.integer(0)) == what.kind;
    }
    if (!compatible) return;
    const auto filters = to_json(what.filters);
    sqlite::statement{to.db(),
                      "UPDATE subscriptions SET kind=?2, filters=?3, attempts=?4, ack_wait=?5, time_limit=?6,"
                      " concurrency=?7, max_crashes=?8, from_now=?9, registered_at=coalesce(registered_at, ?10),"
                      " removed=0 WHERE number=?1"}
        .run(number, what.kind, filters, what.attempts, what.ack_wait, what.time_limit, what.concurrency,
             what.max_crashes, what.from_now, what.registered_at);
    sqlite::statement{to.db(), "INSERT OR IGNORE INTO cursors VALUES (?, ?)"}.run(
        number, what.from_now ? to.last_sequence() : std::int64_t{0});
    sqlite::statement read{to.db(), "SELECT sequence FROM cursors WHERE subscription=?"};
    auto rows = read.query(number);
    if (rows.next()) cursor = rows.integer(0);
  };
  pending.done = [&](const result<port::receipt>& done) {
    if (!done) failed = done.error();
  };
  queue_->add_and_wait(std::move(pending));
  if (failed) return *failed;
  if (!compatible) {
    return error{errc::incompatible,
                 "subscribe",
                 what.module + '.' + what.name + " exists as a subscription of another kind",
                 "give the handler another name, or remove the old subscription first",
                 {}};
  }
  const std::unique_lock hold{feeds_mutex_};
  auto& slot = feeds_[static_cast<std::uint64_t>(number)];
  if (!slot) slot = std::make_shared<feed>(*environment_, number, what, cursor);
  routes_stale_ = true;
  return slot;
}

result<std::unique_ptr<port::consumer>> engine::subscribe(const subscription_record& what, port::delivery_sink sink) {
  auto complete = what;
  if (complete.ack_wait <= 0ms) complete.ack_wait = options_.default_ack_wait;
  auto found = feed_for(complete);
  if (!found) return std::move(found).error();
  const auto number = (*found)->add_consumer(std::move(sink));
  return std::unique_ptr<port::consumer>{std::make_unique<embedded_consumer>(*std::move(found), number)};
}

// ---- reading ----

result<std::vector<positioned_record>> engine::read(log_position after, std::size_t limit) {
  if (is_its_own_store()) {
    return error{errc::conflict,
                 "read log",
                 options_.path + " is log and store at once",
                 "query its store, or open it with keep_records_for_recorder",
                 {}};
  }
  return sqlite::guarded([&] { return records_->read(after, limit); });
}

result<void> engine::recorded(log_position upto) {
  if (is_its_own_store()) return {};
  pending_write pending;
  pending.also = [=](writer& to) {
    sqlite::statement{to.db(), "DELETE FROM journal WHERE sequence <= ?"}.run(upto.sequence);
  };
  queue_->add(std::move(pending));
  return {};
}

void engine::on_append(std::function<void()> notify) {
  const std::lock_guard hold{notify_mutex_};
  notify_ = notify ? std::make_shared<std::function<void()>>(std::move(notify)) : nullptr;
}

void engine::notify_append() {
  std::shared_ptr<std::function<void()>> call;
  {
    const std::lock_guard hold{notify_mutex_};
    call = notify_;
  }
  if (call) (*call)();
}

result<port::log_status> engine::status() {
  {
    const std::lock_guard hold{trouble_mutex_};
    if (trouble_) return *trouble_;
  }
  return sqlite::guarded([&] {
    auto status = records_->status(options_.max_bytes);
    status.description += options_.durability == durability::power ? ", synchronous=full" : ", synchronous=normal";
    return status;
  });
}

result<std::vector<port::subscription_lag>> engine::lags() {
  return sqlite::guarded([&] { return records_->lags(leases_.in_work()); });
}

result<port::delivery_state> engine::inspect(const event_id& event, const subscription_key& key) {
  return sqlite::guarded([&] {
    return records_->inspect(
        event, key, [&](lease_key lease) { return leases_.find(lease); },
        [&](std::uint32_t owner) { return peer_name(peers_folder(options_.path), owner); });
  });
}

// ---- the engine's thread ----

void engine::poke(lease_clock::time_point by) {
  if (std::this_thread::get_id() == thread_.get_id()) return;
  const auto wakes_at = wakes_at_.load();
  if (wakes_at != 0 && by.time_since_epoch().count() >= wakes_at) return;
  const std::uint64_t one = 1;
  if (::write(event_descriptor_, &one, sizeof one) < 0) {
    // The counter is full: it is readable already.
  }
}

void engine::run() {
  auto look_at = lease_clock::now();
  bool looked = true;
  while (!stopping_) {
    auto next = lease_clock::now() + look_every;
    std::optional<error> trouble;
    const auto turn = sqlite::guarded([&] {
      promote_delayed();
      for (const auto& each : all_feeds()) {
        // One feed's trouble is not another's.
        auto tended = sqlite::guarded([&] { return each->tend(looked); });
        if (tended) {
          next = std::min(next, *tended);
        } else {
          trouble = std::move(tended).error();
        }
      }
      keep_cursors();
    });
    if (!turn) trouble = turn.error();
    {
      const std::lock_guard hold{trouble_mutex_};
      trouble_ = std::move(trouble);
    }
    if (next_delayed_ != std::numeric_limits<std::int64_t>::max()) {
      const auto wait = timestamp{std::chrono::microseconds{next_delayed_}} - now();
      if (next_delayed_ != 0 && wait < look_every) next = std::min(next, lease_clock::now() + wait);
    }
    next = std::min(next, look_at + look_every);
    wait_until(next);
    looked = false;
    if (lease_clock::now() >= look_at + look_every || looked_from_outside_) {
      looked_from_outside_ = false;
      look_at = lease_clock::now();
      looked = true;
      (void)sqlite::guarded([&] { look_around(); });
    }
  }
}

void engine::look_around() {
  if (peers_.others() > 0 || leases_.peers_generation() != peers_seen_) {
    peers_seen_ = leases_.peers_generation();
    peers_.refresh();
  }
  delayed_noticed_ = true;
  const auto last = reader_->last_sequence();
  if (std::exchange(last_seen_, last) != last) notify_append();
}

void engine::wait_until(lease_clock::time_point when) {
  // Not a plain difference: `when` may be the beginning of time.
  const auto present = lease_clock::now();
  const auto nanoseconds = when > present ? std::chrono::nanoseconds{when - present} : 0ns;
  std::vector<pollfd> watched{{event_descriptor_, POLLIN, 0}, {peers_.socket(), POLLIN, 0}};
  for (const int process : peers_.deaths()) watched.push_back({process, POLLIN, 0});
  const timespec timeout{static_cast<time_t>(nanoseconds / 1s), static_cast<long>((nanoseconds % 1s).count())};
  wakes_at_ = std::max<std::int64_t>(when.time_since_epoch().count(), 1);
  ::ppoll(watched.data(), watched.size(), &timeout, nullptr);
  wakes_at_ = 0;
  std::uint64_t count = 0;
  while (::read(event_descriptor_, &count, sizeof count) > 0) {}
  if ((watched[1].revents & POLLIN) != 0) peers_.drain();
  looked_from_outside_ =
      std::any_of(watched.begin() + 1, watched.end(), [](const pollfd& p) { return p.revents != 0; });
}

void engine::promote_delayed() {
  constexpr auto never = std::numeric_limits<std::int64_t>::max();
  if (delayed_noticed_.exchange(false)) next_delayed_ = 0;
  if (next_delayed_ != 0 && next_delayed_ > now().time_since_epoch().count()) return;
  const auto next = reader_->next_due(0, timestamp::min());
  if (!next || *next > now()) {
    next_delayed_ = next ? next->time_since_epoch().count() : never;
    return;
  }
  next_delayed_ = never;  // until this one is done
  pending_write pending;
  pending.also = [](writer& to) { to.promote(now(), promoted_at_once); };
  pending.done = [this](const result<port::receipt>& done) {
    if (!done) return;  // tried again when the thread looks around
    delayed_noticed_ = true;
    poke(lease_clock::time_point::min());
  };
  queue_->add(std::move(pending));
}

void engine::keep_cursors() {
  if (lease_clock::now() < cursors_kept_at_ + keep_cursors_every) return;
  cursors_kept_at_ = lease_clock::now();
  std::vector<std::pair<std::uint64_t, std::int64_t>> moved;
  for (const auto& each : all_feeds()) {
    const auto number = static_cast<std::uint64_t>(each->number());
    const auto floor = each->floor();
    auto& kept = kept_cursors_[number];
    if (floor > kept) moved.emplace_back(number, kept = floor);
  }
  if (moved.empty()) return;
  pending_write pending;
  pending.also = [moved](writer& to) {
    sqlite::statement move{to.db(), "UPDATE cursors SET sequence=max(sequence, ?2) WHERE subscription=?1"};
    sqlite::statement forget{to.db(), "DELETE FROM settled WHERE subscription=? AND sequence<=?"};
    for (const auto& [number, floor] : moved) {
      move.run(number, floor);
      forget.run(number, floor);
    }
  };
  queue_->add(std::move(pending));
}

}  // namespace evd::broker_embedded
