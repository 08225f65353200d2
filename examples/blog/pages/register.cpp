#include "pages/register.hpp"

#include "blog/commands.hpp"

namespace pages {

struct blog_with_comments {
  blog::blog_view blog;
  std::vector<comment::comment_view> comments;
};

void register_pages(evd::module_builder& module, const blog::blogs& blogs, const comment::comments& comments) {
  module.query("blogWithComments", [&](const blog::one_blog& input, evd::context&) {
    auto one = blogs.find(input.blog_id);
    if (!one) throw evd::rejected("there is no blog " + input.blog_id, evd::errc::not_found);
    return blog_with_comments{std::move(*one), comments.list(input.blog_id)};
  });
}

}  // namespace pages
