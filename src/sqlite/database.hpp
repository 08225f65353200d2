#pragma once
/// One connection to one SQLite file.
///
/// Threads: one at a time; the owner of the connection sees to it (the connection itself has no mutex).
/// Errors: `failure_exception`, see sqlite/error.hpp.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;

namespace evd::sqlite {

enum class open_as : std::uint8_t {
  create,     ///< made when it is not there
  existing,   ///< must be there
  read_only,  ///< must be there; nothing is written
  immutable,  ///< as read_only, of a file that nobody changes, in a folder that nobody can write
};

class database {
 public:
  /// Opens `path`. Statements wait up to `busy` for another process's lock.
  database(std::string path, open_as mode, std::chrono::milliseconds busy = std::chrono::seconds{5});

  /// Runs one or more statements that return nothing of interest.
  void execute(const char* sql);

  /// The first column of the first row, 0 when there is none.
  [[nodiscard]] std::int64_t integer(const char* sql);
  [[nodiscard]] std::string text(const char* sql);

  /// Rows that the statement just run has inserted, changed or deleted.
  [[nodiscard]] std::int64_t changes() const;

  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct closer {
    void operator()(sqlite3* db) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, closer> handle_;
};

/// Rolls back unless `commit` was called.
class transaction {
 public:
  enum class kind : std::uint8_t { read, write };
  explicit transaction(database& db, kind what = kind::write);
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();
  void commit();

 private:
  database& db_;
  bool open_ = true;
};

}  // namespace evd::sqlite
