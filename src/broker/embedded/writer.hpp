#pragma once
/// Carries out a group of writes in one transaction.
///
/// Threads: one at a time (the leader of `commit_queue`). Lifetime: its checkpointer outlives it.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/embedded/embedded_log.hpp"
#include "broker/embedded/token.hpp"
#include "sqlite/file_lock.hpp"
#include "store/embedded/checkpointer.hpp"
#include "store/embedded/projection.hpp"

namespace evd::broker_embedded {

class writer;

using shared_event = std::shared_ptr<const event_record>;

/// One call of `commit`, or something the engine itself has to write.
struct pending_write {
  port::write write;                  ///< its events are in `events`
  std::vector<shared_event> events;   ///< shared with the deliveries that follow
  std::function<void(writer&)> also;  ///< further statements of the same transaction
  port::committed done;
};

struct appended_event {
  std::int64_t sequence = 0;
  shared_event event;
};

/// A row of `waiting` was written: its subscription has something to do at `due`. Subscription 0: a delayed event.
struct waiting_notice {
  std::int64_t subscription = 0;
  timestamp due;
};

/// What a group did.
struct group_result {
  std::vector<result<port::receipt>> receipts;  ///< one a write
  std::vector<appended_event> appended;
  std::vector<waiting_notice> waiting;
  std::vector<port::delivery_token> settled;
  std::int64_t before = 0;  ///< the log's last sequence before the group and after it
  std::int64_t after = 0;
  bool wrote = false;
};

class writer {
 public:
  /// Asks about deliveries of this process.
  struct deliveries {
    /// The event of a delivery that is in work; null: the token has lapsed.
    std::function<std::optional<id>(port::delivery_token)> item_in_work;
    /// Whether a living process has this row of `waiting` in work.
    std::function<bool(std::int64_t subscription, std::int64_t number)> is_held;
  };

  writer(const embedded_options& options, const store_embedded::file_options& file, deliveries ask);
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;
  ~writer();

  /// Writes all of `group`. When something fails, each is written by itself, so that no write fails for another's sake.
  [[nodiscard]] group_result run(std::span<pending_write> group);

  // For `pending_write::also`:
  [[nodiscard]] sqlite::database& db() { return db_; }
  [[nodiscard]] store_embedded::projection& projection() { return projection_; }
  /// Moves delayed events that are due by `now` into the log.
  void promote(timestamp now, std::size_t limit);
  [[nodiscard]] std::int64_t last_sequence() const { return sequence_; }

 private:
  struct statements;

  void run_transaction(std::span<pending_write> group, group_result& result);
  [[nodiscard]] result<port::receipt> write_one(pending_write& pending);
  [[nodiscard]] result<void> check(const pending_write& pending) const;
  void append(const shared_event& event);
  void add_command(const command_record& command);
  void add_event(const shared_event& event, timestamp now, port::receipt& receipt);
  void add_journal(const journal_record& record);
  void add_retry(const retry_record& retry, port::receipt& receipt);
  void settle(port::delivery_token token, const port::write& write);
  void measure();

  const embedded_options options_;
  const deliveries ask_;
  sqlite::file_lock lock_;
  sqlite::database db_;
  store_embedded::checkpointer checkpointer_;
  store_embedded::projection projection_;
  std::unique_ptr<statements> sql_;

  // Of the transaction in hand.
  group_result* result_ = nullptr;
  std::uint64_t epoch_ = 0;
  std::int64_t sequence_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace evd::broker_embedded
