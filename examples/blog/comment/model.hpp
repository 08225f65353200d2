#pragma once
/// Comments, with their authors' names in them, in module Comment's own database.

#include <string>
#include <vector>

#include <evd/time.hpp>

#include "common/authors.hpp"
#include "common/sqlite.hpp"

namespace comment {

struct comment_view {
  std::string id, blog_id, text;
  authors::author_view author;
  evd::timestamp created_at;
};

/// Threads: any.
class comments {
 public:
  explicit comments(const std::filesystem::path& file);

  /// Errors: throws `evd::rejected` (not_found) while no such blog is known here.
  comment_view add(const std::string& author_id, const std::string& blog_id, const std::string& text) const;
  /// Of one blog, the oldest first.
  [[nodiscard]] std::vector<comment_view> list(const std::string& blog_id) const;

  /// A blog can be commented from now on. Repeating it is harmless.
  void add_blog(const std::string& blog_id) const;
  /// Writes an author's names into the comments. Repeating it is harmless.
  void rename_author(const authors::author_view& author, std::int64_t revision) const;

 private:
  sqlite::database database_;
};

}  // namespace comment
