#include "telemetry/metrics.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "telemetry/families.hpp"
#include "telemetry/gauges.hpp"
#include "telemetry/metric_list.hpp"

namespace evd::telemetry {

namespace {

using prometheus::Counter;
using prometheus::Histogram;

// Up to ten minutes: a handler's time limit.
const Histogram::BucketBoundaries& duration_buckets() {
  static const Histogram::BucketBoundaries bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                  0.5,    1,     2.5,    5,     10,   30,    60,   600};
  return bounds;
}

// A store may be away for hours.
const Histogram::BucketBoundaries& delay_buckets() {
  static const Histogram::BucketBoundaries bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,  1,    2.5,
                                                  5,     10,   30,    60,   300, 600,  3600, 36000};
  return bounds;
}

constexpr std::array<const char*, 7> command_ends{"accepted", "succeeded", "rejected", "failed",
                                                  "retry",    "unknown",   "refused"};
constexpr std::array<const char*, 4> delivery_ends{"handled", "retry", "dead_letter", "dropped"};
constexpr std::array<const char*, 4> reasons{"attempts_exhausted", "permanent", "crashes", "undecodable"};
static_assert(command_ends.size() == static_cast<std::size_t>(runtime::command_end::refused) + 1);
static_assert(delivery_ends.size() == static_cast<std::size_t>(runtime::delivery_end::dropped) + 1);
static_assert(reasons.size() == static_cast<std::size_t>(dead_letter_reason::undecodable) + 1);

using name_pair = std::pair<std::string, std::string>;
using view_pair = std::pair<std::string_view, std::string_view>;
struct less_pair {
  using is_transparent = void;
  static view_pair view(const name_pair& of) { return {of.first, of.second}; }
  static view_pair view(const view_pair& of) { return of; }
  bool operator()(const auto& a, const auto& b) const { return view(a) < view(b); }
};

// Series by module and name. Made whole at the start and not changed, so reading needs no lock.
template <class Series>
class series_table {
 public:
  template <class... Parts>
  void add(const name_pair& name, Parts&&... parts) {
    series_.try_emplace(name, std::forward<Parts>(parts)...);
  }
  // What nobody registered has the series of `other`.
  [[nodiscard]] const Series& find(std::string_view module, std::string_view name) const {
    if (const auto found = series_.find(view_pair(module, name)); found != series_.end()) return found->second;
    return series_.find(view_pair(other, other))->second;
  }

 private:
  std::map<name_pair, Series, less_pair> series_;
};

template <class Metric>
prometheus::Family<Metric>& family_of(prometheus::Registry& registry, std::string_view name) {
  const auto& row = metric(name);
  if constexpr (std::is_same_v<Metric, Counter>) {
    return prometheus::BuildCounter().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
  } else {
    return prometheus::BuildHistogram().Name(std::string(row.name)).Help(std::string(row.help)).Register(registry);
  }
}

}  // namespace

struct metrics::series {
  explicit series(const runtime::registry& registered);

  struct families {
    explicit families(prometheus::Registry& in)
        : commands(family_of<Counter>(in, "evd_commands_total")),
          command_duration(family_of<Histogram>(in, "evd_command_duration_seconds")),
          deliveries(family_of<Counter>(in, "evd_deliveries_total")),
          delivery_duration(family_of<Histogram>(in, "evd_delivery_duration_seconds")),
          delivery_latency(family_of<Histogram>(in, "evd_delivery_latency_seconds")),
          dead_letters(family_of<Counter>(in, "evd_dead_letters_total")),
          published(family_of<Counter>(in, "evd_events_published_total")),
          published_bytes(family_of<Counter>(in, "evd_events_published_bytes_total")),
          http_requests(family_of<Counter>(in, "evd_http_requests_total")),
          http_duration(family_of<Histogram>(in, "evd_http_request_duration_seconds")) {}
    prometheus::Family<Counter>& commands;
    prometheus::Family<Histogram>& command_duration;
    prometheus::Family<Counter>& deliveries;
    prometheus::Family<Histogram>& delivery_duration;
    prometheus::Family<Histogram>& delivery_latency;
    prometheus::Family<Counter>& dead_letters;
    prometheus::Family<Counter>& published;
    prometheus::Family<Counter>& published_bytes;
    prometheus::Family<Counter>& http_requests;
    prometheus::Family<Histogram>& http_duration;
  };

  struct of_command {
    of_command(families& in, const name_pair& name);
    std::array<Counter*, command_ends.size()> ends{};
    Histogram* duration;
  };
  struct of_subscription {
    of_subscription(families& in, const name_pair& name);
    std::array<Counter*, delivery_ends.size()> ends{};
    std::array<Counter*, reasons.size()> dead_letters{};
    Histogram* duration;
    Histogram* latency;
  };
  struct of_module {
    of_module(families& in, const std::string& module)
        : events(&in.published.Add({{"module", module}})), bytes(&in.published_bytes.Add({{"module", module}})) {}
    Counter* events;
    Counter* bytes;
  };
  // Looks a request up without copying its texts. (Clang 14 cannot compare tuples of strings with tuples of views.)
  struct by_request {
    using is_transparent = void;
    using view = std::tuple<std::string_view, std::string_view, int>;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return view(a) < view(b);
    }
  };
  struct of_request {
    Counter* count;
    Histogram* duration;
  };

  const of_request& request(const http_answered& what);

  prometheus::Registry registry;
  families all;
  series_table<of_command> commands;
  series_table<of_subscription> subscriptions;
  series_table<of_module> modules;  // each under its name twice, for the sake of one table type
  Counter& records;
  Histogram& delay;
  mutable gauges live;

  // Routes are few and known to the gateway alone: their series are made when first answered.
  std::mutex mutex;  // guards what follows
  std::map<std::tuple<std::string, std::string, int>, of_request, by_request> requests;
};

metrics::series::of_command::of_command(families& in, const name_pair& name) {
  for (std::size_t i = 0; i < ends.size(); ++i) {
    ends.at(i) = &in.commands.Add({{"module", name.first}, {"command", name.second}, {"outcome", command_ends.at(i)}});
  }
  duration = &in.command_duration.Add({{"module", name.first}, {"command", name.second}}, duration_buckets());
}

metrics::series::of_subscription::of_subscription(families& in, const name_pair& name) {
  const prometheus::Labels labels{{"module", name.first}, {"subscription", name.second}};
  for (std::size_t i = 0; i < ends.size(); ++i) {
    auto with = labels;
    with["outcome"] = delivery_ends.at(i);
    ends.at(i) = &in.deliveries.Add(with);
  }
  for (std::size_t i = 0; i < dead_letters.size(); ++i) {
    auto with = labels;
    with["reason"] = reasons.at(i);
    dead_letters.at(i) = &in.dead_letters.Add(with);
  }
  duration = &in.delivery_duration.Add(labels, duration_buckets());
  latency = &in.delivery_latency.Add(labels, duration_buckets());
}

namespace {

std::set<subscription_key> known_subscriptions(const runtime::registry& registered) {
  std::set<subscription_key> known;
  for (const auto& one : registered.subscriptions()) known.insert({one.module->name, one.subscription->name});
  for (const auto& [name, one] : registered.commands()) known.insert({one.module->name, name});
  return known;
}

}  // namespace

metrics::series::series(const runtime::registry& registered)
    : all(registry),
      records(family_of<Counter>(registry, "evd_recorder_records_total").Add({})),
      delay(family_of<Histogram>(registry, "evd_recorder_delay_seconds").Add({}, delay_buckets())),
      live(known_subscriptions(registered)) {
  const name_pair unknown{other, other};
  commands.add(unknown, all, unknown);
  subscriptions.add(unknown, all, unknown);
  modules.add(unknown, all, unknown.first);
  for (const auto& [name, one] : registered.commands()) {
    const name_pair key{one.module->name, name};
    commands.add(key, all, key);
    modules.add({key.first, key.first}, all, key.first);
  }
  for (const auto& one : registered.subscriptions()) {
    const name_pair key{one.module->name, one.subscription->name};
    subscriptions.add(key, all, key);
    modules.add({key.first, key.first}, all, key.first);
  }
}

namespace {

// What a client may send is anything.
std::string_view bounded_method(std::string_view method) {
  constexpr std::string_view known[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
  const auto* found = std::find(std::begin(known), std::end(known), method);
  return found == std::end(known) ? other : *found;
}

}  // namespace

const metrics::series::of_request& metrics::series::request(const http_answered& what) {
  const auto route = what.route.empty() ? other : what.route;
  const auto method = bounded_method(what.method);
  const std::lock_guard lock(mutex);
  const auto found = requests.find(std::tuple(route, method, what.status));
  if (found != requests.end()) return found->second;
  const of_request made{
      &all.http_requests.Add(
          {{"route", std::string(route)}, {"method", std::string(method)}, {"status", std::to_string(what.status)}}),
      &all.http_duration.Add({{"route", std::string(route)}, {"method", std::string(method)}}, duration_buckets())};
  return requests.emplace(std::tuple(std::string(route), std::string(method), what.status), made).first->second;
}

metrics::metrics(const runtime::registry& registered) : series_(std::make_unique<series>(registered)) {}
metrics::~metrics() = default;

void metrics::on(const runtime::command_ended& what) noexcept {
  const auto& found = series_->commands.find(what.module, what.name);
  found.ends.at(static_cast<std::size_t>(what.how))->Increment();
  if (what.duration) found.duration->Observe(seconds(*what.duration));
}

void metrics::on(const runtime::delivery_ended& what) noexcept {
  const auto& found = series_->subscriptions.find(what.module, what.subscription);
  found.ends.at(static_cast<std::size_t>(what.how))->Increment();
  if (what.duration) found.duration->Observe(seconds(*what.duration));
  if (what.waited) found.latency->Observe(seconds(*what.waited));
}

void metrics::on(const runtime::events_published& what) noexcept {
  const auto& found = series_->modules.find(what.module, what.module);
  found.events->Increment(static_cast<double>(what.events));
  found.bytes->Increment(static_cast<double>(what.bytes));
}

void metrics::on(const runtime::dead_lettered& what) noexcept {
  const auto& found = series_->subscriptions.find(what.module, what.subscription);
  found.dead_letters.at(static_cast<std::size_t>(what.reason))->Increment();
}

void metrics::on(const runtime::records_recorded& what) noexcept {
  series_->records.Increment(static_cast<double>(what.records));
  series_->delay.Observe(seconds(what.delay));
}

void metrics::on_http(const http_answered& what) noexcept {
  const auto& found = series_->request(what);
  found.count->Increment();
  found.duration->Observe(seconds(what.duration));
}

std::string metrics::page(const watched& parts) const {
  auto families = series_->registry.Collect();
  auto live = series_->live.collect(parts);
  std::move(live.begin(), live.end(), std::back_inserter(families));
  std::erase_if(families, [](const auto& one) { return one.metric.empty(); });
  std::sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace evd::telemetry
