#include "broker/embedded/log_reader.hpp"

#include <algorithm>
#include <utility>

#include <evd/subject.hpp>

#include "sqlite/statement.hpp"
#include "store/embedded/rows.hpp"

namespace evd::broker_embedded {

using sqlite::statement;
using store_embedded::command_columns;
using store_embedded::event_columns;

namespace {
// Rows looked at in one snapshot: about a millisecond's worth.
constexpr std::int64_t rows_a_chunk = 2'000;

std::string select_events(const char* where) {
  return std::string{"SELECT "} + event_columns + " FROM events e " + where;
}
}  // namespace

struct log_reader::statements {
  explicit statements(sqlite::database& db)
      : progress{db, "SELECT epoch, last_sequence FROM progress"},
        scan{db, select_events("WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?")},
        event_at{db, select_events("WHERE e.sequence = ?")},
        event_of{db, select_events("WHERE e.id = ?")},
        command_of{db, std::string{"SELECT "} + command_columns + " FROM commands c WHERE c.id = ?"},
        due{db,
            "SELECT number, item, attempt FROM waiting WHERE subscription=? AND due<=? ORDER BY due, number LIMIT ?"},
        next_due{db, "SELECT min(due) FROM waiting WHERE subscription=? AND due>?"},
        waiting{db, "SELECT 1 FROM waiting WHERE number=?"},
        outcome{db, "SELECT 1 FROM outcomes WHERE event=? AND subscription=?"},
        settled{db, "SELECT 1 FROM settled WHERE subscription=? AND sequence=?"},
        attempts{db, "SELECT count(*) FROM attempts WHERE event=? AND subscription=?"} {}

  statement progress, scan, event_at, event_of, command_of, due, next_due, waiting, outcome, settled, attempts;
};

log_reader::log_reader(sqlite::database db) : db_(std::move(db)), sql_(std::make_unique<statements>(db_)) {}
log_reader::~log_reader() = default;

std::uint64_t log_reader::epoch() {
  const std::lock_guard hold{mutex_};
  auto rows = sql_->progress.query();
  return rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

std::int64_t log_reader::last_sequence() {
  const std::lock_guard hold{mutex_};
  auto rows = sql_->progress.query();
  return rows.next() ? rows.integer(1) : 0;
}

log_reader::chunk log_reader::scan(std::int64_t subscription, const std::vector<std::string>& filters,
                                   std::int64_t after, std::size_t wanted) {
  const std::lock_guard hold{mutex_};
  sqlite::transaction snapshot{db_, sqlite::transaction::kind::read};
  chunk result;
  result.upto = after;
  std::int64_t end = after;
  {
    auto rows = sql_->progress.query();
    if (rows.next()) end = std::max(end, rows.integer(1));
  }
  std::int64_t looked_at = 0;
  for (auto rows = sql_->scan.query(after, rows_a_chunk); rows.next();) {
    if (result.found.size() >= wanted) return result;
    ++looked_at;
    result.upto = rows.integer(0);
    const auto subject = rows.text(2);
    const auto passes = [&](const std::string& filter) { return matches(filter, subject); };
    if (std::none_of(filters.begin(), filters.end(), passes)) continue;
    const auto event = rows.id(1);
    if (event_settled(subscription, result.upto, event)) continue;
    auto record = std::make_shared<const event_record>(store_embedded::read_event(rows));
    result.found.push_back({{false, result.upto}, result.upto, event, 0, std::move(record)});
  }
  if (looked_at < rows_a_chunk) {
    result.upto = end;
    result.at_end = true;
  }
  return result;
}

std::vector<log_reader::due_row> log_reader::due(std::int64_t subscription, timestamp now, std::size_t limit) {
  const std::lock_guard hold{mutex_};
  std::vector<due_row> found;
  for (auto rows = sql_->due.query(subscription, now, limit); rows.next();) {
    found.push_back({rows.integer(0), rows.id(1), static_cast<std::uint32_t>(rows.integer(2))});
  }
  return found;
}

std::optional<timestamp> log_reader::next_due(std::int64_t subscription, timestamp after) {
  const std::lock_guard hold{mutex_};
  auto rows = sql_->next_due.query(subscription, after);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return rows.time(0);
}

std::optional<candidate> log_reader::load(const due_row& row) {
  const std::lock_guard hold{mutex_};
  const item_name name{true, row.number};
  {
    auto rows = sql_->event_of.query(row.item);
    if (rows.next()) {
      auto record = std::make_shared<const event_record>(store_embedded::read_event(rows));
      return candidate{name, rows.integer(0), row.item, row.attempt, std::move(record)};
    }
  }
  auto rows = sql_->command_of.query(row.item);
  if (!rows.next()) return std::nullopt;
  auto record = std::make_shared<const command_record>(store_embedded::read_command(rows));
  return candidate{name, rows.integer(0), row.item, row.attempt, std::move(record)};
}

std::optional<candidate> log_reader::load_event(std::int64_t sequence) {
  const std::lock_guard hold{mutex_};
  auto rows = sql_->event_at.query(sequence);
  if (!rows.next()) return std::nullopt;
  auto record = std::make_shared<const event_record>(store_embedded::read_event(rows));
  const id item = record->id;
  return candidate{{false, sequence}, sequence, item, 0, std::move(record)};
}

bool log_reader::event_settled(std::int64_t subscription, std::int64_t sequence, const id& event) {
  return sql_->outcome.query(event, subscription).next() || sql_->settled.query(subscription, sequence).next();
}

bool log_reader::is_settled(std::int64_t subscription, const item_name& name, const id& item) {
  const std::lock_guard hold{mutex_};
  if (name.is_waiting) return !sql_->waiting.query(name.number).next();
  return event_settled(subscription, name.number, item);
}

std::uint32_t log_reader::failed_attempts(std::int64_t subscription, const id& event) {
  const std::lock_guard hold{mutex_};
  auto rows = sql_->attempts.query(event, subscription);
  return rows.next() ? static_cast<std::uint32_t>(rows.integer(0)) : 0;
}

}  // namespace evd::broker_embedded
