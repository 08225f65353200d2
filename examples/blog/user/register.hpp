#pragma once
/// Module User: accounts, names, log-in.

#include <evd/module.hpp>

#include "user/model.hpp"
#include "user/tokens.hpp"

namespace user {

/// What module User works with. Lifetime: longer than the application.
struct deps {
  const users& all;
  const tokens& signing;
};

void register_user(evd::module_builder& module, const deps& with);

}  // namespace user
