#include "raw_sqlite.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "end_to_end/events.hpp"
#include "store/embedded/tables.hpp"

namespace evd::bench {
namespace {

constexpr std::string_view module_name = "Bench";
constexpr std::int64_t instance = 1;

[[noreturn]] void raise(sqlite3* db) {
  throw std::runtime_error(std::string{"plain SQLite: "} + sqlite3_errmsg(db));
}

void execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) raise(db);
}

database_handle opened(const std::string& path) {
  sqlite3* raw = nullptr;
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  database_handle db{raw};
  if (code != SQLITE_OK) raise(raw);
  sqlite3_busy_timeout(raw, 5'000);
  return db;
}

database_handle opened_for_writing(const std::string& path, synchronous how) {
  auto db = opened(path);
  execute(db.get(), "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384");
  execute(db.get(), how == synchronous::full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  raw_statement tables{db.get(), "SELECT count(*) FROM sqlite_schema"};
  tables.step();
  const bool is_new = tables.integer(0) == 0;
  tables.reset();
  if (is_new) {
    execute(db.get(), "BEGIN");
    execute(db.get(), store_embedded::tables);
    execute(db.get(), "INSERT INTO progress (one, epoch) VALUES (1, 1); COMMIT");
  }
  return db;
}

std::int64_t now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

template <class Key>
void count(std::vector<std::pair<Key, std::int64_t>>& counters, const auto& key) {
  const auto known = std::find_if(counters.begin(), counters.end(), [&](const auto& one) { return one.first == key; });
  if (known != counters.end()) {
    ++known->second;
  } else {
    counters.emplace_back(Key{key}, 1);
  }
}

}  // namespace

std::string_view bytes_of(const id& what) {
  return {reinterpret_cast<const char*>(what.bytes().data()), id::size};  // NOLINT: bytes are bytes
}

// ---- statements ----

raw_statement::raw_statement(sqlite3* db, const char* sql) : db_(db) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) raise(db);
  handle_.reset(raw);
}

raw_statement& raw_statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
  return *this;
}
raw_statement& raw_statement::bind(int index, std::string_view value) {
  sqlite3_bind_text(handle_.get(), index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}
raw_statement& raw_statement::bind(int index, const id& value) {
  sqlite3_bind_blob(handle_.get(), index, value.bytes().data(), id::size, SQLITE_STATIC);
  return *this;
}

raw_statement& raw_statement::bind_bytes(int index, std::string_view value) {
  if (value.empty()) {
    sqlite3_bind_null(handle_.get(), index);
  } else {
    sqlite3_bind_blob(handle_.get(), index, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  }
  return *this;
}

bool raw_statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  raise(db_);
}

void raw_statement::run() {
  while (step()) {}
  reset();
}

std::string_view raw_statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));  // NOLINT
  return data == nullptr
             ? std::string_view{}
             : std::string_view{data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

id raw_statement::identity(int column) const {
  id::byte_array bytes{};
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_.get(), column));
  if (sqlite3_column_bytes(handle_.get(), column) == static_cast<int>(id::size)) {
    std::copy_n(data, id::size, bytes.begin());
  }
  return id{bytes};
}

// ---- checkpoints ----

raw_checkpointer::raw_checkpointer(const std::string& path, sqlite3* writer) : db_(opened(path)), writer_(writer) {
  execute(db_.get(), "PRAGMA wal_autocheckpoint=0");
  const auto tell = [](void* self, sqlite3*, const char*, int pages) {
    auto& that = *static_cast<raw_checkpointer*>(self);
    {
      const std::lock_guard hold{that.mutex_};
      that.pages_ = pages;
      if (pages < 8'000) return SQLITE_OK;
    }
    that.changed_.notify_one();
    return SQLITE_OK;
  };
  sqlite3_wal_hook(writer, tell, this);
  thread_ = std::thread{[this] { run(); }};
}

raw_checkpointer::~raw_checkpointer() {
  sqlite3_wal_hook(writer_, nullptr, nullptr);
  {
    const std::lock_guard hold{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void raw_checkpointer::run() {
  for (;;) {
    int pages = 0;
    {
      std::unique_lock hold{mutex_};
      changed_.wait(hold, [&] { return stopping_ || pages_ >= 8'000; });
      if (stopping_) break;
      pages = std::exchange(pages_, 0);
    }
    const int how = pages >= 32'000 ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_wal_checkpoint_v2(db_.get(), nullptr, how, nullptr, nullptr);
  }
  sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

// ---- writing ----

struct raw_file::statements {
  explicit statements(sqlite3* db)
      : begin{db, "BEGIN IMMEDIATE"},
        commit{db, "COMMIT"},
        progress{db,
                 "UPDATE progress SET last_sequence=?, recorded_epoch=0, recorded_sequence=0, commands=commands+?,"
                 " events=events+?, outcomes=outcomes+?"},
        subject{db,
                "INSERT INTO subjects (subject, version, events, last) VALUES (?, 1, ?, ?) ON CONFLICT (subject) DO"
                " UPDATE SET events=events+excluded.events, last=excluded.last"},
        totals{db,
               "INSERT INTO subscription_totals (subscription, handled, duration) VALUES (?, ?, ?) ON CONFLICT"
               " (subscription) DO UPDATE SET handled=handled+excluded.handled, duration=duration+excluded.duration"},
        command{db, "INSERT INTO commands VALUES (?, ?, ?, ?, ?, NULL, 'call', 0, ?, 60000, NULL)"},
        command_outcome{db,
                        "INSERT INTO command_outcomes VALUES (?, ?, ?, 1, ?, ?, 'null', NULL, NULL, NULL,"
                        " ?, ?, ?)"},
        event{db, "INSERT INTO events VALUES (?, ?, ?, 1, ?, ?, NULL, ?, NULL, NULL, ?, NULL, NULL, ?)"},
        outcome{db, "INSERT INTO outcomes VALUES (?, ?, 1, ?, ?, ?, ?)"},
        subscription{db, "INSERT INTO subscriptions (module, name) VALUES (?, ?)"},
        cursor{db,
               "INSERT INTO cursors VALUES (?, ?) ON CONFLICT (subscription) DO UPDATE SET sequence=excluded.sequence"},
        last{db, "SELECT last_sequence FROM progress"} {}

  raw_statement begin, commit, progress, subject, totals, command, command_outcome, event, outcome, subscription,
      cursor, last;
};

raw_file::raw_file(const std::string& path, synchronous how)
    : db_(opened_for_writing(path, how)),
      sql_(std::make_unique<statements>(db_.get())),
      checkpointer_(std::make_unique<raw_checkpointer>(path, db_.get())) {
  if (sql_->last.step()) sequence_ = sql_->last.integer(0);
  sql_->last.reset();
}

raw_file::~raw_file() = default;

void raw_file::begin() {
  sql_->begin.run();
}

void raw_file::commit() {
  sql_->progress.bind(1, sequence_).bind(2, commands_).bind(3, events_).bind(4, outcomes_).run();
  const auto present = now();
  for (const auto& [subject, count] : subjects_) sql_->subject.bind(1, subject).bind(2, count).bind(3, present).run();
  for (const auto& [number, count] : subscriptions_) {
    sql_->totals.bind(1, number).bind(2, count).bind(3, std::int64_t{10}).run();
  }
  commands_ = events_ = outcomes_ = 0;
  subjects_.clear();
  subscriptions_.clear();
  sql_->commit.run();
}

id raw_file::add_command(std::string_view name) {
  const auto made = fresh_id();
  constexpr std::string_view input = R"({"number":100})";
  sql_->command.bind(1, ++sequence_).bind(2, made).bind(3, name).bind(4, module_name).bind(5, input).bind(6, now());
  sql_->command.run();
  ++commands_;
  return made;
}

void raw_file::add_command_outcome(const id& command, std::string_view name, std::string_view published) {
  auto& row = sql_->command_outcome.bind(1, command).bind(2, module_name).bind(3, name).bind(4, now());
  row.bind(5, std::int64_t{10}).bind_bytes(6, published).bind(7, instance).bind(8, ++sequence_).run();
}

raw_event raw_file::add_event(std::string_view subject, const id& command, const id& parent, std::string_view data) {
  raw_event made{++sequence_, fresh_id(), {}};
  auto& row = sql_->event.bind(1, made.sequence).bind(2, made.id).bind(3, subject).bind(4, command).bind(5, parent);
  row.bind(6, module_name).bind(7, now()).bind(8, data).run();
  ++events_;
  count(subjects_, subject);
  return made;
}

void raw_file::add_outcome(const id& event, std::int64_t subscription, std::string_view published) {
  ++sequence_;
  auto& row = sql_->outcome.bind(1, event).bind(2, subscription).bind(3, now()).bind(4, std::int64_t{10});
  row.bind_bytes(5, published).bind(6, instance).run();
  ++outcomes_;
  count(subscriptions_, subscription);
}

std::int64_t raw_file::add_subscription(std::string_view module, std::string_view name) {
  sql_->subscription.bind(1, module).bind(2, name).run();
  return sqlite3_last_insert_rowid(db_.get());
}

void raw_file::move_cursor(std::int64_t subscription, std::int64_t sequence) {
  sql_->cursor.bind(1, subscription).bind(2, sequence).run();
}

// ---- reading ----

raw_reader::raw_reader(const std::string& path)
    : db_(opened(path)),
      one_(db_.get(), "SELECT sequence, id, data FROM events WHERE sequence=?"),
      many_(db_.get(), "SELECT sequence, id, data FROM events WHERE sequence>? ORDER BY sequence LIMIT ?") {}

raw_event raw_reader::event_at(std::int64_t sequence) {
  one_.bind(1, sequence);
  if (!one_.step()) throw std::runtime_error("plain SQLite: an event that was written is not there");
  raw_event read{one_.integer(0), one_.identity(1), std::string{one_.text(2)}};
  one_.reset();
  return read;
}

void raw_reader::events_after(std::int64_t sequence, std::size_t limit, std::vector<raw_event>& events) {
  events.clear();
  many_.bind(1, sequence).bind(2, static_cast<std::int64_t>(limit));
  while (many_.step()) events.push_back({many_.integer(0), many_.identity(1), std::string{many_.text(2)}});
  many_.reset();
}

}  // namespace evd::bench
