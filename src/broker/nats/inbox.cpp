#include "broker/nats/inbox.hpp"

#include <algorithm>
#include <utility>

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_every = 20ms;
/// A round that took longer stood still: the process was stopped, or the machine.
constexpr auto too_long = 1000ms;
constexpr std::size_t at_once = 256;
/// As long as a pull lasts, and a little.
constexpr auto stray_wait = 1200ms;

}  // namespace

struct inbox::entry {
  inbox* of = nullptr;
  std::shared_ptr<inbox_client> client;
  std::size_t head = 0;  // of `<inbox>.<number>.`
  std::size_t taken = 0;
  subscription messages;
  steady::time_point until;  // leaving: then it is let go

  // nats.c's delivery thread.
  static void arrived(natsConnection*, natsSubscription* on, natsMsg* raw, void* to) {
    message what{raw};
    auto* self = static_cast<std::shared_ptr<entry>*>(to)->get();
    if (const auto code = status_of(what.get()); code != 0) {
      const auto pull = number_in<std::uint64_t>(subject_of(what.get()).substr(self->head)).value_or(0);
      self->client->take_status(code, header_of(what.get(), "Description").value_or(""), pull);
      return;
    }
    self->client->take(std::move(what));
    std::uint64_t more = 0;
    if (++self->taken >= at_once || natsSubscription_QueuedMsgs(on, &more) != NATS_OK || more == 0) {
      self->taken = 0;
      self->client->deliver();
    }
  }
  static void completed(void* to) {
    const std::unique_ptr<std::shared_ptr<entry>> held{static_cast<std::shared_ptr<entry>*>(to)};
    auto* of = (*held)->of;
    const std::lock_guard hold{of->mutex_};
    --of->subscribed_;
    of->gone_.notify_all();
  }
};

inbox::inbox(connection& prompt) : prompt_(prompt), thread_([this](const std::stop_token& stop) { run(stop); }) {}

inbox::~inbox() {
  {
    const std::lock_guard hold{mutex_};
    for (auto& [number, each] : entries_) {
      each->until = steady::now() + (each->client->has_pulls() ? stray_wait : 0ms);
      leaving_.push_back(each);
    }
    entries_.clear();
  }
  for (;;) {
    {
      std::unique_lock hold{mutex_};
      if (leaving_.empty()) break;
      const auto last = (*std::max_element(leaving_.begin(), leaving_.end(), [](const auto& a, const auto& b) {
                          return a->until < b->until;
                        }))->until;
      if (prompt_.connected()) gone_.wait_until(hold, last, [&] { return leaving_.empty(); });
    }
    let_go(steady::now(), !prompt_.connected());
  }
  thread_.request_stop();
  thread_.join();
  std::unique_lock hold{mutex_};
  gone_.wait(hold, [&] { return subscribed_ == 0; });
}

result<void> inbox::add(std::uint64_t number, std::shared_ptr<inbox_client> client) {
  auto made = std::make_shared<entry>();
  made->of = this;
  made->client = std::move(client);
  const auto subject = subject_ + '.' + std::to_string(number);
  made->head = subject.size() + 1;
  // Held by the subscription until nats.c has called back for the last time.
  auto* closure = new std::shared_ptr<entry>(made);
  auto messages = prompt_.subscribe(subject + ".*", &entry::arrived, closure, &entry::completed);
  if (!messages) {
    delete closure;
    return messages.error();
  }
  made->messages = *std::move(messages);
  const std::lock_guard hold{mutex_};
  ++subscribed_;
  entries_[number] = std::move(made);
  return {};
}

void inbox::remove(std::uint64_t number) {
  const std::lock_guard hold{mutex_};
  const auto found = entries_.find(number);
  if (found == entries_.end()) return;
  found->second->until = steady::now() + (found->second->client->has_pulls() ? stray_wait : 0ms);
  leaving_.push_back(std::move(found->second));
  entries_.erase(found);
}

void inbox::let_go(steady::time_point now, bool all) {
  std::vector<std::shared_ptr<entry>> over;
  {
    const std::lock_guard hold{mutex_};
    const auto rest =
        std::partition(leaving_.begin(), leaving_.end(), [&](const auto& each) { return !all && each->until > now; });
    std::move(rest, leaving_.end(), std::back_inserter(over));
    leaving_.erase(rest, leaving_.end());
    if (leaving_.empty()) gone_.notify_all();
  }
  for (const auto& each : over) each->messages.reset();
}

std::vector<std::shared_ptr<inbox::entry>> inbox::entries() {
  const std::lock_guard hold{mutex_};
  std::vector<std::shared_ptr<entry>> all;
  for (const auto& [number, each] : entries_) all.push_back(each);
  return all;
}

void inbox::reconnected() {
  for (const auto& each : entries()) each->client->reconnected();
}

void inbox::tick(steady::time_point now, bool stood_still) {
  for (const auto& each : entries()) {
    std::uint64_t lying = 1;
    const bool none = natsSubscription_QueuedMsgs(each->messages.get(), &lying) == NATS_OK && lying == 0;
    each->client->tick(now, none, stood_still);
  }
}

void inbox::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  auto before = steady::now();
  while (!stop.stop_requested()) {
    {
      std::unique_lock hold{mutex};
      wake.wait_for(hold, stop, tick_every, [] { return false; });
    }
    const auto now = steady::now();
    tick(now, now - before > too_long);
    let_go(now, false);
    before = now;
  }
}

}  // namespace evd::broker_nats
