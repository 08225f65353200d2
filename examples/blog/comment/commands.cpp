#include "comment/commands.hpp"

#include "comment/events.hpp"
#include "comment/register.hpp"
#include "common/checks.hpp"

namespace comment {

void register_commands(evd::module_builder& module, const deps& with) {
  module.command("commentCreate", [&all = with.all](const comment_create& input, evd::context& ctx) {
    if (ctx.caller().empty()) throw evd::rejected("log in first", evd::errc::unauthenticated);
    checks().length(input.text, 1, 10'000, "/text").or_throw();
    auto made = all.add(ctx.caller(), input.blog_id, input.text);
    ctx.publish(created{made.id, made.blog_id, made.author.id});
    return made;
  });
  module.query("comments",
               [&all = with.all](const comments_of& input, evd::context&) { return all.list(input.blog_id); });
}

}  // namespace comment
