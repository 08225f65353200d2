#pragma once
/// A module's own database: one SQLite file, one connection, one user at a time.

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sqlite {

class failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A prepared statement, with its parameters bound. Lifetime: less than its session's.
class statement {
 public:
  template <class... Parameters>
  statement(sqlite3* connection, std::string_view sql, const Parameters&... parameters) : connection_(connection) {
    check(sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr));
    int index = 0;
    (bind(++index, parameters), ...);
  }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;
  ~statement() { sqlite3_finalize(handle_); }

  /// Steps to the next row; false when there is none.
  bool next();
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(handle_, column); }

 private:
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number) { check(sqlite3_bind_int64(handle_, index, number)); }
  void check(int code) const;

  sqlite3* connection_;
  sqlite3_stmt* handle_ = nullptr;
};

/// The database while nobody else uses it.
class session {
 public:
  explicit session(sqlite3* connection) : connection_(connection) {}

  template <class... Parameters>
  statement query(std::string_view sql, const Parameters&... parameters) const {
    return statement(connection_, sql, parameters...);
  }
  /// Runs a statement and returns how many rows it changed.
  template <class... Parameters>
  int run(std::string_view sql, const Parameters&... parameters) const {
    statement made(connection_, sql, parameters...);
    while (made.next()) {}
    return sqlite3_changes(connection_);
  }

 private:
  sqlite3* connection_;
};

/// Threads: any; calls take turns.
class database {
 public:
  /// Opens or makes the file, and runs `schema` in it.
  database(const std::filesystem::path& file, const char* schema);
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database() { sqlite3_close(connection_); }

  template <class Work>
  auto read(Work work) const {
    const std::lock_guard lock(mutex_);
    return work(session(connection_));
  }

  /// Runs `work` in one transaction: all of it happens, or, when it throws, nothing.
  template <class Work>
  auto write(Work work) const {
    const std::lock_guard lock(mutex_);
    const transaction open(connection_);
    if constexpr (std::is_void_v<decltype(work(session(connection_)))>) {
      work(session(connection_));
      open.commit();
    } else {
      auto made = work(session(connection_));
      open.commit();
      return made;
    }
  }

 private:
  class transaction {
   public:
    explicit transaction(sqlite3* connection) : connection_(connection) { execute("BEGIN IMMEDIATE"); }
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction() {
      if (sqlite3_get_autocommit(connection_) == 0) sqlite3_exec(connection_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    void commit() const { execute("COMMIT"); }

   private:
    void execute(const char* sql) const;
    sqlite3* connection_;
  };

  mutable std::mutex mutex_;
  sqlite3* connection_ = nullptr;
};

}  // namespace sqlite
