#include "broker/nats/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "broker/nats/header_view.hpp"

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

/// A pull lasts so long at the server: a stop has to await it, because what was pulled must be handled.
constexpr auto pull_expires = 1000ms;
/// Without a word after that time it is taken for lost.
constexpr auto pull_grace = 1500ms;
constexpr std::size_t most_pulls = 8;
/// What is handed back waits so long for another request here before the server gets it.
constexpr auto return_after = 100ms;
/// The owner of an ordered subscription shows the server that it lives.
constexpr auto keep_pin_every = 1000ms;
constexpr auto look_every = 50ms;
constexpr auto pause = 250ms;
constexpr std::size_t remembered = 1'024;
/// Of an ordered subscription, pulled beyond demand while a takeover settles: what is pending comes between newer ones.
constexpr std::size_t takeover_pull = 64;

constexpr std::uint64_t no_pull = 0;

std::chrono::system_clock::time_point wall_now() {
  return std::chrono::system_clock::now();
}

id id_of(const port::delivery& delivery) {
  return std::visit([](const auto& item) -> id { return item->id; }, delivery.item);
}

}  // namespace

feed::feed(const feed_environment& with, std::uint64_t number, subscription_record what, std::string stream,
           std::string consumer, std::string inbox, port::delivery_sink sink)
    : with_(with),
      number_(number),
      what_(std::move(what)),
      stream_(std::move(stream)),
      consumer_(std::move(consumer)),
      inbox_(std::move(inbox)),
      next_subject_("$JS.API.CONSUMER.MSG.NEXT." + stream_ + '.' + consumer_),
      sink_(std::make_shared<const port::delivery_sink>(std::move(sink))) {
  if (what_.kind == subscription_kind::ordered) gate_.emplace();
}

// ---- asking ----

void feed::request(std::size_t count) {
  std::unique_lock hold{mutex_};
  wanted_ += count;
  ask(hold);
}

// Many small requests become few pulls: another one goes out when what is outstanding has become little.
void feed::ask(std::unique_lock<std::mutex>&) {
  if (stopping_ || abandoned_ || pulls_.size() >= most_pulls || !with_.prompt.connected()) return;
  const auto now = steady::now();
  if (now < pause_until_) return;
  const auto coming = outstanding_ + batch_.size() + (gate_ ? gate_->waiting() : 0) + returned_.size();
  std::size_t need = wanted_ - std::min(wanted_, coming);
  if (gate_ && gate_->settling() && pulls_.empty()) need = std::max(need, takeover_pull);
  if (need == 0 || (!pulls_.empty() && need < outstanding_)) return;
  const auto number = next_pull_++;
  std::string body = fmt::format(R"({{"batch":{},"expires":{})", need, std::chrono::nanoseconds(pull_expires).count());
  if (gate_) {
    body += R"(,"group":"owner")";
    if (!gate_->pin().empty()) body.append(R"(,"id":")").append(gate_->pin()).append("\"");
  }
  body += '}';
  const auto reply = fmt::format("{}.{}.{}", inbox_, number_, number);
  if (with_.prompt.publish(next_subject_.c_str(), reply.c_str(), body) != NATS_OK) {
    pause_until_ = now + pause;
    return;
  }
  pulls_.push_back({number, need, now, now + pull_expires + pull_grace});
  outstanding_ += need;
  pulled_at_ = now;
}

void feed::end_pull(std::uint64_t number) {
  const auto found =
      std::find_if(pulls_.begin(), pulls_.end(), [&](const pull& each) { return each.number == number; });
  if (found == pulls_.end()) return;
  outstanding_ -= found->left;
  pulls_.erase(found);
}

bool feed::has_pulls() {
  const std::lock_guard hold{mutex_};
  return !pulls_.empty();
}

// A pull without an expiry and too small for any message keeps the pin and brings nothing.
void feed::keep_pin(steady::time_point now) {
  if (!gate_ || gate_->pin().empty() || stopping_ || now < pulled_at_ + keep_pin_every) return;
  pulled_at_ = now;
  const auto body =
      fmt::format(R"({{"batch":1,"max_bytes":1,"no_wait":true,"group":"owner","id":"{}"}})", gate_->pin());
  const auto reply = fmt::format("{}.{}.{}", inbox_, number_, no_pull);
  (void)with_.prompt.publish(next_subject_.c_str(), reply.c_str(), body);
}

// ---- messages ----

void feed::take(message what) {
  const std::string reply{reply_of(what.get())};
  const auto how = parse_reply(reply);
  if (!how) return;
  auto delivery = read(what.get(), *how);  // without the lock: it takes longer than everything below

  std::unique_lock hold{mutex_};
  const auto now = steady::now();
  auto handed_at = queue_empty_at_;
  // The server serves pulls in the order in which they came.
  if (!pulls_.empty()) {
    auto& first = pulls_.front();
    handed_at = first.sent < slept_until_ ? first.sent : std::max(first.sent, handed_at);
    --outstanding_;
    if (--first.left == 0) pulls_.pop_front();
  }
  const auto until = handed_at + what_.ack_wait;
  // It lay here longer than its ack wait: the server gives it to somebody again.
  if (until <= now) return;
  const bool room = gate_ || wanted_ > batch_.size() + returned_.size();
  if (abandoned_ || !room) {
    answer(reply, "-NAK", false);
    return;
  }
  if (!delivery) {
    answer(reply, "+TERM", false);
    hold.unlock();
    with_.unreadable(subject_of(what.get()), delivery.error());
    return;
  }
  const auto item = next_item_++;
  delivery->token = {number_, item};
  delivery->deadline = wall(until);
  if (const auto before = by_sequence_.find(how->stream_sequence); before != by_sequence_.end()) forget(before->second);
  by_sequence_[how->stream_sequence] = item;
  auto& kept = held_[item];
  kept = {reply, how->stream_sequence, until, *std::move(delivery)};
  if (!gate_) {
    batch_.push_back(kept.delivery);
    return;
  }
  const auto pin = header_of(what.get(), "Nats-Pin-Id").value_or("");
  if (gate_->arrived(pin, how->stream_sequence, item)) look_at_ = now;
}

result<port::delivery> feed::read(natsMsg* from, const delivered_as& how) const {
  const header_view head{from};
  port::delivery delivery;
  delivery.handed_over = how.count;
  delivery.position = {with_.epoch, how.stream_sequence};
  const auto subject = subject_of(from);
  const auto as_event = [&](std::string_view type) -> result<port::delivery> {
    auto event = decode_event(head, data_of(from), type);
    if (!event) return std::move(event).error();
    delivery.item = std::make_shared<const event_record>(*std::move(event));
    return std::move(delivery);
  };
  const auto as_command = [&]() -> result<port::delivery> {
    auto command = decode_command(head, data_of(from));
    if (!command) return std::move(command).error();
    delivery.item = std::make_shared<const command_record>(*std::move(command));
    return std::move(delivery);
  };
  if (const auto type = with_.called.rest_of(subject, "event")) return as_event(*type);
  if (with_.called.rest_of(subject, "command")) return as_command();
  const auto retry = decode_retry(head);
  if (!retry) return error{errc::invalid_input, "read retry", "the header evd-retry is missing or malformed", "", {}};
  delivery.attempt = retry->attempt;
  if (retry->position.epoch != 0) delivery.position = retry->position;
  return retry->is_command ? as_command() : as_event(percent_decoded(head.find("ce-type").value_or("")));
}

void feed::take_status(int code, std::string_view description, std::uint64_t number) {
  if (code == 100 || (number == no_pull && code != 423)) return;
  std::unique_lock hold{mutex_};
  end_pull(number);
  if (code == 423 && gate_) {
    for (const auto item : gate_->lost()) give_back(item);
  } else if (code == 503 || (code == 409 && description.find("Batch Completed") == std::string_view::npos)) {
    pause_until_ = steady::now() + pause;
  }
  ask(hold);
}

void feed::deliver() {
  const std::lock_guard sinking{sinking_};
  std::vector<port::delivery> ready;
  {
    std::unique_lock hold{mutex_};
    while (!returned_.empty() && wanted_ > batch_.size()) {
      const auto found = held_.find(returned_.front().first);
      if (found != held_.end()) batch_.push_back(found->second.delivery);
      returned_.pop_front();
    }
    while (gate_ && wanted_ > batch_.size()) {
      const auto item = gate_->pass();
      if (!item) break;
      const auto found = held_.find(*item);
      if (found != held_.end()) batch_.push_back(found->second.delivery);
    }
    ready = std::exchange(batch_, {});
    wanted_ -= std::min(wanted_, ready.size());
    if (ready.empty()) return;
    ask(hold);
  }
  (*sink_)(std::move(ready));
}

// ---- what is held ----

timestamp feed::wall(steady::time_point when) const {
  return std::chrono::floor<std::chrono::microseconds>(
      wall_now() + std::chrono::duration_cast<std::chrono::system_clock::duration>(when - steady::now()));
}

void feed::answer(const std::string& reply, const char* text, bool promptly) {
  (void)(promptly ? with_.prompt : with_.bulk).publish(reply.c_str(), nullptr, text);
}

// REQUIRES: the lock is held.
void feed::forget(std::uint64_t item) {
  const auto found = held_.find(item);
  if (found == held_.end()) return;
  const auto known = by_sequence_.find(found->second.sequence);
  if (known != by_sequence_.end() && known->second == item) by_sequence_.erase(known);
  if (gate_) gate_->forget(found->second.sequence, item);
  held_.erase(found);
  ++settlements_;
}

// REQUIRES: the lock is held.
void feed::give_back(std::uint64_t item) {
  const auto found = held_.find(item);
  if (found == held_.end()) return;
  if (found->second.until > steady::now()) answer(found->second.reply, "-NAK", false);
  forget(item);
}

void feed::settle(std::uint64_t item) {
  const std::lock_guard hold{mutex_};
  const auto found = held_.find(item);
  // Past its deadline it is another's: an acknowledgement would settle what that one has in work.
  if (found == held_.end() || found->second.until <= steady::now()) return;
  answer(found->second.reply, "+ACK", false);
  settled_.push_back(id_of(found->second.delivery));
  if (settled_.size() > remembered) settled_.pop_front();
  forget(item);
}

std::optional<feed::in_hand> feed::held(std::uint64_t item) {
  const std::lock_guard hold{mutex_};
  const auto found = held_.find(item);
  if (found == held_.end() || found->second.until <= steady::now()) return std::nullopt;
  return in_hand{found->second.delivery, found->second.sequence};
}

void feed::extend(std::span<const port::delivery_token> tokens) {
  const std::lock_guard hold{mutex_};
  const auto now = steady::now();
  for (const auto& token : tokens) {
    const auto found = held_.find(token.item);
    if (found == held_.end() || found->second.until <= now) continue;
    found->second.until = now + what_.ack_wait;
    found->second.delivery.deadline = wall(found->second.until);
    answer(found->second.reply, "+WPI", tokens.size() <= 4);
  }
}

void feed::release(std::span<const port::delivery_token> tokens) {
  const std::lock_guard hold{mutex_};
  const auto now = steady::now();
  for (const auto& token : tokens) {
    const auto found = held_.find(token.item);
    if (found == held_.end()) continue;
    if (stopping_ || abandoned_ || gate_ || found->second.until <= now) {
      give_back(token.item);
      continue;
    }
    // Another token for the same handing over: what was released is not to be settled any more.
    auto moved = std::move(found->second);
    held_.erase(found);
    const auto item = next_item_++;
    moved.delivery.token.item = item;
    by_sequence_[moved.sequence] = item;
    held_[item] = std::move(moved);
    returned_.emplace_back(item, now + return_after);
  }
}

port::delivery_state feed::inspect(const id& item, const std::string& instance) {
  port::delivery_state state;
  const std::lock_guard hold{mutex_};
  const auto now = steady::now();
  for (const auto& [number, each] : held_) {
    if (id_of(each.delivery) != item || each.until <= now) continue;
    state.in_work = true;
    state.holder = instance;
    state.handed_over = each.delivery.handed_over;
    state.deadline = each.delivery.deadline;
  }
  state.handled = !state.in_work && std::find(settled_.begin(), settled_.end(), item) != settled_.end();
  return state;
}

// ---- time ----

void feed::tick(steady::time_point now, bool nothing_lies_here, bool stood_still) {
  std::vector<std::function<void()>> stopped;
  {
    std::unique_lock hold{mutex_};
    if (stood_still) slept_until_ = now;
    if (nothing_lies_here) queue_empty_at_ = now;
    for (auto at = held_.begin(); at != held_.end();) {
      const auto item = at->first;
      const bool lapsed = at->second.until <= now;
      ++at;
      if (lapsed) forget(item);
    }
    while (!pulls_.empty() && pulls_.front().over <= now) end_pull(pulls_.front().number);
    while (!returned_.empty() && returned_.front().second <= now) {
      give_back(returned_.front().first);
      returned_.pop_front();
    }
    if (gate_) {
      // What waits here is kept alive; its handler has not begun.
      if (gate_->waiting() > 0 || gate_->settling()) {
        for (auto& [item, each] : held_) {
          if (each.until - now > what_.ack_wait * 2 / 3) continue;
          if (!gate_->holds(each.sequence, item)) continue;
          each.until = now + what_.ack_wait;
          each.delivery.deadline = wall(each.until);
          answer(each.reply, "+WPI", true);
        }
      }
      if (gate_->settling() && now >= look_at_) check_takeover();
      keep_pin(now);
    }
    ask(hold);
    stopped = finish_stop();
  }
  deliver();
  for (const auto& each : stopped) each();
}

// REQUIRES: the lock is held.
void feed::check_takeover() {
  if (std::exchange(looking_, true)) return;
  with_.errand([self = shared_from_this(), ours = held_.size(), before = settlements_] {
    const auto view = self->with_.look(self->consumer_);
    const std::lock_guard inner{self->mutex_};
    self->looking_ = false;
    self->look_at_ = steady::now() + look_every;
    if (view && self->gate_ && before == self->settlements_) self->gate_->learned(*view, ours);
  });
}

void feed::reconnected() {
  std::unique_lock hold{mutex_};
  // What they asked for may still come, or may not; either way the server knows nothing of them any more.
  while (!pulls_.empty()) end_pull(pulls_.front().number);
  ask(hold);
}

// ---- the end ----

void feed::stop(std::function<void()> done) {
  const std::lock_guard hold{mutex_};
  stopping_ = true;
  stopped_.push_back(std::move(done));
}

// REQUIRES: the lock is held. Pulls have to expire: what comes for them was pulled, and is handed over like everything.
std::vector<std::function<void()>> feed::finish_stop() {
  if (!stopping_ || stopped_.empty() || !pulls_.empty() || !batch_.empty()) return {};
  wanted_ = 0;
  if (gate_) {
    for (const auto item : gate_->take_all()) give_back(item);
    if (!gate_->pin().empty()) {
      with_.errand([self = shared_from_this()] { self->with_.unpin(self->consumer_); });
      (void)gate_->lost();
    }
  }
  return std::exchange(stopped_, {});
}

void feed::abandon() {
  const std::lock_guard sinking{sinking_};
  bool owner = false;
  {
    const std::lock_guard hold{mutex_};
    abandoned_ = true;
    stopping_ = true;
    wanted_ = 0;
    batch_.clear();
    returned_.clear();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (const auto& [item, each] : held_) all.emplace_back(each.sequence, item);
    std::sort(all.begin(), all.end());
    for (const auto& [sequence, item] : all) give_back(item);
    owner = gate_ && !gate_->pin().empty();
    if (gate_) (void)gate_->lost();
  }
  if (owner) with_.unpin(consumer_);
}

}  // namespace evd::broker_nats
