#include "shared/figure.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace evd::bench {

figure median_of(metric what, const std::vector<double>& values, const std::vector<double>& raws) {
  std::vector<double> ranks = values;
  for (std::size_t at = 0; at < raws.size(); ++at) ranks[at] /= raws[at];
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks[a] < ranks[b]; });
  const auto middle = order[order.size() / 2];

  figure made;
  made.what = std::move(what);
  made.value = values[middle];
  if (!raws.empty()) made.raw = raws[middle];
  made.lowest = ranks[order.front()];
  made.highest = ranks[order.back()];
  made.runs = values.size();
  return made;
}

double percentile(std::vector<double> values, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace evd::bench
