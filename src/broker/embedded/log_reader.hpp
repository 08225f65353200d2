#pragma once
/// What the engine asks the file about deliveries. Its snapshots are short: a chunk of rows each.
///
/// Threads: safe from any thread (one at a time inside). Errors: `failure_exception`.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <evd/record.hpp>

#include "broker/embedded/token.hpp"
#include "sqlite/database.hpp"

namespace evd::broker_embedded {

/// Something that a subscription could be given.
struct candidate {
  item_name name;
  std::int64_t sequence = 0;  ///< of the event; of a durable command its own
  id item;                    ///< the event's or command's id
  std::uint32_t attempt = 0;  ///< 0: to be counted from its failed attempts
  std::variant<std::shared_ptr<const event_record>, std::shared_ptr<const command_record>> content;
};

class log_reader {
 public:
  explicit log_reader(sqlite::database db);
  log_reader(const log_reader&) = delete;
  log_reader& operator=(const log_reader&) = delete;
  ~log_reader();

  [[nodiscard]] std::uint64_t epoch();
  [[nodiscard]] std::int64_t last_sequence();

  struct chunk {
    std::vector<candidate> found;
    std::int64_t upto = 0;  ///< everything up to here was looked at
    bool at_end = false;    ///< the log had no more
  };
  /// Events after `after` that pass `filters` and that the subscription has not settled: up to `wanted` of them.
  [[nodiscard]] chunk scan(std::int64_t subscription, const std::vector<std::string>& filters, std::int64_t after,
                           std::size_t wanted);

  /// Rows of `waiting` that are due, the oldest first, without what they stand for.
  struct due_row {
    std::int64_t number = 0;
    id item;
    std::uint32_t attempt = 0;
  };
  [[nodiscard]] std::vector<due_row> due(std::int64_t subscription, timestamp now, std::size_t limit);
  [[nodiscard]] std::optional<timestamp> next_due(std::int64_t subscription, timestamp after);
  /// What a row stands for: an event or a durable command. None: neither is here any more.
  [[nodiscard]] std::optional<candidate> load(const due_row& row);
  [[nodiscard]] std::optional<candidate> load_event(std::int64_t sequence);

  /// Whether the subscription is through with it.
  [[nodiscard]] bool is_settled(std::int64_t subscription, const item_name& name, const id& item);
  [[nodiscard]] std::uint32_t failed_attempts(std::int64_t subscription, const id& event);

 private:
  struct statements;
  [[nodiscard]] bool event_settled(std::int64_t subscription, std::int64_t sequence, const id& event);

  std::mutex mutex_;
  sqlite::database db_;
  std::unique_ptr<statements> sql_;
};

}  // namespace evd::broker_embedded
