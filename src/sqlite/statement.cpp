#include "sqlite/statement.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "sqlite/error.hpp"

namespace evd::sqlite {

void statement::finalizer::operator()(sqlite3_stmt* raw) const {
  sqlite3_finalize(raw);
}

statement::statement(database& db, std::string_view sql) : db_(&db) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &raw, nullptr);
  handle_.reset(raw);
  if (code != SQLITE_OK) raise(code, db.handle(), "read file", db.path());
}

bool statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const error failed = translate(code, db_->handle(), "use file", db_->path());
  sqlite3_reset(handle_.get());
  throw failure_exception(failed);
}

void statement::reset() {
  sqlite3_reset(handle_.get());
}

std::int64_t statement::finish() {
  while (step()) {}
  const auto changed = db_->changes();
  reset();
  return changed;
}

void statement::bind_integer(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
}

void statement::bind_text(int index, std::string_view value) {
  // A null pointer would bind NULL, which an empty text is not.
  const int code = sqlite3_bind_text64(handle_.get(), index, value.data() == nullptr ? "" : value.data(), value.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) raise(code, db_->handle(), "write file", db_->path());
}

void statement::bind_blob(int index, const void* data, std::size_t size) {
  const int code = size == 0 ? sqlite3_bind_null(handle_.get(), index)
                             : sqlite3_bind_blob64(handle_.get(), index, data, size, SQLITE_STATIC);
  if (code != SQLITE_OK) raise(code, db_->handle(), "write file", db_->path());
}

void statement::bind_null(int index) {
  sqlite3_bind_null(handle_.get(), index);
}

std::int64_t statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_.get(), column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data),  // NOLINT: SQLite's texts are unsigned char
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::span<const std::uint8_t> statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

rows::~rows() {
  of_->reset();
}
bool rows::next() {
  return of_->step();
}
std::int64_t rows::integer(int column) const {
  return of_->integer(column);
}
std::string_view rows::text(int column) const {
  return of_->text(column);
}
std::span<const std::uint8_t> rows::blob(int column) const {
  return of_->blob(column);
}
bool rows::is_null(int column) const {
  return of_->is_null(column);
}
timestamp rows::time(int column) const {
  return timestamp{std::chrono::microseconds{integer(column)}};
}

evd::id rows::id(int column) const {
  const auto bytes = blob(column);
  evd::id::byte_array array{};
  if (bytes.size() == evd::id::size) std::copy(bytes.begin(), bytes.end(), array.begin());
  return evd::id{array};
}

}  // namespace evd::sqlite
