#include "sqlite/error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace evd::sqlite {
namespace {

constexpr std::string_view full_hint = "free space on the disk; nothing is lost, and it goes on by itself";
constexpr std::string_view read_only_hint = "give this user the right to write the file and its folder";
constexpr std::string_view corrupt_hint = "nothing was changed; restore the file from a copy, or name another file";

errc code_of_errno(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return errc::disk_full;
    case EACCES:
    case EPERM:
    case EROFS:
      return errc::read_only;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
      return errc::not_found;
    default:
      return errc::unavailable;
  }
}

errc code_of(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return errc::disk_full;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return errc::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::busy;
    case SQLITE_CANTOPEN:
      return system_error == 0 ? errc::read_only : code_of_errno(system_error);
    case SQLITE_TOOBIG:
      return errc::payload_too_large;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return errc::invalid_input;
    case SQLITE_IOERR:
      return code_of_errno(system_error);
    case SQLITE_MISUSE:
    case SQLITE_ERROR:
    case SQLITE_RANGE:
      return errc::internal;
    default:
      return errc::unavailable;
  }
}

std::string_view hint_of(errc code) {
  switch (code) {
    case errc::disk_full:
      return full_hint;
    case errc::read_only:
      return read_only_hint;
    case errc::corrupt:
      return corrupt_hint;
    case errc::not_found:
      return "check the path; its folder must exist";
    case errc::busy:
      return "another process writes the file; try again";
    default:
      return "";
  }
}

error describe_failure(errc code, std::string_view where, std::string_view path, std::string what, int system_error) {
  std::string detail{path};
  detail += ": ";
  detail += what;
  if (system_error != 0) detail += std::string{" ("} + std::strerror(system_error) + ')';
  return {code, std::string{where}, std::move(detail), std::string{hint_of(code)}, {}};
}

// The errno behind an I/O error. SQLite says it for statements, and not where a commit fails; then the files know.
int system_error_of(sqlite3* db) {
  if (const int known = sqlite3_system_errno(db); known != 0) return known;
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(db, "main", which, &file) != SQLITE_OK || file == nullptr) continue;
    int last = 0;
    if (file->pMethods != nullptr) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last);
    if (last != 0) return last;
  }
  return 0;
}

}  // namespace

error translate(int code, sqlite3* db, std::string_view where, std::string_view path) {
  const int primary = code & 0xff;
  const bool about_files = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
  const int system_error = db != nullptr && about_files ? system_error_of(db) : 0;
  const char* message = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  // Our statements fit our tables: where a column is missing, the description of the tables is damaged.
  const bool no_such = primary == SQLITE_ERROR && std::string_view(message).starts_with("no such ");
  return describe_failure(no_such ? errc::corrupt : code_of(code, system_error), where, path, message, system_error);
}

error translate_errno(int number, std::string_view where, std::string_view path) {
  return describe_failure(code_of_errno(number), where, path, std::strerror(number), 0);
}

void raise(int code, sqlite3* db, std::string_view where, std::string_view path) {
  throw failure_exception(translate(code, db, where, path));
}

}  // namespace evd::sqlite
