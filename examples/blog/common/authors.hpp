#pragma once
/// A module's own copies of users' names.
///
/// Each module that shows names keeps them itself, from the events of module User: it never asks User. Names come with
/// a revision, and an older one never replaces a newer one. So it does not matter how often an event comes, or in which
/// order.

#include <cstdint>
#include <string>

#include "common/sqlite.hpp"

namespace authors {

inline constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS authors (id TEXT PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL,"
    " revision INTEGER NOT NULL);";

struct author_view {
  std::string id, first_name, last_name;
};

/// Keeps these names unless newer ones are known.
inline void keep(const sqlite::session& in, const author_view& author, std::int64_t revision) {
  in.run(
      "INSERT INTO authors VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name,"
      " last_name = excluded.last_name, revision = excluded.revision WHERE excluded.revision > revision",
      author.id, author.first_name, author.last_name, revision);
}

/// The names as known now; empty for somebody whose registration has not arrived here yet.
inline author_view find(const sqlite::session& in, const std::string& id) {
  auto row = in.query("SELECT first_name, last_name FROM authors WHERE id = ?", id);
  if (!row.next()) return {id, "", ""};
  return {id, row.text(0), row.text(1)};
}

}  // namespace authors
