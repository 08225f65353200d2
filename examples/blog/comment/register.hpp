#pragma once
/// Module Comment: comments on posts.

#include <functional>

#include <evd/module.hpp>

#include "comment/model.hpp"

namespace comment {

/// What module Comment works with. Lifetime: longer than the application.
struct deps {
  const comments& all;
  evd::options update_author;           ///< how often and when `updateAuthor` is tried
  std::function<void()> before_update;  ///< called first in `updateAuthor`: where a demonstration makes it fail
};

void register_comment(evd::module_builder& module, const deps& with);

/// The parts of it.
void register_commands(evd::module_builder& module, const deps& with);
void register_handlers(evd::module_builder& module, const deps& with);

}  // namespace comment
