#include "sqlite/database.hpp"

#include <sqlite3.h>

#include <utility>

#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"

namespace evd::sqlite {
namespace {

std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr char digits[] = "0123456789abcdef";
      uri += {'%', digits[static_cast<unsigned char>(c) >> 4U], digits[static_cast<unsigned char>(c) & 15U]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void database::closer::operator()(sqlite3* db) const {
  sqlite3_close_v2(db);
}

database::database(std::string path, open_as mode, std::chrono::milliseconds busy) : path_(std::move(path)) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case open_as::create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
    case open_as::existing:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case open_as::read_only:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case open_as::immutable:
      flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
      break;
  }
  sqlite3* raw = nullptr;
  const std::string name = mode == open_as::immutable ? uri_of(path_) : path_;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) raise(code, raw, "open file", path_);
  if ((mode == open_as::create || mode == open_as::existing) && sqlite3_db_readonly(raw, "main") == 1) {
    raise(SQLITE_READONLY, nullptr, "open file", path_);
  }
  sqlite3_busy_timeout(raw, static_cast<int>(busy.count()));
}

void database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(code, handle(), "write file", path_);
}

std::int64_t database::integer(const char* sql) {
  statement query{*this, sql};
  return query.step() ? query.integer(0) : 0;
}

std::string database::text(const char* sql) {
  statement query{*this, sql};
  return query.step() ? std::string{query.text(0)} : std::string{};
}

std::int64_t database::changes() const {
  return sqlite3_changes64(handle());
}
bool database::in_transaction() const {
  return sqlite3_get_autocommit(handle()) == 0;
}

transaction::transaction(database& db, kind what) : db_(db) {
  db_.execute(what == kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

transaction::~transaction() {
  // Some errors (disk full, for one) have rolled back already.
  if (open_ && db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void transaction::commit() {
  db_.execute("COMMIT");
  open_ = false;
}

}  // namespace evd::sqlite
