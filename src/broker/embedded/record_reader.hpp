#pragma once
/// Reads the log as a recorder or a person wants it: records in order, lags, one delivery. Works on a file opened for
/// reading only, beside whoever writes it.
///
/// Threads: safe from any thread (one at a time inside). Errors: `failure_exception`.

#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/embedded/lease_table.hpp"
#include "sqlite/database.hpp"

namespace evd::broker_embedded {

class record_reader {
 public:
  explicit record_reader(sqlite::database db) : db_(std::move(db)) {}

  /// Commands, events and journal records after `after`, in order: all lie in one stream, the cursor's `log`.
  [[nodiscard]] port::log_page read(const log_cursor& after, std::size_t limit);
  [[nodiscard]] port::log_status status(std::uint64_t max_bytes);

  /// `in_work` by subscription number.
  [[nodiscard]] std::vector<port::subscription_lag> lags(
      const std::unordered_map<std::uint64_t, std::uint64_t>& in_work);

  using find_lease = std::function<std::optional<lease>(lease_key)>;
  using name_owner = std::function<std::string(std::uint32_t)>;
  [[nodiscard]] port::delivery_state inspect(const event_id& event, const subscription_key& key, const find_lease& find,
                                             const name_owner& name);

 private:
  std::mutex mutex_;
  sqlite::database db_;
};

}  // namespace evd::broker_embedded
