#include "broker/embedded/record_reader.hpp"

#include <algorithm>
#include <limits>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "broker/embedded/token.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/rows.hpp"

namespace evd::broker_embedded {

using sqlite::statement;

namespace {

log_record read_journal(std::string_view kind, std::string_view text) {
  const auto as = [&]<class T>(T) -> log_record {
    auto record = from_json<T>(text, unknown_fields::ignore);
    if (!record) throw failure_exception(std::move(record).error());
    return std::move(*record);
  };
  if (kind == "attempt") return as(attempt_record{});
  if (kind == "outcome") return as(outcome_record{});
  if (kind == "commandOutcome") return as(command_outcome_record{});
  if (kind == "deadLetter") return as(dead_letter_record{});
  if (kind == "deadLetterChange") return as(dead_letter_change{});
  return as(subscription_record{});
}

std::int64_t number_of(sqlite::database& db, const subscription_key& key) {
  statement find{db, "SELECT number FROM subscriptions WHERE module=? AND name=?"};
  auto rows = find.query(key.module, key.name);
  return rows.next() ? rows.integer(0) : 0;
}

}  // namespace

port::log_page record_reader::read(const log_cursor& after, std::size_t limit) {
  const std::lock_guard hold{mutex_};
  sqlite::transaction snapshot{db_, sqlite::transaction::kind::read};
  const auto epoch = static_cast<std::uint64_t>(db_.integer("SELECT epoch FROM progress"));
  const auto from = after.log.epoch == epoch ? static_cast<std::int64_t>(after.log.sequence) : std::int64_t{0};
  port::log_page page{{}, {}, after};
  auto& found = page.records;
  const auto add = [&](const sqlite::rows& rows, log_record record) {
    found.push_back({{epoch, static_cast<std::uint64_t>(rows.integer(0))}, std::move(record)});
  };
  statement events{db_, std::string{"SELECT "} + store_embedded::event_columns +
                            " FROM events e WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?"};
  for (auto rows = events.query(from, limit); rows.next();) add(rows, store_embedded::read_event(rows));
  statement commands{db_, std::string{"SELECT "} + store_embedded::command_columns +
                              " FROM commands c WHERE c.sequence > ? ORDER BY c.sequence LIMIT ?"};
  for (auto rows = commands.query(from, limit); rows.next();) add(rows, store_embedded::read_command(rows));
  statement journal{db_, "SELECT sequence, kind, record FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"};
  for (auto rows = journal.query(from, limit); rows.next();) add(rows, read_journal(rows.text(1), rows.text(2)));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
  if (found.size() > limit) found.resize(limit);
  if (!found.empty()) page.upto.log = found.back().position;
  return page;
}

port::log_status record_reader::status(std::uint64_t max_bytes) {
  const std::lock_guard hold{mutex_};
  port::log_status status;
  status.description = "embedded " + db_.path() + ", " + db_.text("PRAGMA journal_mode");
  status.bytes =
      static_cast<std::uint64_t>(db_.integer("SELECT (page_count - freelist_count) * page_size FROM"
                                             " pragma_page_count, pragma_freelist_count, pragma_page_size"));
  status.max_bytes = max_bytes;
  statement progress{db_, "SELECT epoch, last_sequence FROM progress"};
  auto rows = progress.query();
  if (rows.next()) {
    status.last.log = {static_cast<std::uint64_t>(rows.integer(0)), static_cast<std::uint64_t>(rows.integer(1))};
  }
  return status;
}

std::vector<port::subscription_lag> record_reader::lags(
    const std::unordered_map<std::uint64_t, std::uint64_t>& in_work) {
  struct counted {
    std::int64_t number = 0;
    std::int64_t cursor = 0;
    std::vector<std::string> filters;
    port::subscription_lag lag;
  };
  const std::lock_guard hold{mutex_};
  sqlite::transaction snapshot{db_, sqlite::transaction::kind::read};
  std::vector<counted> all;
  statement list{db_,
                 std::string{"SELECT "} + store_embedded::subscription_columns +
                     ", coalesce(c.sequence, 0) FROM subscriptions s LEFT JOIN cursors c ON c.subscription=s.number"
                     " WHERE s.kind IS NOT NULL AND s.removed IS NOT 1 ORDER BY s.module, s.name"};
  for (auto rows = list.query(); rows.next();) {
    auto what = store_embedded::read_subscription(rows);
    counted one;
    one.number = rows.integer(0);
    one.cursor = rows.integer(store_embedded::subscription_column_count);
    one.lag.key = {what.module, what.name};
    if (what.kind != subscription_kind::command) one.filters = std::move(what.filters);
    all.push_back(std::move(one));
  }
  statement events{db_,
                   "SELECT sequence, subject, id, time FROM events e WHERE sequence > ?1 AND NOT EXISTS"
                   " (SELECT 1 FROM outcomes WHERE event=e.id AND subscription=?2) AND NOT EXISTS"
                   " (SELECT 1 FROM settled WHERE subscription=?2 AND sequence=e.sequence) ORDER BY sequence"};
  statement waiting{db_,
                    "SELECT count(*), sum(attempt > 1), min(coalesce(e.time, c.accepted_at)) FROM waiting w"
                    " LEFT JOIN events e ON e.id=w.item LEFT JOIN commands c ON c.id=w.item"
                    " WHERE w.subscription=?"};
  for (auto& one : all) {
    const auto older = [&](timestamp when) {
      if (!one.lag.oldest || when < *one.lag.oldest) one.lag.oldest = when;
    };
    if (!one.filters.empty()) {
      for (auto rows = events.query(one.cursor, one.number); rows.next();) {
        const auto passes = [&](const std::string& filter) { return matches(filter, rows.text(1)); };
        if (std::none_of(one.filters.begin(), one.filters.end(), passes)) continue;
        ++one.lag.pending;
        older(rows.time(3));
      }
    }
    auto rows = waiting.query(one.number);
    if (rows.next() && rows.integer(0) > 0) {
      one.lag.pending += static_cast<std::uint64_t>(rows.integer(0));
      one.lag.retries_waiting = static_cast<std::uint64_t>(rows.integer(1));
      if (!rows.is_null(2)) older(rows.time(2));
    }
    const auto held = in_work.find(static_cast<std::uint64_t>(one.number));
    if (held != in_work.end()) one.lag.in_work = held->second;
  }
  std::vector<port::subscription_lag> lags;
  for (auto& one : all) lags.push_back(std::move(one.lag));
  return lags;
}

port::delivery_state record_reader::inspect(const event_id& event, const subscription_key& key, const find_lease& find,
                                            const name_owner& name) {
  const std::lock_guard hold{mutex_};
  sqlite::transaction snapshot{db_, sqlite::transaction::kind::read};
  port::delivery_state state;
  const auto subscription = number_of(db_, key);
  if (subscription == 0) return state;
  statement outcome{db_, "SELECT 1 FROM outcomes WHERE event=? AND subscription=?"};
  state.handled = outcome.query(event, subscription).next();

  std::vector<item_name> items;
  statement in_log{db_, "SELECT sequence FROM events WHERE id=?"};
  for (auto rows = in_log.query(event); rows.next();) items.push_back({false, rows.integer(0)});
  statement waiting{db_,
                    "SELECT number, command, attempt, due FROM waiting WHERE subscription=? AND item=?"
                    " ORDER BY attempt"};
  for (auto rows = waiting.query(subscription, event); rows.next();) {
    items.push_back({true, rows.integer(0)});
    state.retry = retry_record{
        event, command_id{rows.id(1)}, key.module, key.name, static_cast<std::uint32_t>(rows.integer(2)), rows.time(3)};
  }
  for (const auto& item : items) {
    const auto held = find({static_cast<std::uint64_t>(subscription), item.lease_item()});
    if (!held) continue;
    state.handed_over = std::max(state.handed_over, held->handed_over);
    if (held->owner == 0) continue;
    state.in_work = true;
    state.holder = name(held->owner);
    const lease_clock::time_point until{std::chrono::microseconds{held->until}};
    state.deadline =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now() + (until - lease_clock::now()));
    // A retry in work waits no more.
    if (item.is_waiting) state.retry.reset();
  }
  return state;
}

}  // namespace evd::broker_embedded
