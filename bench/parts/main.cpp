// Small parts, measured by Google Benchmark and reported like everything else. `bench/run` starts it.
//
// Google Benchmark runs all repetitions in a random order, so that both sides of a pair meet the same machine.

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "parts/part.hpp"
#include "shared/arguments.hpp"
#include "shared/report.hpp"

namespace evd::bench {
namespace {

class collector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      auto name = run.run_name.function_name;
      if (run.error_occurred) failed_ += name + ": " + run.error_message + "\n";
      times_[name].push_back(run.GetAdjustedRealTime());
    }
  }

  [[nodiscard]] const std::string& failed() const { return failed_; }

  [[nodiscard]] std::vector<figure> figures() const {
    std::vector<figure> all;
    for (const auto& name : part::names()) {
      if (times_.count(name) == 0) continue;
      const auto beside = times_.find(name + std::string{raw_suffix});
      const auto raws = beside == times_.end() ? std::vector<double>{} : beside->second;
      all.push_back(median_of({name, "ns", better::lower}, times_.at(name), raws));
    }
    return all;
  }

 private:
  std::map<std::string, std::vector<double>> times_;  // nanoseconds of each repetition
  std::string failed_;
};

// Only what was asked for; with whatever it is compared with.
std::string filter_of(const arguments& asked) {
  std::string filter;
  for (const auto& name : part::names()) {
    if (asked.wants(name)) filter += (filter.empty() ? "" : "|") + name;
  }
  return "^(" + filter + ")(/raw)?$";
}

int run(const arguments& asked) {
  std::size_t width = 0;
  for (const auto& name : part::names()) {
    if (asked.list && asked.wants(name)) std::puts(name.c_str());
    width = std::max(width, name.size());
  }
  if (asked.list) return 0;

  const std::size_t runs = asked.runs > 0 ? asked.runs : asked.quick ? 3 : 7;
  std::vector<std::string> options{"bench_parts", "--benchmark_filter=" + filter_of(asked),
                                   "--benchmark_enable_random_interleaving=true",
                                   std::string{"--benchmark_min_time="} + (asked.quick ? "0.03" : "0.2"),
                                   "--benchmark_repetitions=" + std::to_string(runs)};
  std::vector<char*> values;
  for (auto& option : options) values.push_back(option.data());
  int count = static_cast<int>(values.size());
  benchmark::Initialize(&count, values.data());
  collector collected;
  benchmark::RunSpecifiedBenchmarks(&collected);
  if (!collected.failed().empty()) {
    std::fputs(collected.failed().c_str(), stderr);
    return 1;
  }
  report print{asked.json ? report::format::json : report::format::table, width};
  for (const auto& figure : collected.figures()) print.add(figure);
  return 0;
}

}  // namespace
}  // namespace evd::bench

int main(int count, char** values) {
  const auto asked = evd::bench::parse_arguments(count, values);
  return asked ? evd::bench::run(*asked) : 2;
}
