#pragma once
/// What module Blog tells the others.

#include <cstdint>
#include <string>

#include <evd/event.hpp>

namespace blog {

struct created {
  static constexpr evd::event event{"Blog.created"};
  std::string blog_id, author_id, title;
};

struct post_read {
  static constexpr evd::event event{"Blog.postRead"};
  std::string blog_id;
};

/// The copies of a user's name in blogs are up to date.
struct user_updated {
  static constexpr evd::event event{"Blog.userUpdated"};
  std::string user_id;
  std::int64_t revision = 0;
};

}  // namespace blog
