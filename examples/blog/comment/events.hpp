#pragma once
/// What module Comment tells the others.

#include <cstdint>
#include <string>

#include <evd/event.hpp>

namespace comment {

struct created {
  static constexpr evd::event event{"Comment.created"};
  std::string comment_id, blog_id, author_id;
};

/// The copies of a user's name in comments are up to date.
struct user_updated {
  static constexpr evd::event event{"Comment.userUpdated"};
  std::string user_id;
  std::int64_t revision = 0;
};

}  // namespace comment
