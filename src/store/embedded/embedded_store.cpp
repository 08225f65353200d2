#include "store/embedded/embedded_store.hpp"

#include <mutex>
#include <optional>

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/checkpointer.hpp"
#include "store/embedded/projection.hpp"
#include "store/embedded/queries.hpp"
#include "store/embedded/readers.hpp"
#include "store/embedded/write_transaction.hpp"

namespace evd::store_embedded {
namespace {

/// The connection that writes, and what it needs.
class store_writer {
 public:
  explicit store_writer(const embedded_store_options& options)
      : lock_(lock_path(options.path)), db_(open_locked(options, lock_)), projection_(db_, arrival::any_order) {
    if (!options.checkpoints) return;
    checkpointer_.emplace(file_of(options));
    checkpointer_->watch(db_);
  }

  void apply(std::span<const port::positioned_change> changes, const log_cursor& recorded) {
    const std::lock_guard hold{mutex_};
    try {
      write_transaction transaction{lock_, db_};
      const auto progress = projection_.begin();
      for (const auto& each : changes) projection_.apply(each.change, projection_.sequence_of(each.position));
      const auto& before = progress.recorded;
      projection_.finish(progress.last_sequence,
                         {std::max(before.log, recorded.log), std::max(before.journal, recorded.journal)});
      transaction.commit();
    } catch (...) {
      projection_.forget();
      throw;
    }
  }

  void quarantine(const port::quarantined_record& record) {
    const std::lock_guard hold{mutex_};
    write_transaction transaction{lock_, db_};
    const auto added =
        sqlite::statement{db_,
                          "INSERT OR IGNORE INTO quarantine (epoch, sequence, kind, record, error_code, error_where,"
                          " error_detail, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"}
            .run(record.position.epoch, record.position.sequence, record.kind, record.record.text,
                 describe(record.why.code).name, record.why.where, record.why.detail, record.at);
    if (added > 0) db_.execute("UPDATE progress SET quarantined = quarantined + 1");
    transaction.commit();
  }

 private:
  static file_options file_of(const embedded_store_options& options) {
    return {options.path, options.synchronous, options.busy};
  }
  static sqlite::database open_locked(const embedded_store_options& options, sqlite::file_lock& lock) {
    lock.lock();
    struct unlocker {
      sqlite::file_lock& of;
      ~unlocker() { of.unlock(); }
    } const at_end{lock};
    return open_for_writing(file_of(options),
                            options.mode == store_mode::create ? sqlite::open_as::create : sqlite::open_as::existing);
  }

  std::mutex mutex_;
  sqlite::file_lock lock_;
  sqlite::database db_;
  projection projection_;
  std::optional<checkpointer> checkpointer_;
};

class embedded_store final : public port::store {
 public:
  explicit embedded_store(const embedded_store_options& options) : path_(options.path) {
    if (options.mode != store_mode::read_only) writer_.emplace(options);
    readers_.emplace(options.path, options.busy);
  }

  result<void> apply(std::span<const port::positioned_change> changes, const log_cursor& recorded) override {
    if (!writer_) return refusal("apply changes");
    return sqlite::guarded([&] { writer_->apply(changes, recorded); });
  }
  result<log_cursor> recorded() override {
    return read([](sqlite::database& db) {
      sqlite::statement find{db,
                             "SELECT recorded_epoch, recorded_sequence, recorded_journal_epoch,"
                             " recorded_journal_sequence FROM progress"};
      auto rows = find.query();
      if (!rows.next()) return log_cursor{};
      const auto number = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
      return log_cursor{{number(0), number(1)}, {number(2), number(3)}};
    });
  }
  result<void> quarantine(const port::quarantined_record& record) override {
    if (!writer_) return refusal("quarantine record");
    return sqlite::guarded([&] { writer_->quarantine(record); });
  }

  result<std::optional<port::command_document>> command(const command_id& id) override {
    return read([&](sqlite::database& db) { return find_command(db, id); });
  }
  result<std::optional<port::event_document>> event(const event_id& id) override {
    return read([&](sqlite::database& db) { return find_event(db, id); });
  }
  result<std::optional<port::dead_letter_document>> dead_letter(const dead_letter_id& id) override {
    return read([&](sqlite::database& db) { return find_dead_letter(db, id); });
  }
  result<std::optional<port::chain_document>> chain(const id& command_or_event) override {
    return read([&](sqlite::database& db) { return find_chain(db, command_or_event); });
  }
  result<std::vector<attempt_record>> attempts(const event_id& event) override {
    return read([&](sqlite::database& db) { return find_attempts(db, event); });
  }
  result<port::page<port::command_document>> commands(const port::command_filter& filter,
                                                      const port::page_request& page) override {
    return read([&](sqlite::database& db) { return list_commands(db, filter, page); });
  }
  result<port::page<port::event_document>> events(const port::event_filter& filter,
                                                  const port::page_request& page) override {
    return read([&](sqlite::database& db) { return list_events(db, filter, page); });
  }
  result<port::page<port::dead_letter_document>> dead_letters(const port::dead_letter_filter& filter,
                                                              const port::page_request& page) override {
    return read([&](sqlite::database& db) { return list_dead_letters(db, filter, page); });
  }
  result<std::vector<port::subject_summary>> subjects() override { return read(list_subjects); }
  result<std::vector<port::subscription_summary>> subscriptions() override { return read(list_subscriptions); }
  result<port::store_totals> totals() override { return read(read_totals); }

 private:
  template <class Query>
  auto read(Query&& query) -> result<decltype(query(std::declval<sqlite::database&>()))> {
    return sqlite::guarded([&] { return readers_->with(query); });
  }
  [[nodiscard]] error refusal(const char* where) const {
    return {errc::read_only, where, path_ + " was opened for reading only", "open it for writing", {}};
  }

  const std::string path_;
  std::optional<store_writer> writer_;
  std::optional<readers> readers_;
};

}  // namespace

result<std::unique_ptr<port::store>> open_embedded_store(const embedded_store_options& options) {
  return sqlite::guarded([&]() -> std::unique_ptr<port::store> { return std::make_unique<embedded_store>(options); });
}

}  // namespace evd::store_embedded
