#pragma once
/// Blogs, with their authors' names in them, in module Blog's own database.

#include <optional>
#include <string>
#include <vector>

#include <evd/context.hpp>
#include <evd/time.hpp>

#include "common/authors.hpp"
#include "common/sqlite.hpp"

namespace blog {

struct blog_view {
  std::string id, title, content;
  authors::author_view author;
  std::int64_t reads = 0;
  evd::timestamp created_at;
};

/// Threads: any.
class blogs {
 public:
  explicit blogs(const std::filesystem::path& file);

  blog_view add(const std::string& author_id, const std::string& title, const std::string& content) const;
  [[nodiscard]] std::optional<blog_view> find(const std::string& id) const;
  /// The newest first; of all authors when `author_id` is empty.
  [[nodiscard]] std::vector<blog_view> list(const std::string& author_id, std::int64_t limit) const;

  /// Writes an author's names into the blogs. Repeating it is harmless.
  void rename_author(const authors::author_view& author, std::int64_t revision) const;
  /// Counts a reading. Repeating it for the same event is harmless.
  void count_reading(const std::string& id, const evd::context& of) const;

 private:
  sqlite::database database_;
};

}  // namespace blog
