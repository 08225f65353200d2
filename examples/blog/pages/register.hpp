#pragma once
/// What a reader sees on one page, put together from several modules by the application, which is the only one to know
/// them all.

#include <evd/module.hpp>

#include "blog/model.hpp"
#include "comment/model.hpp"

namespace pages {

/// Query `blogWithComments`. Both outlive the application.
void register_pages(evd::module_builder& module, const blog::blogs& blogs, const comment::comments& comments);

}  // namespace pages
