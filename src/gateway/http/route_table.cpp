#include "gateway/http/route_table.hpp"

#include <algorithm>
#include <mutex>

namespace evd::gateway {

namespace {

bool fits(const route& candidate, std::string_view path) {
  if (candidate.path.size() > 1 && candidate.path.ends_with('/')) {
    return path.starts_with(candidate.path) && path.size() > candidate.path.size();
  }
  return path == candidate.path;
}

}  // namespace

void route_table::add(route added) {
  auto made = std::make_shared<const route>(std::move(added));
  const std::unique_lock lock(mutex_);
  std::erase_if(routes_, [&](const auto& other) { return other->method == made->method && other->path == made->path; });
  routes_.push_back(std::move(made));
}

route_match route_table::find(std::string_view method, std::string_view path) const {
  if (method == "HEAD") method = "GET";
  const std::shared_lock lock(mutex_);
  std::size_t longest = 0;
  for (const auto& candidate : routes_) {
    if (fits(*candidate, path)) longest = std::max(longest, candidate->path.size());
  }
  route_match match;
  if (longest == 0) return match;
  for (const auto& candidate : routes_) {
    if (candidate->path.size() != longest || !fits(*candidate, path)) continue;
    match.allowed.push_back(candidate->method);
    if (candidate->method == "GET") match.allowed.emplace_back("HEAD");
    if (candidate->method == method) match.found = candidate;
  }
  match.allowed.emplace_back("OPTIONS");
  std::sort(match.allowed.begin(), match.allowed.end());
  return match;
}

}  // namespace evd::gateway
