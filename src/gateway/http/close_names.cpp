#include "gateway/http/close_names.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace evd::gateway {

namespace {

constexpr std::size_t longest_compared = 100;  // the distance takes time in proportion to the product of the lengths

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

/// Letters to insert, delete or replace (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string_view> close_names(std::string_view meant, const std::vector<std::string_view>& names) {
  if (meant.empty() || meant.size() > longest_compared) return {};
  const std::string wanted = lower(meant);
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const auto name : names) {
    const std::string candidate = lower(name.substr(0, longest_compared));
    const std::size_t away = distance(wanted, candidate);
    const bool contained = wanted.size() >= 3 &&
                           (candidate.find(wanted) != std::string::npos || wanted.find(candidate) != std::string::npos);
    if (contained || away <= std::max<std::size_t>(1, wanted.size() / 3)) found.emplace_back(away, name);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string_view> closest;
  for (const auto& [away, name] : found) {
    if (closest.size() < 3) closest.push_back(name);
  }
  return closest;
}

}  // namespace evd::gateway
