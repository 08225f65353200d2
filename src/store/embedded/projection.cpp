#include "store/embedded/projection.hpp"

#include <limits>
#include <type_traits>
#include <variant>

#include "sqlite/statement.hpp"
#include "store/embedded/columns.hpp"

namespace evd::store_embedded {

using sqlite::or_null;
using sqlite::statement;

struct projection::statements {
  explicit statements(sqlite::database& db)
      : progress{db,
                 "SELECT epoch, last_sequence, recorded_epoch, recorded_sequence, recorded_journal_epoch,"
                 " recorded_journal_sequence FROM progress"},
        write_progress{db,
                       "UPDATE progress SET last_sequence=?, recorded_epoch=?, recorded_sequence=?,"
                       " recorded_journal_epoch=?, recorded_journal_sequence=?,"
                       " commands=commands+?, events=events+?, outcomes=outcomes+?, attempts=attempts+?,"
                       " open_dead_letters=open_dead_letters+?"},
        epochs{db, "SELECT number, epoch FROM epochs"},
        add_epoch{db, "INSERT INTO epochs (epoch) VALUES (?)"},
        add_command{db,
                    "INSERT INTO commands SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"
                    " WHERE NOT EXISTS (SELECT 1 FROM commands WHERE id=?2)"},
        add_event{db,
                  "INSERT INTO events SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14"
                  " WHERE NOT EXISTS (SELECT 1 FROM events WHERE id=?2)"},
        add_link{db, "INSERT OR IGNORE INTO links VALUES (?, ?)"},
        add_attempt{db, "INSERT OR IGNORE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        add_outcome{db, "INSERT OR IGNORE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)"},
        add_failed{db, "INSERT OR IGNORE INTO failed_events VALUES (?1, (SELECT sequence FROM events WHERE id=?1))"},
        late_failed{db, "UPDATE failed_events SET sequence=? WHERE event=?"},
        closed{db, "SELECT status, changed_at_sequence FROM command_outcomes WHERE command=?"},
        close{db, "INSERT OR REPLACE INTO command_outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
        letter{db, "SELECT status, opened_at_sequence, changed_at_sequence FROM dead_letters WHERE id=?"},
        letter_of{db, "SELECT subject, subscription FROM dead_letters WHERE id=? AND event IS NOT NULL"},
        add_letter{db,
                   "INSERT INTO dead_letters (id, status, changed_at, changed_by, changed_at_sequence)"
                   " VALUES (?, ?, ?, ?, ?)"},
        open_letter{db,
                    "UPDATE dead_letters SET event=?2, command=?3, subject=?4, subscription=?5, attempts=?6, reason=?7,"
                    " failure_type=?8, failure_message=?9, failure_stack=?10, at=?11, instance=?12,"
                    " opened_at_sequence=?13 WHERE id=?1"},
        change_letter{db,
                      "UPDATE dead_letters SET status=?2, changed_at=?3, changed_by=?4, changed_at_sequence=?5"
                      " WHERE id=?1"},
        subscription{db, "SELECT number FROM subscriptions WHERE module=? AND name=?"},
        add_subscription{db, "INSERT INTO subscriptions (module, name) VALUES (?, ?) RETURNING number"},
        subscription_position{db, "SELECT changed_at_sequence FROM subscriptions WHERE number=?"},
        put_subscription{db,
                         "UPDATE subscriptions SET kind=?2, filters=?3, attempts=?4, ack_wait=?5, time_limit=?6,"
                         " concurrency=?7, max_crashes=?8, from_now=?9, registered_at=?10, removed=?11,"
                         " changed_at_sequence=?12 WHERE number=?1"},
        instance{db, "SELECT number FROM instances WHERE name=?"},
        add_instance{db, "INSERT INTO instances (name) VALUES (?) RETURNING number"},
        count_subject{db,
                      "INSERT INTO subjects VALUES (?, max(1, ?), ?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET"
                      " version=max(version, excluded.version), events=events+excluded.events,"
                      " failed_attempts=failed_attempts+excluded.failed_attempts,"
                      " open_dead_letters=open_dead_letters+excluded.open_dead_letters, last=max(last, excluded.last)"},
        count_subscription{
            db,
            "INSERT INTO subscription_totals VALUES (?, ?, ?, ?, ?) ON CONFLICT (subscription) DO UPDATE SET"
            " handled=handled+excluded.handled, failed_attempts=failed_attempts+excluded.failed_attempts,"
            " open_dead_letters=open_dead_letters+excluded.open_dead_letters, duration=duration+excluded.duration"} {}

  statement progress, write_progress, epochs, add_epoch;
  statement add_command, add_event, add_link, add_attempt, add_outcome, add_failed, late_failed;
  statement closed, close;
  statement letter, letter_of, add_letter, open_letter, change_letter;
  statement subscription, add_subscription, subscription_position, put_subscription, instance, add_instance;
  statement count_subject, count_subscription;
};

projection::projection(sqlite::database& db, arrival order)
    : db_(db), order_(order), sql_(std::make_unique<statements>(db)) {}
projection::~projection() = default;

const progress_row& projection::begin() {
  auto rows = sql_->progress.query();
  if (rows.next()) {
    progress_.epoch = static_cast<std::uint64_t>(rows.integer(0));
    progress_.last_sequence = rows.integer(1);
    const auto number = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
    progress_.recorded = {{number(2), number(3)}, {number(4), number(5)}};
  }
  return progress_;
}

void projection::finish(std::int64_t last_sequence, const log_cursor& recorded) {
  const auto& [log, journal] = recorded;
  sql_->write_progress.run(last_sequence, log.epoch, log.sequence, journal.epoch, journal.sequence, added_.commands,
                           added_.events, added_.outcomes, added_.attempts, added_.open_dead_letters);
  for (const auto& [subject, add] : subjects_) {
    sql_->count_subject.run(subject, add.version, add.events, add.failed_attempts, add.open_dead_letters, add.last);
  }
  for (const auto& [number, add] : subscriptions_) {
    sql_->count_subscription.run(number, add.handled, add.failed_attempts, add.open_dead_letters, add.duration);
  }
  added_ = {};
  subjects_.clear();
  subscriptions_.clear();
}

void projection::forget() {
  added_ = {};
  subjects_.clear();
  subscriptions_.clear();
  subscription_numbers_.clear();
  instance_numbers_.clear();
  epoch_numbers_.clear();
}

std::int64_t projection::sequence_of(log_position position) {
  auto known = epoch_numbers_.find(position.epoch);
  if (known == epoch_numbers_.end()) {
    for (auto rows = sql_->epochs.query(); rows.next();) {
      epoch_numbers_[static_cast<std::uint64_t>(rows.integer(1))] = rows.integer(0);
    }
    known = epoch_numbers_.find(position.epoch);
  }
  if (known == epoch_numbers_.end()) {
    sql_->add_epoch.run(position.epoch);
    return sequence_of(position);
  }
  return (known->second << epoch_shift) + static_cast<std::int64_t>(position.sequence);
}

log_position projection::position_of(std::int64_t sequence) {
  const auto number = sequence >> epoch_shift;
  const auto within = static_cast<std::uint64_t>(sequence & ((std::int64_t{1} << epoch_shift) - 1));
  for (const auto& [epoch, known] : epoch_numbers_) {
    if (known == number) return {epoch, within};
  }
  for (auto rows = sql_->epochs.query(); rows.next();) {
    if (rows.integer(0) == number) return {static_cast<std::uint64_t>(rows.integer(1)), within};
  }
  return {};
}

bool projection::insert(const command_record& command, std::int64_t sequence) {
  const auto headers = headers_text(command.headers);
  const bool added = sql_->add_command.run(sequence, command.id, command.name, command.module, command.input.text,
                                           or_null(command.caller), or_null(command.source), command.mode,
                                           command.accepted_at, command.time_limit, or_null(headers)) > 0;
  if (added) ++added_.commands;
  return added;
}

bool projection::insert(const event_record& event, std::int64_t sequence) {
  const auto headers = headers_text(event.headers);
  const auto parents = concatenated(event.parents);
  const auto linked = concatenated(event.linked);
  const bool added = sql_->add_event.run(sequence, event.id, event.subject, event.version, event.command,
                                         std::span<const std::uint8_t>{parents}, std::span<const std::uint8_t>{linked},
                                         event.module, or_null(event.subscription), or_null(event.key), event.time,
                                         event.not_before, or_null(headers), event.data.text) > 0;
  if (!added) return false;
  ++added_.events;
  for (const auto& command : event.linked) sql_->add_link.run(command, event.id);
  if (order_ == arrival::any_order) sql_->late_failed.run(sequence, event.id);
  auto& counted = subjects_[event.subject];
  ++counted.events;
  counted.version = std::max(counted.version, event.version);
  counted.last = std::max(counted.last, static_cast<std::int64_t>(event.time.time_since_epoch().count()));
  return true;
}

void projection::mark_failed(const event_id& event) {
  sql_->add_failed.run(event);
}

bool projection::insert(const attempt_record& attempt) {
  const auto number = subscription_number(attempt.module, attempt.subscription);
  const bool added = sql_->add_attempt.run(attempt.event, number, attempt.number, attempt.started_at, attempt.command,
                                           attempt.subject, or_null(attempt.failure.type),
                                           or_null(attempt.failure.message), or_null(attempt.failure.stack),
                                           attempt.duration, attempt.retry_at, instance_number(attempt.instance)) > 0;
  if (!added) return false;
  ++added_.attempts;
  ++subjects_[attempt.subject].failed_attempts;
  ++subscriptions_[number].failed_attempts;
  mark_failed(attempt.event);
  return true;
}

bool projection::insert(const outcome_record& outcome) {
  const auto number = subscription_number(outcome.module, outcome.subscription);
  const auto published = concatenated(outcome.published);
  const bool added =
      sql_->add_outcome.run(outcome.event, number, outcome.attempt, outcome.started_at, outcome.duration,
                            std::span<const std::uint8_t>{published}, instance_number(outcome.instance)) > 0;
  if (!added) return false;
  ++added_.outcomes;
  auto& counted = subscriptions_[number];
  ++counted.handled;
  counted.duration += outcome.duration.count();
  return true;
}

void projection::close(const command_outcome_record& outcome, std::int64_t sequence) {
  {
    // The first known outcome stays; `unknown` stays only until a known one comes. So the order of arrival is no
    // matter.
    auto rows = sql_->closed.query(outcome.command);
    if (rows.next()) {
      const bool was_known = static_cast<command_status>(rows.integer(0)) != command_status::unknown;
      const bool is_known = outcome.status != command_status::unknown;
      if (was_known != is_known ? was_known : position_of(sequence) >= position_of(rows.integer(1))) return;
    }
  }
  const auto published = concatenated(outcome.published);
  const auto* failed = outcome.failure ? &*outcome.failure : nullptr;
  using optional_text = std::optional<std::string_view>;
  sql_->close.run(outcome.command, outcome.module, outcome.name, outcome.status, outcome.ended_at, outcome.duration,
                  outcome.result.text, failed != nullptr ? optional_text{failed->type} : std::nullopt,
                  failed != nullptr ? optional_text{failed->message} : std::nullopt,
                  failed != nullptr ? optional_text{failed->stack} : std::nullopt,
                  std::span<const std::uint8_t>{published}, instance_number(outcome.instance), sequence);
}

void projection::count_open(const dead_letter_id& id, std::int64_t by) {
  auto rows = sql_->letter_of.query(id);
  if (!rows.next()) return;
  added_.open_dead_letters += by;
  subjects_[std::string{rows.text(0)}].open_dead_letters += by;
  subscriptions_[rows.integer(1)].open_dead_letters += by;
}

void projection::open(const dead_letter_record& letter, std::int64_t sequence) {
  bool exists = false;
  bool was_counted = false;
  bool stays = false;  // a later change came first; its status stands
  bool is_open = true;
  {
    auto rows = sql_->letter.query(letter.id);
    exists = rows.next();
    if (exists) {
      const bool has_document = rows.integer(1) >= 0;
      const bool status_open = static_cast<dead_letter_status>(rows.integer(0)) == dead_letter_status::open;
      if (has_document && position_of(rows.integer(1)) >= position_of(sequence)) return;
      was_counted = has_document && status_open;
      stays = position_of(rows.integer(2)) > position_of(sequence);
      is_open = !stays || status_open;
    }
  }
  if (was_counted) count_open(letter.id, -1);
  if (!exists) sql_->add_letter.run(letter.id, dead_letter_status::open, letter.at, nullptr, sequence);
  if (exists && !stays) sql_->change_letter.run(letter.id, dead_letter_status::open, letter.at, nullptr, sequence);
  sql_->open_letter.run(letter.id, letter.event, letter.command, letter.subject,
                        subscription_number(letter.module, letter.subscription), letter.attempts, letter.reason,
                        or_null(letter.failure.type), or_null(letter.failure.message), or_null(letter.failure.stack),
                        letter.at, instance_number(letter.instance), sequence);
  if (is_open) count_open(letter.id, 1);
  mark_failed(letter.event);
}

void projection::change_status(const dead_letter_id& id, dead_letter_status status, timestamp at, std::string_view by,
                               std::int64_t sequence, bool only_unresolved) {
  bool exists = false;
  bool was_open = false;
  {
    auto rows = sql_->letter.query(id);
    exists = rows.next();
    if (exists) {
      const auto before = static_cast<dead_letter_status>(rows.integer(0));
      if (position_of(rows.integer(2)) >= position_of(sequence)) return;
      if (only_unresolved && before != dead_letter_status::open && before != dead_letter_status::retrying) return;
      // What is resolved stays so until it fails anew, whoever asks for another retry.
      if (before == dead_letter_status::resolved) return;
      was_open = before == dead_letter_status::open;
    }
  }
  if (!exists) {
    // A log's own file has the document first; elsewhere the change waits here for it.
    if (order_ == arrival::any_order || !only_unresolved) sql_->add_letter.run(id, status, at, or_null(by), sequence);
    return;
  }
  if (was_open) count_open(id, -1);
  sql_->change_letter.run(id, status, at, or_null(by), sequence);
  if (status == dead_letter_status::open) count_open(id, 1);
}

void projection::put(const subscription_record& subscription, std::int64_t sequence) {
  const auto number = subscription_number(subscription.module, subscription.name);
  {
    auto rows = sql_->subscription_position.query(number);
    if (rows.next() && !rows.is_null(0) && position_of(rows.integer(0)) >= position_of(sequence)) return;
  }
  const auto filters = to_json(subscription.filters);
  sql_->put_subscription.run(number, subscription.kind, filters, subscription.attempts, subscription.ack_wait,
                             subscription.time_limit, subscription.concurrency, subscription.max_crashes,
                             subscription.from_now, subscription.registered_at, subscription.removed, sequence);
}

std::int64_t projection::subscription_number(std::string_view module, std::string_view name) {
  buffer_.assign(module).append(1, '\0').append(name);
  const auto known = subscription_numbers_.find(buffer_);
  if (known != subscription_numbers_.end()) return known->second;
  std::int64_t number = 0;
  {
    auto rows = sql_->subscription.query(module, name);
    if (rows.next()) number = rows.integer(0);
  }
  if (number == 0) {
    auto rows = sql_->add_subscription.query(module, name);
    if (rows.next()) number = rows.integer(0);
  }
  subscription_numbers_.emplace(buffer_, number);
  return number;
}

std::int64_t projection::instance_number(const std::string& name) {
  const auto known = instance_numbers_.find(name);
  if (known != instance_numbers_.end()) return known->second;
  std::int64_t number = 0;
  {
    auto rows = sql_->instance.query(name);
    if (rows.next()) number = rows.integer(0);
  }
  if (number == 0) {
    auto rows = sql_->add_instance.query(name);
    if (rows.next()) number = rows.integer(0);
  }
  instance_numbers_.emplace(name, number);
  return number;
}

void projection::apply(const port::change& change, std::int64_t sequence) {
  std::visit(
      [&](const auto& what) {
        using type = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<type, port::insert_command> || std::is_same_v<type, port::insert_event>) {
          insert(what.document, sequence);
        } else if constexpr (std::is_same_v<type, port::insert_attempt> || std::is_same_v<type, port::insert_outcome>) {
          insert(what.document);
        } else if constexpr (std::is_same_v<type, port::close_command>) {
          close(what.outcome, sequence);
        } else if constexpr (std::is_same_v<type, port::open_dead_letter>) {
          open(what.document, sequence);
        } else if constexpr (std::is_same_v<type, port::change_dead_letter>) {
          change_status(what.change.id, what.change.status, what.change.at, what.change.by, sequence, false);
        } else if constexpr (std::is_same_v<type, port::resolve_dead_letter>) {
          change_status(what.id, dead_letter_status::resolved, what.at, "evd", sequence, true);
        } else {
          static_assert(std::is_same_v<type, port::put_subscription>);
          put(what.document, sequence);
        }
      },
      change);
}

}  // namespace evd::store_embedded
