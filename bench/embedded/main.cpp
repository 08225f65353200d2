// The embedded engine beside plain SQLite. `bench/run` starts it.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <functional>

#include "embedded/raw.hpp"
#include "end_to_end/chain.hpp"
#include "end_to_end/command.hpp"
#include "end_to_end/consume.hpp"
#include "end_to_end/publish.hpp"
#include "shared/arguments.hpp"
#include "shared/folder.hpp"
#include "shared/report.hpp"

namespace evd::bench {
namespace {

/// Both sides of a benchmark, for any durability.
struct pair {
  std::string name;
  std::vector<metric> metrics;  ///< their names follow the benchmark's; empty: there is one
  std::function<outcome(const config& settings, std::size_t count)> evd;
  std::function<outcome(const std::string& path, synchronous how, std::size_t count)> raw;
  std::size_t granularity = 1;
};

std::vector<pair> pairs() {
  const std::vector<metric> rate{{"", "events/s", better::higher}};
  std::vector<pair> all;
  for (const std::size_t batch : {1U, 100U, 1'000U}) {
    all.push_back({batch == 1 ? "publish-1" : "publish-batch-" + std::to_string(batch), rate,
                   [=](const auto& settings, auto count) { return publish_batches(settings, batch, count); },
                   [=](const auto& path, auto how, auto count) { return raw_publish_batches(path, how, batch, count); },
                   batch});
  }
  constexpr std::size_t callers = 64;
  all.push_back(
      {"publish-64-callers", rate,
       [](const auto& settings, auto count) { return publish_from_callers(settings, callers, count); },
       [](const auto& path, auto how, auto count) { return raw_publish_from_callers(path, how, callers, count); },
       callers});
  for (const std::size_t events : {1U, 100U}) {
    all.push_back({"command-" + std::to_string(events), rate,
                   [=](const auto& settings, auto count) { return call_commands(settings, events, count); },
                   [=](const auto& path, auto how, auto count) { return raw_call_commands(path, how, events, count); },
                   events});
  }
  for (const auto kind : {handler_kind::single, handler_kind::batch}) {
    all.push_back({kind == handler_kind::single ? "consume-1" : "consume-batch", rate,
                   [=](const auto& settings, auto count) { return consume(settings, kind, count); }, raw_consume, 100});
  }
  all.push_back({"chain-3-hop",
                 {{"-p50", "ms", better::lower}, {"-p99", "ms", better::lower}},
                 chain_of_three,
                 raw_chain_of_three});
  return all;
}

std::vector<comparison> comparisons(const std::filesystem::path& folder) {
  struct level {
    const char* name;
    evd::durability durability;
    bench::synchronous synchronous;
  };
  std::vector<comparison> all;
  for (const auto& each : pairs()) {
    for (const auto& how : {level{"process", durability::process, synchronous::normal},
                            level{"power", durability::power_loss, synchronous::full}}) {
      comparison made;
      made.name = each.name + '-' + how.name;
      for (auto metric : each.metrics) {
        metric.name = each.name + metric.name + '-' + how.name;
        made.metrics.push_back(std::move(metric));
      }
      made.granularity = each.granularity;
      made.evd = [=](std::size_t count) {
        const scratch place{folder};
        config settings;
        settings.broker = "embedded:" + place.file("evd.db");
        settings.http = "";
        settings.durability = how.durability;
        return each.evd(settings, count);
      };
      made.raw = [=](std::size_t count) {
        const scratch place{folder};
        return each.raw(place.file("raw.db"), how.synchronous, count);
      };
      all.push_back(std::move(made));
    }
  }
  return all;
}

int run(const arguments& asked) {
  const auto wanted = [&](const comparison& one) {
    return asked.wants(one.name) ||
           std::any_of(one.metrics.begin(), one.metrics.end(), [&](const metric& of) { return asked.wants(of.name); });
  };
  std::size_t width = 0;
  const auto all = comparisons(asked.list ? std::filesystem::path{} : bench_folder());
  for (const auto& one : all) {
    for (const auto& of : one.metrics) width = std::max(width, of.name.size());
  }
  report print{asked.json ? report::format::json : report::format::table, width};
  auto how_much = asked.quick ? effort{3, seconds{0.25}, seconds{0.02}} : effort{};
  if (asked.runs > 0) how_much.runs = asked.runs;
  for (const auto& one : all) {
    if (!wanted(one)) continue;
    if (asked.list) {
      for (const auto& of : one.metrics) std::puts(of.name.c_str());
      continue;
    }
    for (const auto& figure : asked.alone ? measure_alone(one, how_much) : measure(one, how_much)) print.add(figure);
  }
  return 0;
}

}  // namespace
}  // namespace evd::bench

int main(int count, char** values) {
  const auto asked = evd::bench::parse_arguments(count, values);
  if (!asked) return 2;
  try {
    return evd::bench::run(*asked);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "%s: %s\n", values[0], thrown.what());
    return 1;
  }
}
