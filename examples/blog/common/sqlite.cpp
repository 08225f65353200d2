#include "common/sqlite.hpp"

namespace sqlite {

bool statement::next() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw failure(sqlite3_errmsg(connection_));
}

std::string statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return bytes == nullptr ? std::string{}
                          : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)));
}

void statement::bind(int index, std::string_view text) {
  check(sqlite3_bind_text64(handle_, index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void statement::check(int code) const {
  if (code != SQLITE_OK) throw failure(sqlite3_errmsg(connection_));
}

database::database(const std::filesystem::path& file, const char* schema) {
  const int code = sqlite3_open(file.c_str(), &connection_);
  const auto run = [&](const char* sql) {
    return sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  };
  if (code == SQLITE_OK) {
    sqlite3_busy_timeout(connection_, 5'000);
    if (run("PRAGMA journal_mode=WAL") && run("PRAGMA foreign_keys=ON") && run(schema)) return;
  }
  const std::string why = file.string() + ": " + sqlite3_errmsg(connection_);
  sqlite3_close(connection_);
  throw failure(why);
}

void database::transaction::execute(const char* sql) const {
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    throw failure(sqlite3_errmsg(connection_));
}

}  // namespace sqlite
