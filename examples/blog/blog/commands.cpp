#include "blog/commands.hpp"

#include <algorithm>

#include "blog/events.hpp"
#include "blog/register.hpp"
#include "common/checks.hpp"

namespace blog {

namespace {

blog_view found(const blogs& all, const std::string& id) {
  auto one = all.find(id);
  if (!one) throw evd::rejected("there is no blog " + id, evd::errc::not_found);
  return *one;
}

}  // namespace

void register_commands(evd::module_builder& module, const blogs& all) {
  module.command("blogCreate", [&all](const blog_create& input, evd::context& ctx) {
    if (ctx.caller().empty()) throw evd::rejected("log in first", evd::errc::unauthenticated);
    checks().length(input.title, 1, 200, "/title").length(input.content, 1, 100'000, "/content").or_throw();
    auto made = all.add(ctx.caller(), input.title, input.content);
    ctx.publish(created{made.id, made.author.id, made.title});
    return made;
  });
  // Queries only read. Reading a post is worth an event, so it is a command.
  module.command("blogRead", [&all](const one_blog& input, evd::context& ctx) {
    auto one = found(all, input.blog_id);
    ctx.publish(post_read{one.id});
    return one;
  });
  module.query("blog", [&all](const one_blog& input, evd::context&) { return found(all, input.blog_id); });
  module.query("blogs", [&all](const some_blogs& input, evd::context&) {
    return all.list(input.author_id.value_or(""), std::clamp<std::int64_t>(input.limit.value_or(20), 1, 100));
  });
}

}  // namespace blog
