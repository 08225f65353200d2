#pragma once
/// A prepared statement, kept for reuse.
///
///     statement find{db, "SELECT name FROM users WHERE id = ?"};
///     for (auto rows = find.query(id); rows.next();) use(rows.text(0));
///
/// Bound texts and blobs are not copied: they must live until the statement was run or reset.
/// Threads: as its database. Lifetime: ends before its database. Errors: `failure_exception`.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <evd/id.hpp>
#include <evd/time.hpp>

#include "sqlite/database.hpp"

struct sqlite3_stmt;

namespace evd::sqlite {

class statement;

/// A run of a statement that returns rows; resets the statement at its end, so that no snapshot stays open.
class rows {
 public:
  explicit rows(statement& of) : of_(&of) {}
  rows(const rows&) = delete;
  rows& operator=(const rows&) = delete;
  ~rows();

  [[nodiscard]] bool next();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;  ///< valid until `next`
  [[nodiscard]] std::span<const std::uint8_t> blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] evd::id id(int column) const;  ///< the id of nothing where there is no blob of 12 bytes
  [[nodiscard]] timestamp time(int column) const;

 private:
  statement* of_;
};

class statement {
 public:
  statement(database& db, std::string_view sql);

  /// Binds `values` to ?1, ?2, ... and returns the run.
  template <class... Values>
  [[nodiscard]] rows query(const Values&... values) {
    bind_all(values...);
    return rows{*this};
  }

  /// Binds `values` and runs to the end. Returns the number of rows changed.
  template <class... Values>
  std::int64_t run(const Values&... values) {
    bind_all(values...);
    return finish();
  }

  bool step();
  void reset();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::uint8_t> blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  template <class... Values>
  void bind_all(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }
  std::int64_t finish();

  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, const void* data, std::size_t size);
  void bind_null(int index);

  template <class T>
  requires(std::integral<T> || std::is_enum_v<T>) void bind(int index, T value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  void bind(int index, std::string_view value) { bind_text(index, value); }
  void bind(int index, const evd::id& value) { bind_blob(index, value.bytes().data(), evd::id::size); }
  void bind(int index, std::span<const std::uint8_t> value) { bind_blob(index, value.data(), value.size()); }
  void bind(int index, timestamp value) { bind_integer(index, value.time_since_epoch().count()); }
  template <class Rep, class Period>
  void bind(int index, std::chrono::duration<Rep, Period> value) {
    bind_integer(index, value.count());
  }
  void bind(int index, std::nullptr_t) { bind_null(index); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      bind_null(index);
    }
  }

  struct finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  database* db_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

/// The text, or NULL when it is empty: rows of millions need not hold empty texts.
inline std::optional<std::string_view> or_null(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

}  // namespace evd::sqlite
