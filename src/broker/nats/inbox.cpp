#include "broker/nats/inbox.hpp"

#include <algorithm>
#include <mutex>

namespace evd::broker_nats {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_every = 20ms;
/// A loop that took longer stood still: the process was stopped, or the machine.
constexpr auto stood_still = 1000ms;
constexpr std::size_t at_once = 512;
constexpr auto stray_wait = 1200ms;

}  // namespace

result<void> inbox::start() {
  auto messages = prompt_.subscribe(subject_ + ".*.*");
  if (!messages) return messages.error();
  messages_ = *std::move(messages);
  prompt_.flush(5s);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  return {};
}

inbox::~inbox() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void inbox::add(std::uint64_t number, std::shared_ptr<inbox_client> client) {
  const std::unique_lock hold{mutex_};
  clients_[number] = std::move(client);
}

void inbox::remove(std::uint64_t number) {
  std::shared_ptr<inbox_client> gone;
  const std::unique_lock hold{mutex_};
  const auto found = clients_.find(number);
  if (found == clients_.end()) return;
  if (found->second->has_pulls()) strays_until_ = steady::now() + stray_wait;
  gone = std::move(found->second);
  clients_.erase(found);
}

std::shared_ptr<inbox_client> inbox::client(std::uint64_t number) {
  const std::shared_lock hold{mutex_};
  const auto found = clients_.find(number);
  return found == clients_.end() ? nullptr : found->second;
}

void inbox::reconnected() {
  std::vector<std::shared_ptr<inbox_client>> all;
  {
    const std::shared_lock hold{mutex_};
    for (const auto& [number, each] : clients_) all.push_back(each);
  }
  for (const auto& each : all) each->reconnected();
}

void inbox::dispatch(message what, const freshness& how_fresh) {
  // <inbox>.<client>.<pull>
  const auto rest = subject_of(what.get()).substr(subject_.size() + 1);
  const auto dot = rest.find('.');
  const auto number = number_in<std::uint64_t>(rest.substr(0, dot)).value_or(0);
  const auto pull = number_in<std::uint64_t>(rest.substr(dot + 1)).value_or(0);
  const auto to = touched_.empty() ? nullptr : touched_.back();
  auto of = client(number);
  if (!of) {
    const auto reply = reply_of(what.get());
    if (status_of(what.get()) == 0 && !reply.empty()) {
      (void)bulk_.publish(std::string(reply).c_str(), nullptr, "-NAK");
    }
    return;
  }
  of->take(std::move(what), pull, how_fresh);
  if (of != to && std::find(touched_.begin(), touched_.end(), of) == touched_.end()) touched_.push_back(std::move(of));
}

void inbox::tick(steady::time_point now) {
  std::vector<std::shared_ptr<inbox_client>> all;
  {
    const std::shared_lock hold{mutex_};
    for (const auto& [number, each] : clients_) all.push_back(each);
  }
  for (const auto& each : all) each->tick(now);
}

bool inbox::is_quiet(steady::time_point now) {
  const std::shared_lock hold{mutex_};
  return now >= strays_until_ || !prompt_.connected();
}

void inbox::run(const std::stop_token& stop) {
  freshness how_fresh{steady::now(), steady::time_point::min()};
  auto tick_at = steady::now();
  auto before = steady::now();
  std::vector<message> messages;
  while (!stop.stop_requested() || !is_quiet(steady::now())) {
    natsMsg* next = nullptr;
    bool emptied = false;
    auto asked = steady::now();
    if (natsSubscription_NextMsg(&next, messages_.get(), tick_every.count()) == NATS_OK) {
      messages.emplace_back(next);
      while (messages.size() < at_once) {
        asked = steady::now();
        if (natsSubscription_NextMsg(&next, messages_.get(), 0) != NATS_OK) {
          emptied = true;
          break;
        }
        messages.emplace_back(next);
      }
    } else {
      emptied = true;
    }
    const auto now = steady::now();
    if (now - before > stood_still) how_fresh.slept_until = now;
    before = now;
    for (auto& each : messages) dispatch(std::move(each), how_fresh);
    messages.clear();
    for (const auto& each : touched_) each->deliver();
    touched_.clear();
    if (emptied) how_fresh.queue_empty_at = asked;
    if (now >= tick_at) {
      tick(now);
      tick_at = now + tick_every;
    }
  }
}

}  // namespace evd::broker_nats
