#include "broker/embedded/writer.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include <evd/json.hpp>

#include "core/project.hpp"
#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/write_transaction.hpp"

namespace evd::broker_embedded {
namespace {

using sqlite::statement;

timestamp now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

sqlite::database open_locked(const embedded_options& options, const store_embedded::file_options& file,
                             sqlite::file_lock& lock) {
  lock.lock();
  try {
    auto db = store_embedded::open_for_writing(
        file, options.mode == opened_as::application ? sqlite::open_as::create : sqlite::open_as::existing);
    lock.unlock();
    return db;
  } catch (...) {
    lock.unlock();
    throw;
  }
}

constexpr std::array<std::string_view, 6> journal_kinds{"attempt",    "outcome",          "commandOutcome",
                                                        "deadLetter", "deadLetterChange", "subscription"};

}  // namespace

struct writer::statements {
  explicit statements(sqlite::database& db)
      : used{db,
             "SELECT (page_count - freelist_count) * page_size"
             " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"},
        event_exists{db, "SELECT 1 FROM events WHERE id=?"},
        add_waiting{db,
                    "INSERT OR IGNORE INTO waiting (subscription, item, command, attempt, due, record)"
                    " VALUES (?, ?, ?, ?, ?, ?)"},
        waiting_of{db, "SELECT number, attempt FROM waiting WHERE subscription=? AND item=?"},
        attempt_made{db,
                     "SELECT 1 FROM outcomes WHERE event=?1 AND subscription=?2 AND attempt>=?3 UNION ALL"
                     " SELECT 1 FROM attempts WHERE event=?1 AND subscription=?2 AND number>=?3"},
        remove_waiting{db, "DELETE FROM waiting WHERE number=?"},
        add_settled{db, "INSERT OR IGNORE INTO settled VALUES (?, ?)"},
        add_journal{db, "INSERT INTO journal VALUES (?, ?, ?)"},
        due{db, "SELECT number, record FROM waiting WHERE subscription=0 AND due<=? ORDER BY due LIMIT ?"} {}

  statement used, event_exists, add_waiting, waiting_of, attempt_made, remove_waiting, add_settled, add_journal, due;
};

writer::writer(const embedded_options& options, const store_embedded::file_options& file, deliveries ask)
    : options_(options),
      ask_(std::move(ask)),
      lock_(store_embedded::lock_path(file.path)),
      db_(open_locked(options, file, lock_)),
      checkpointer_(file),
      projection_(db_, store_embedded::arrival::in_order),
      sql_(std::make_unique<statements>(db_)) {
  checkpointer_.watch(db_);
}
writer::~writer() = default;

group_result writer::run(std::span<pending_write> group) {
  group_result all;
  const auto whole = sqlite::guarded([&] { run_transaction(group, all); });
  if (whole) return all;
  if (group.size() == 1) {
    all = {};
    all.receipts.emplace_back(whole.error());
    return all;
  }
  all = {};
  for (std::size_t at = 0; at < group.size(); ++at) {
    group_result one;
    if (const auto alone = sqlite::guarded([&] { run_transaction(group.subspan(at, 1), one); }); !alone) {
      all.receipts.emplace_back(alone.error());
      continue;
    }
    if (!all.wrote) all.before = one.before;
    if (all.wrote && all.after != one.before) all.before = -1;  // another process wrote in between
    all.wrote = true;
    all.after = one.after;
    std::move(one.receipts.begin(), one.receipts.end(), std::back_inserter(all.receipts));
    std::move(one.appended.begin(), one.appended.end(), std::back_inserter(all.appended));
    std::move(one.waiting.begin(), one.waiting.end(), std::back_inserter(all.waiting));
    std::move(one.settled.begin(), one.settled.end(), std::back_inserter(all.settled));
  }
  return all;
}

void writer::run_transaction(std::span<pending_write> group, group_result& result) {
  result_ = &result;
  try {
    store_embedded::write_transaction transaction{lock_, db_};
    const auto& progress = projection_.begin();
    epoch_ = progress.epoch;
    sequence_ = progress.last_sequence;
    const auto recorded = progress.recorded;
    result.before = sequence_;
    if (options_.max_bytes > 0) measure();
    for (auto& pending : group) {
      result.receipts.push_back(write_one(pending));
      if (pending.also) pending.also(*this);
    }
    projection_.finish(sequence_, recorded);
    transaction.commit();
  } catch (...) {
    projection_.forget();
    throw;
  }
  result.after = sequence_;
  result.wrote = true;
}

void writer::measure() {
  auto rows = sql_->used.query();
  bytes_ = rows.next() ? static_cast<std::uint64_t>(rows.integer(0)) : 0;
}

result<void> writer::check(const pending_write& pending) const {
  const auto too_large = [&](std::string_view what, std::size_t size) {
    return error{errc::payload_too_large,
                 "write to log",
                 std::string{what} + " has " + std::to_string(size) + " bytes, the limit is " +
                     std::to_string(options_.max_payload),
                 "publish less, or raise the limit of payloads",
                 {}};
  };
  for (const auto& command : pending.write.commands) {
    if (command.input.text.size() > options_.max_payload) return too_large(command.name, command.input.text.size());
  }
  for (const auto& event : pending.events) {
    if (event->data.text.size() > options_.max_payload) return too_large(event->subject, event->data.text.size());
  }
  if (options_.max_bytes == 0) return {};
  const double share = static_cast<double>(bytes_) / static_cast<double>(options_.max_bytes);
  const bool refused = (!pending.write.commands.empty() && share > options_.commands_until) ||
                       (!pending.events.empty() && share > options_.events_until);
  if (!refused) return {};
  return error{errc::log_full,
               "write to log",
               options_.path + " holds " + std::to_string(bytes_) + " bytes of " + std::to_string(options_.max_bytes),
               "raise max_bytes, or let old records go",
               {}};
}

result<port::receipt> writer::write_one(pending_write& pending) {
  if (auto fits = check(pending); !fits) return std::move(fits).error();
  port::receipt receipt;
  const auto& write = pending.write;
  for (const auto& command : write.commands) add_command(command);
  if (!pending.events.empty()) {
    const auto present = now();
    for (const auto& event : pending.events) add_event(event, present, receipt);
  }
  for (const auto& record : write.journal) add_journal(record);
  // Before the retries: a retry in work makes way for the next one.
  for (const auto& token : write.acknowledged) settle(token, write);
  for (const auto& retry : write.retries) add_retry(retry, receipt);
  receipt.position = {epoch_, static_cast<std::uint64_t>(sequence_)};
  return receipt;
}

void writer::add_command(const command_record& command) {
  if (!projection_.insert(command, sequence_ + 1)) return;
  ++sequence_;
  if (command.mode != command_mode::durable) return;
  const auto subscription = projection_.subscription_number(command.module, command.name);
  sql_->add_waiting.run(subscription, command.id, command.id, 1, command.accepted_at, nullptr);
  result_->waiting.push_back({subscription, command.accepted_at});
}

void writer::append(const shared_event& event) {
  if (!projection_.insert(*event, sequence_ + 1)) return;
  result_->appended.push_back({++sequence_, event});
}

void writer::add_event(const shared_event& event, timestamp present, port::receipt& receipt) {
  if (event->not_before && *event->not_before > present) {
    const bool in_log = sql_->event_exists.query(event->id).next();
    const auto record = to_json(*event);
    if (in_log || sql_->add_waiting.run(0, event->id, event->command, 0, *event->not_before, record) == 0) {
      receipt.duplicates.push_back(event->id);
    } else {
      result_->waiting.push_back({0, *event->not_before});
    }
    return;
  }
  const auto before = sequence_;
  append(event);
  if (sequence_ == before) receipt.duplicates.push_back(event->id);
}

void writer::promote(timestamp present, std::size_t limit) {
  std::vector<std::int64_t> numbers;
  std::vector<shared_event> events;
  for (auto rows = sql_->due.query(present, limit); rows.next();) {
    numbers.push_back(rows.integer(0));
    auto event = from_json<event_record>(rows.text(1), unknown_fields::ignore);
    if (event) events.push_back(std::make_shared<const event_record>(std::move(*event)));
  }
  for (const auto& event : events) append(event);
  for (const auto number : numbers) sql_->remove_waiting.run(number);
}

void writer::add_journal(const journal_record& record) {
  ++sequence_;
  if (options_.keep_records_for_recorder) {
    const auto text = std::visit([](const auto& one) { return to_json(one); }, record);
    sql_->add_journal.run(sequence_, journal_kinds[record.index()], text);
  }
  std::visit(
      [&](const auto& one) {
        using type = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<type, outcome_record>) {
          // The hot path, without copies.
          if (one.attempt == 1) {
            projection_.insert(one);
            return;
          }
        }
        for (const auto& change : core::project(one)) projection_.apply(change, sequence_);
      },
      record);
}

void writer::settle(port::delivery_token token, const port::write& write) {
  const auto item = ask_.item_in_work(token);
  if (!item) return;
  result_->settled.push_back(token);
  const auto name = item_of(token);
  if (name.is_waiting) {
    sql_->remove_waiting.run(name.number);
    return;
  }
  const auto is_outcome = [&](const journal_record& record) {
    const auto* outcome = std::get_if<outcome_record>(&record);
    return outcome != nullptr && outcome->event == *item &&
           projection_.subscription_number(outcome->module, outcome->subscription) ==
               static_cast<std::int64_t>(token.subscription);
  };
  if (std::any_of(write.journal.begin(), write.journal.end(), is_outcome)) return;
  sql_->add_settled.run(token.subscription, name.number);
}

void writer::add_retry(const retry_record& retry, port::receipt& receipt) {
  const auto subscription = projection_.subscription_number(retry.module, retry.subscription);
  bool waits = false;
  for (auto rows = sql_->waiting_of.query(subscription, retry.event); rows.next();) {
    // One in work makes way for the attempt after it; it is removed when it is acknowledged.
    waits = waits || rows.integer(1) >= retry.attempt || !ask_.is_held(subscription, rows.integer(0));
  }
  // Asked for twice, the second time after it was carried out: its attempt is in the file already.
  waits = waits || sql_->attempt_made.query(retry.event, subscription, retry.attempt).next();
  if (waits) {
    receipt.retries_waiting.push_back(retry.event);
    return;
  }
  sql_->add_waiting.run(subscription, retry.event, retry.command, retry.attempt, retry.due, nullptr);
  result_->waiting.push_back({subscription, retry.due});
}

}  // namespace evd::broker_embedded
