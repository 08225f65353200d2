#pragma once
/// A subscription as log and store know it together.

#include <optional>
#include <string>
#include <vector>

#include <evd/port/log.hpp>
#include <evd/port/store.hpp>

namespace evd::cli {

/// Members of `subscription_summary` and `subscription_lag`, side by side.
struct subscription_page {
  subscription_record subscription;
  std::uint64_t pending = 0;
  std::uint64_t in_work = 0;
  std::uint64_t retries_waiting = 0;
  std::optional<timestamp> oldest{};  ///< of what is pending
  std::uint64_t handled = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t open_dead_letters = 0;
  std::chrono::microseconds mean_duration{};

  [[nodiscard]] std::string name() const { return subscription.module + '.' + subscription.name; }
};

/// All of them, by name. Removed ones are left out unless `removed_too`.
[[nodiscard]] std::vector<subscription_page> subscription_pages(port::log& log, port::store& store,
                                                                bool removed_too = false);

/// Errors: ends with exit code 3, naming the closest.
[[nodiscard]] subscription_page subscription_page_named(const std::vector<subscription_page>& all,
                                                        const subscription_key& key);

}  // namespace evd::cli
