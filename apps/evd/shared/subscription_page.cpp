#include "shared/subscription_page.hpp"

#include <algorithm>
#include <map>

#include "shared/exit_code.hpp"
#include "shared/text.hpp"

namespace evd::cli {

std::vector<subscription_page> subscription_pages(port::log& log, port::store& store, bool removed_too) {
  std::map<subscription_key, port::subscription_lag> lags;
  for (auto& each : need(log.lags())) {
    const auto key = each.key;
    lags.emplace(key, std::move(each));
  }
  std::vector<subscription_page> pages;
  for (auto& each : need(store.subscriptions())) {
    if (each.subscription.removed && !removed_too) continue;
    subscription_page page{.subscription = std::move(each.subscription),
                           .handled = each.handled,
                           .failed_attempts = each.failed_attempts,
                           .open_dead_letters = each.open_dead_letters,
                           .mean_duration = each.mean_duration};
    if (const auto lag = lags.find({page.subscription.module, page.subscription.name}); lag != lags.end()) {
      page.pending = lag->second.pending;
      page.in_work = lag->second.in_work;
      page.retries_waiting = lag->second.retries_waiting;
      page.oldest = lag->second.oldest;
    }
    pages.push_back(std::move(page));
  }
  std::ranges::sort(pages, {}, &subscription_page::name);
  return pages;
}

subscription_page subscription_page_named(const std::vector<subscription_page>& all, const subscription_key& key) {
  const auto wanted = key.to_string();
  std::vector<std::string> names;
  for (const auto& each : all) {
    if (each.name() == wanted) return each;
    names.push_back(each.name());
  }
  const auto meant = closest(wanted, names);
  fail_not_found("subscription", "there is no subscription '" + one_line(wanted) + "'",
                 meant.empty() ? "see: evd subscriptions list" : "did you mean '" + meant + "'?");
}

}  // namespace evd::cli
