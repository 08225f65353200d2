#pragma once
/// Writes records and changes to the tables of an evd file, inside a transaction that its owner has begun.
///
/// Everything here is idempotent: an id that is there already stays as it is, a mutable document accepts only changes
/// from a higher position than its last. Counters (`progress`, `subjects`, `subscription_totals`) are gathered in
/// memory and written once by `finish`.
///
/// Threads: as its database. Lifetime: ends before its database. Errors: `failure_exception`; then roll back and call
/// `forget`.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <evd/port/store.hpp>
#include <evd/record.hpp>

#include "sqlite/database.hpp"

namespace evd::store_embedded {

/// In which order records come.
enum class arrival : std::uint8_t {
  in_order,   ///< as the log wrote them: a change never comes before its document
  any_order,  ///< as a recorder reads log and journal
};

/// Sequences of other logs' epochs begin at multiples of this.
inline constexpr int epoch_shift = 40;

/// `progress`, as it was read, with what has been added since.
struct progress_row {
  std::uint64_t epoch = 0;
  std::int64_t last_sequence = 0;
  log_cursor recorded;
};

class projection {
 public:
  projection(sqlite::database& db, arrival order);
  projection(const projection&) = delete;
  projection& operator=(const projection&) = delete;
  ~projection();

  /// REQUIRES: a write transaction has just begun. Reads how far the file is.
  const progress_row& begin();

  /// The sequence of this file for a position in any log.
  [[nodiscard]] std::int64_t sequence_of(log_position position);

  /// Each returns whether the record was new.
  bool insert(const command_record& command, std::int64_t sequence);
  bool insert(const event_record& event, std::int64_t sequence);
  bool insert(const attempt_record& attempt);
  bool insert(const outcome_record& outcome);

  void apply(const port::change& change, std::int64_t sequence);

  /// The number that stands for a subscription in other tables; made when it is new.
  [[nodiscard]] std::int64_t subscription_number(std::string_view module, std::string_view name);

  /// Writes the counters and how far the file is. The transaction can then be committed.
  void finish(std::int64_t last_sequence, const log_cursor& recorded);

  /// The transaction was rolled back: nothing learned in it counts.
  void forget();

 private:
  struct statements;
  struct counters {
    std::int64_t commands = 0, events = 0, outcomes = 0, attempts = 0, open_dead_letters = 0;
  };
  struct subject_counters {
    std::uint32_t version = 0;
    std::int64_t events = 0, failed_attempts = 0, open_dead_letters = 0, last = 0;
  };
  struct subscription_counters {
    std::int64_t handled = 0, failed_attempts = 0, open_dead_letters = 0, duration = 0;
  };

  void close(const command_outcome_record& outcome, std::int64_t sequence);
  void open(const dead_letter_record& letter, std::int64_t sequence);
  void change_status(const dead_letter_id& id, dead_letter_status status, timestamp at, std::string_view by,
                     std::int64_t sequence, bool only_unresolved);
  void put(const subscription_record& subscription, std::int64_t sequence);
  void mark_failed(const event_id& event);
  void count_open(const dead_letter_id& id, std::int64_t by);
  [[nodiscard]] std::int64_t instance_number(const std::string& name);
  [[nodiscard]] log_position position_of(std::int64_t sequence);

  sqlite::database& db_;
  const arrival order_;
  std::unique_ptr<statements> sql_;
  progress_row progress_;
  counters added_;
  std::unordered_map<std::string, subject_counters> subjects_;
  std::unordered_map<std::int64_t, subscription_counters> subscriptions_;
  std::unordered_map<std::string, std::int64_t> subscription_numbers_, instance_numbers_;
  std::unordered_map<std::uint64_t, std::int64_t> epoch_numbers_;
  std::string buffer_;
};

}  // namespace evd::store_embedded
