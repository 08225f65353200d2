#pragma once
/// SQLite's result codes as errors of this library. The only place that knows both.

#include <string_view>

#include <evd/error.hpp>

struct sqlite3;

namespace evd::sqlite {

/// What `code`, returned by SQLite for `db` (null: it was never opened), means. `where` names the operation, `path` the
/// file.
///
/// FULL (or any I/O error with ENOSPC or EDQUOT): disk_full. READONLY, PERM, AUTH, CANTOPEN with EACCES: read_only.
/// CORRUPT, NOTADB: corrupt. BUSY, LOCKED: busy. CANTOPEN of what is not there: not_found. TOOBIG: payload_too_large.
/// CONSTRAINT, MISMATCH: invalid_input. Everything else: unavailable, because trying again is all that is left.
[[nodiscard]] error translate(int code, sqlite3* db, std::string_view where, std::string_view path);

/// As above for a system call that failed with `number` (errno).
[[nodiscard]] error translate_errno(int number, std::string_view where, std::string_view path);

/// Throws what `translate` says. Inside the embedded parts errors of SQL travel as `failure_exception`; their ports
/// turn them into `result` (see `guarded`).
[[noreturn]] void raise(int code, sqlite3* db, std::string_view where, std::string_view path);

/// Runs `work`, and turns a `failure_exception` into the error it holds: the border between SQL and the ports.
template <class Work>
auto guarded(Work&& work) -> result<decltype(work())> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const failure_exception& thrown) {
    return thrown.error();
  } catch (const std::exception& thrown) {
    return error{errc::internal, "embedded engine", thrown.what(), "", {}};
  }
}

}  // namespace evd::sqlite
