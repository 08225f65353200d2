#include "runtime/runtime.hpp"

#include <algorithm>
#include <future>
#include <thread>

#include "core/value.hpp"
#include "runtime/admission.hpp"
#include "runtime/command_runner.hpp"
#include "runtime/dispatcher.hpp"
#include "runtime/environment.hpp"
#include "runtime/overdue.hpp"
#include "runtime/ticker.hpp"
#include "runtime/worker_pool.hpp"

namespace evd::runtime {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds tick_period{50};
constexpr milliseconds overdue_period{5'000};
constexpr milliseconds last_wait{2'000};  // after stop tokens were set

std::uint32_t thread_count(std::uint32_t wanted) {
  return wanted > 0 ? wanted : 4 * std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

struct runtime::parts {
  parts(port::log& log, port::store& store, const registry& what, std::vector<middleware> layers, log_sink& sink,
        runtime_options options, std::function<void(const dead_letter_record&)> on_dead_letter)
      : registered(what),
        around(std::move(layers)),
        pool(thread_count(options.threads)),
        with{log,
             store,
             pool,
             time,
             gate,
             sink,
             around,
             std::move(options.instance),
             std::move(on_dead_letter),
             options.observer,
             options.tracer},
        commands(with, what) {}

  const registry& registered;
  std::vector<middleware> around;
  admission gate;
  ticker time;
  worker_pool pool;
  environment with;
  command_runner commands;
  std::vector<std::shared_ptr<dispatcher>> dispatchers;
  std::vector<ticker::ticket> regular;
  bool stopped = false;

  [[nodiscard]] std::size_t held() const {
    std::size_t count = 0;
    for (const auto& one : dispatchers) count += one->held();
    return count;
  }

  result<void> journal_registry() {
    port::write what;
    for (const auto& one : registered.subscriptions()) what.journal.emplace_back(record_of(one, now()));
    if (what.empty()) return {};
    const auto written = std::make_shared<std::promise<result<port::receipt>>>();
    auto waiting = written->get_future();
    with.log.commit(std::move(what),
                    [written](result<port::receipt> receipt) { written->set_value(std::move(receipt)); });
    const auto receipt = waiting.get();
    if (!receipt) return receipt.error();
    return {};
  }

  // True: nothing is left.
  bool wait_until_empty(steady_clock::time_point deadline) {
    if (!commands.wait_until_done(deadline)) return false;
    while (held() > 0) {
      if (steady_clock::now() >= deadline) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }
};

runtime::runtime(port::log& log, port::store& store, const registry& what, std::vector<middleware> around,
                 log_sink& sink, runtime_options options, std::function<void(const dead_letter_record&)> on_dead_letter)
    : parts_(std::make_unique<parts>(log, store, what, std::move(around), sink, std::move(options),
                                     std::move(on_dead_letter))) {}

runtime::~runtime() {
  stop(milliseconds(0));
  parts_->pool.stop();
}

result<void> runtime::start() {
  auto& p = *parts_;
  if (auto written = p.journal_registry(); !written) return written;
  for (const auto& one : p.registered.subscriptions()) {
    p.dispatchers.push_back(std::make_shared<dispatcher>(p.with, handling_of(one)));
  }
  for (const auto& [name, one] : p.registered.commands()) {
    // Any command may be asked to run later, but for those whose input is never recorded whole.
    if (one.command->query || core::holds_secret(*one.command->input)) continue;
    p.dispatchers.push_back(std::make_shared<dispatcher>(p.with, handling_of(one)));
  }
  for (const auto& one : p.dispatchers) {
    if (auto taking = one->start(); !taking) return taking;
  }
  p.regular.push_back(p.time.every(tick_period, [&p] {
    for (const auto& one : p.dispatchers) one->tick();
  }));
  p.regular.push_back(p.time.every(overdue_period, [&p] { p.pool.post([&p] { close_overdue_commands(p.with); }); }));
  close_overdue_commands(p.with);
  return {};
}

std::size_t runtime::stop(milliseconds drain) {
  auto& p = *parts_;
  if (std::exchange(p.stopped, true)) return 0;
  const auto deadline = steady_clock::now() + drain;
  p.commands.close();

  std::vector<std::future<void>> stopping;
  for (const auto& one : p.dispatchers) {
    const auto stopped = std::make_shared<std::promise<void>>();
    stopping.push_back(stopped->get_future());
    one->stop_taking([stopped] { stopped->set_value(); });
  }
  for (const auto& one : stopping) one.wait();
  for (const auto& one : p.dispatchers) one->end();

  if (!p.wait_until_empty(deadline)) {
    p.commands.request_stop();
    for (const auto& one : p.dispatchers) one->request_stop();
    p.wait_until_empty(steady_clock::now() + last_wait);
  }
  for (const auto ticket : p.regular) p.time.cancel(ticket);
  return p.held() + p.commands.running();
}

command_service& runtime::commands() {
  return parts_->commands;
}

runtime_load runtime::load() const {
  const auto& p = *parts_;
  return {p.pool.size(), p.pool.busy(), p.commands.running(), p.held()};
}

result<bool> runtime::idle() {
  if (parts_->commands.running() > 0) return false;
  const auto lags = parts_->with.log.lags();
  if (!lags) return lags.error();
  return std::all_of(lags->begin(), lags->end(),
                     [](const port::subscription_lag& lag) { return lag.pending == 0 && lag.retries_waiting == 0; });
}

}  // namespace evd::runtime
