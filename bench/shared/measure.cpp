#include "shared/measure.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace evd::bench {
namespace {

class progress {
 public:
  explicit progress(std::string name) : name_(std::move(name)) {
    if (!on_terminal_) std::fprintf(stderr, "        %s\n", name_.c_str());
  }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() {
    if (on_terminal_) std::fputs("\r\033[K", stderr);
  }
  void at(std::size_t run, std::size_t of) const {
    if (on_terminal_) std::fprintf(stderr, "\r\033[K        %s: run %zu of %zu", name_.c_str(), run, of);
  }

 private:
  std::string name_;
  bool on_terminal_ = ::isatty(STDERR_FILENO) != 0;
};

// How much work fills a run. It is found by doing more and more of it, which warms everything up as well.
std::size_t amount(const comparison& what, const effort& how_much) {
  const auto rounded = [&](double count) {
    const auto pieces = static_cast<std::size_t>(count / static_cast<double>(what.granularity));
    return std::max<std::size_t>(pieces, 1) * what.granularity;
  };
  for (std::size_t count = rounded(100);; count = rounded(static_cast<double>(count) * 4)) {
    const auto took = what.evd(count).took;
    if (took >= how_much.warm_up) return rounded(static_cast<double>(count) * (how_much.a_run / took));
  }
}

}  // namespace

outcome rate_of(std::size_t count, seconds took) {
  return {{static_cast<double>(count) / took.count()}, took};
}

std::vector<figure> measure(const comparison& what, const effort& how_much) {
  const progress shown{what.name};
  const auto count = amount(what, how_much);
  std::vector<std::vector<double>> values(what.metrics.size());
  std::vector<std::vector<double>> raws(what.metrics.size());
  const auto run = [&](const auto& side, auto& into) {
    const auto result = side(count);
    for (std::size_t at = 0; at < into.size(); ++at) into[at].push_back(result.values[at]);
  };
  for (std::size_t number = 0; number < how_much.runs; ++number) {
    shown.at(number + 1, how_much.runs);
    if (what.raw && number % 2 == 1) run(what.raw, raws);
    run(what.evd, values);
    if (what.raw && number % 2 == 0) run(what.raw, raws);
  }
  std::vector<figure> figures;
  for (std::size_t at = 0; at < what.metrics.size(); ++at) {
    figures.push_back(median_of(what.metrics[at], values[at], raws[at]));
  }
  return figures;
}

std::vector<figure> measure_alone(comparison what, const effort& how_much) {
  what.raw = {};
  return measure(what, how_much);
}

}  // namespace evd::bench
