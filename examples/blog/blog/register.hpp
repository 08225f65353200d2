#pragma once
/// Module Blog: posts.

#include <evd/module.hpp>

#include "blog/model.hpp"

namespace blog {

/// `all` outlives the application.
void register_blog(evd::module_builder& module, const blogs& all);

/// The parts of it.
void register_commands(evd::module_builder& module, const blogs& all);
void register_handlers(evd::module_builder& module, const blogs& all);

}  // namespace blog
