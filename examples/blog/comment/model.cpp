#include "comment/model.hpp"

#include <evd/error.hpp>

#include "common/random.hpp"

namespace comment {

namespace {

const std::string schema = std::string(authors::schema) + R"(
CREATE TABLE IF NOT EXISTS blogs (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS comments (
  id TEXT PRIMARY KEY, blog_id TEXT NOT NULL, text TEXT NOT NULL, author_id TEXT NOT NULL,
  author_first_name TEXT NOT NULL, author_last_name TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS comments_by_blog ON comments (blog_id, created_at);
CREATE INDEX IF NOT EXISTS comments_by_author ON comments (author_id);
)";

}  // namespace

comments::comments(const std::filesystem::path& file) : database_(file, schema.c_str()) {}

comment_view comments::add(const std::string& author_id, const std::string& blog_id, const std::string& text) const {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  return database_.write([&](const sqlite::session& in) {
    if (!in.query("SELECT 1 FROM blogs WHERE id = ?", blog_id).next()) {
      throw evd::rejected("there is no blog " + blog_id, evd::errc::not_found);
    }
    comment_view made{random_id(), blog_id, text, authors::find(in, author_id), now};
    in.run("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?)", made.id, blog_id, text, author_id,
           made.author.first_name, made.author.last_name, static_cast<std::int64_t>(now.time_since_epoch().count()));
    return made;
  });
}

std::vector<comment_view> comments::list(const std::string& blog_id) const {
  return database_.read([&](const sqlite::session& in) {
    std::vector<comment_view> all;
    auto row = in.query(
        "SELECT id, blog_id, text, author_id, author_first_name, author_last_name, created_at FROM comments "
        "WHERE blog_id = ? ORDER BY created_at, id LIMIT 1000",
        blog_id);
    while (row.next()) {
      all.push_back({row.text(0),
                     row.text(1),
                     row.text(2),
                     {row.text(3), row.text(4), row.text(5)},
                     evd::timestamp(std::chrono::microseconds(row.number(6)))});
    }
    return all;
  });
}

void comments::add_blog(const std::string& blog_id) const {
  database_.write([&](const sqlite::session& in) { in.run("INSERT OR IGNORE INTO blogs VALUES (?)", blog_id); });
}

void comments::rename_author(const authors::author_view& author, std::int64_t revision) const {
  database_.write([&](const sqlite::session& in) {
    authors::keep(in, author, revision);
    const auto newest = authors::find(in, author.id);
    in.run("UPDATE comments SET author_first_name = ?, author_last_name = ? WHERE author_id = ?", newest.first_name,
           newest.last_name, author.id);
  });
}

}  // namespace comment
