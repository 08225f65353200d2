#pragma once
/// Plain SQLite, through its C interface alone: what the embedded engine's rows cost without the engine.
///
/// The file has the engine's own tables and indexes, and each function writes one row as the engine writes it: same
/// columns, same sizes, ids of the same kind. What is left out is everything that makes an engine of it: no codec, no
/// ids derived from data, no look for duplicates, no leases, no lock between processes, no threads but the caller's.
/// The settings are the engine's too: WAL, `synchronous` as asked for, 16 MB of page cache, and checkpoints made by a
/// thread of their own, which is faster than SQLite's default and so the harder comparison.
///
/// Errors: std::runtime_error. Threads: one at a time.

#include <sqlite3.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <evd/id.hpp>

namespace evd::bench {

enum class synchronous { normal, full };

struct close_database {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using database_handle = std::unique_ptr<sqlite3, close_database>;

/// A prepared statement. Texts are not copied: they live until it has run.
class raw_statement {
 public:
  raw_statement(sqlite3* db, const char* sql);

  raw_statement& bind(int index, std::int64_t value);
  raw_statement& bind(int index, std::string_view value);
  raw_statement& bind(int index, const id& value);
  raw_statement& bind_bytes(int index, std::string_view value);  ///< NULL when there are none
  /// True: there is a row.
  bool step();
  void reset() { sqlite3_reset(handle_.get()); }
  void run();
  [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] id identity(int column) const;

 private:
  struct finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

/// Moves the WAL's pages into the file beside whoever writes.
class raw_checkpointer {
 public:
  raw_checkpointer(const std::string& path, sqlite3* writer);
  raw_checkpointer(const raw_checkpointer&) = delete;
  raw_checkpointer& operator=(const raw_checkpointer&) = delete;
  ~raw_checkpointer();

 private:
  void run();

  database_handle db_;
  sqlite3* writer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int pages_ = 0;  // guarded by mutex_
  bool stopping_ = false;
  std::thread thread_;
};

/// The event of a row.
struct raw_event {
  std::int64_t sequence = 0;
  evd::id id;
  std::string data;
};

/// The connection that writes.
class raw_file {
 public:
  /// Makes `path` when it is not there.
  raw_file(const std::string& path, synchronous how);
  raw_file(const raw_file&) = delete;
  raw_file& operator=(const raw_file&) = delete;
  ~raw_file();

  void begin();
  /// Writes how far the file is and what there is of it (one row of `progress`, one of `subjects` for each subject, one
  /// of `subscription_totals` for each subscription), and commits.
  void commit();

  /// A row of `commands`. Returns its id.
  id add_command(std::string_view name);
  /// A row of `command_outcomes` for it. `published`: the bytes of all ids of its events.
  void add_command_outcome(const id& command, std::string_view name, std::string_view published);
  /// A row of `events`, of `command`, caused by `parent`. Returns its sequence and id.
  raw_event add_event(std::string_view subject, const id& command, const id& parent, std::string_view data);
  /// A row of `outcomes`. `published`: as above.
  void add_outcome(const id& event, std::int64_t subscription, std::string_view published);
  /// A row of `subscriptions`. Returns its number.
  std::int64_t add_subscription(std::string_view module, std::string_view name);
  /// The subscription's row of `cursors`.
  void move_cursor(std::int64_t subscription, std::int64_t sequence);

  [[nodiscard]] sqlite3* handle() const { return db_.get(); }

 private:
  struct statements;

  database_handle db_;
  std::unique_ptr<statements> sql_;
  std::unique_ptr<raw_checkpointer> checkpointer_;
  std::int64_t sequence_ = 0;
  std::int64_t commands_ = 0, events_ = 0, outcomes_ = 0;             // since `begin`
  std::vector<std::pair<std::string, std::int64_t>> subjects_;        // events of each since `begin`
  std::vector<std::pair<std::int64_t, std::int64_t>> subscriptions_;  // outcomes of each since `begin`
};

/// A connection that reads.
class raw_reader {
 public:
  explicit raw_reader(const std::string& path);
  [[nodiscard]] raw_event event_at(std::int64_t sequence);
  /// Up to `limit` events after `sequence`.
  void events_after(std::int64_t sequence, std::size_t limit, std::vector<raw_event>& events);

 private:
  database_handle db_;
  raw_statement one_;
  raw_statement many_;
};

/// Valid as long as `what`.
[[nodiscard]] std::string_view bytes_of(const id& what);

}  // namespace evd::bench
