#include "blog/model.hpp"

#include "common/once.hpp"
#include "common/random.hpp"

namespace blog {

namespace {

const std::string schema = std::string(authors::schema) + once::schema + R"(
CREATE TABLE IF NOT EXISTS blogs (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, content TEXT NOT NULL, author_id TEXT NOT NULL,
  author_first_name TEXT NOT NULL, author_last_name TEXT NOT NULL, reads INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS blogs_by_author ON blogs (author_id, created_at);
)";

constexpr const char* columns =
    "SELECT id, title, content, author_id, author_first_name, author_last_name, reads, created_at FROM blogs ";

blog_view to_view(const sqlite::statement& row) {
  return {row.text(0),   row.text(1),
          row.text(2),   {row.text(3), row.text(4), row.text(5)},
          row.number(6), evd::timestamp(std::chrono::microseconds(row.number(7)))};
}

}  // namespace

blogs::blogs(const std::filesystem::path& file) : database_(file, schema.c_str()) {}

blog_view blogs::add(const std::string& author_id, const std::string& title, const std::string& content) const {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  return database_.write([&](const sqlite::session& in) {
    blog_view made{random_id(), title, content, authors::find(in, author_id), 0, now};
    in.run("INSERT INTO blogs VALUES (?, ?, ?, ?, ?, ?, 0, ?)", made.id, title, content, author_id,
           made.author.first_name, made.author.last_name, static_cast<std::int64_t>(now.time_since_epoch().count()));
    return made;
  });
}

std::optional<blog_view> blogs::find(const std::string& id) const {
  return database_.read([&](const sqlite::session& in) -> std::optional<blog_view> {
    auto row = in.query(std::string(columns) + "WHERE id = ?", id);
    if (!row.next()) return std::nullopt;
    return to_view(row);
  });
}

std::vector<blog_view> blogs::list(const std::string& author_id, std::int64_t limit) const {
  return database_.read([&](const sqlite::session& in) {
    std::vector<blog_view> all;
    auto row = in.query(std::string(columns) + "WHERE ?1 = '' OR author_id = ?1 ORDER BY created_at DESC LIMIT ?2",
                        author_id, limit);
    while (row.next()) all.push_back(to_view(row));
    return all;
  });
}

void blogs::rename_author(const authors::author_view& author, std::int64_t revision) const {
  database_.write([&](const sqlite::session& in) {
    authors::keep(in, author, revision);
    const auto newest = authors::find(in, author.id);
    in.run("UPDATE blogs SET author_first_name = ?, author_last_name = ? WHERE author_id = ?", newest.first_name,
           newest.last_name, author.id);
  });
}

void blogs::count_reading(const std::string& id, const evd::context& of) const {
  database_.write([&](const sqlite::session& in) {
    if (once::first_time(in, "count", of)) in.run("UPDATE blogs SET reads = reads + 1 WHERE id = ?", id);
  });
}

}  // namespace blog
