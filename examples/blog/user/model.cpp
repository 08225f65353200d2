#include "user/model.hpp"

#include <ctime>

#include <evd/error.hpp>

#include "common/random.hpp"

namespace user {

namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS users (
  id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL COLLATE NOCASE, password_hash TEXT NOT NULL,
  first_name TEXT NOT NULL, last_name TEXT NOT NULL, name_revision INTEGER NOT NULL, registered_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refresh_tokens (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_at INTEGER NOT NULL);
)";

constexpr const char* columns = "SELECT id, email, first_name, last_name, registered_at FROM users ";

user_view to_view(const sqlite::statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), evd::timestamp(std::chrono::microseconds(row.number(4)))};
}

std::optional<user_view> find_in(const sqlite::session& in, const std::string& id) {
  auto row = in.query(std::string(columns) + "WHERE id = ?", id);
  if (!row.next()) return std::nullopt;
  return to_view(row);
}

}  // namespace

users::users(const std::filesystem::path& file) : database_(file, schema) {}

user_view users::add(const new_user& added) const {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  user_view made{random_id(), added.email, added.first_name, added.last_name, now};
  const int rows = database_.write([&](const sqlite::session& in) {
    return in.run("INSERT INTO users VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (email) DO NOTHING", made.id, added.email,
                  added.password_hash, added.first_name, added.last_name,
                  static_cast<std::int64_t>(now.time_since_epoch().count()));
  });
  if (rows == 0) throw evd::rejected("this e-mail address is registered already", evd::errc::conflict);
  return made;
}

users::renamed users::rename(const std::string& id, const std::string& first_name, const std::string& last_name) const {
  return database_.write([&](const sqlite::session& in) {
    in.run("UPDATE users SET first_name = ?, last_name = ?, name_revision = name_revision + 1 WHERE id = ?", first_name,
           last_name, id);
    auto found = find_in(in, id);
    if (!found) throw evd::rejected("there is no user " + id, evd::errc::not_found);
    auto row = in.query("SELECT name_revision FROM users WHERE id = ?", id);
    row.next();
    return renamed{std::move(*found), row.number(0)};
  });
}

std::optional<user_view> users::find(const std::string& id) const {
  return database_.read([&](const sqlite::session& in) { return find_in(in, id); });
}

std::vector<user_view> users::list(std::int64_t limit, const std::string& after_id) const {
  return database_.read([&](const sqlite::session& in) {
    std::vector<user_view> all;
    auto row = in.query(std::string(columns) + "WHERE id > ? ORDER BY id LIMIT ?", after_id, limit);
    while (row.next()) all.push_back(to_view(row));
    return all;
  });
}

std::optional<users::credentials> users::credentials_of(const std::string& email) const {
  return database_.read([&](const sqlite::session& in) -> std::optional<credentials> {
    auto row = in.query("SELECT id, password_hash FROM users WHERE email = ?", email);
    if (!row.next()) return std::nullopt;
    return credentials{row.text(0), row.text(1)};
  });
}

void users::keep_refresh_token(const std::string& token_id, const std::string& user_id,
                               std::chrono::seconds valid_for) const {
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  database_.write([&](const sqlite::session& in) {
    in.run("DELETE FROM refresh_tokens WHERE expires_at < ?", now);
    in.run("INSERT INTO refresh_tokens VALUES (?, ?, ?)", token_id, user_id,
           now + static_cast<std::int64_t>(valid_for.count()));
  });
}

bool users::use_refresh_token(const std::string& token_id) const {
  return database_.write(
      [&](const sqlite::session& in) { return in.run("DELETE FROM refresh_tokens WHERE id = ?", token_id) == 1; });
}

}  // namespace user
