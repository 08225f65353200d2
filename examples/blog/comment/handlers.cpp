#include "blog/events.hpp"
#include "comment/events.hpp"
#include "comment/register.hpp"
#include "user/events.hpp"

namespace comment {

void register_handlers(evd::module_builder& module, const deps& with) {
  module.on<blog::created>(
      "addBlog", [&all = with.all](const blog::created& event, evd::context&) { all.add_blog(event.blog_id); });
  module.on<user::registered>("addAuthor", [&all = with.all](const user::registered& event, evd::context&) {
    all.rename_author({event.user_id, event.first_name, event.last_name}, 1);
  });
  module.on<user::name_updated>(
      "updateAuthor", with.update_author, [with](const user::name_updated& event, evd::context& ctx) {
        if (with.before_update) with.before_update();
        with.all.rename_author({event.user_id, event.first_name, event.last_name}, event.revision);
        ctx.publish(user_updated{event.user_id, event.revision});
      });
}

void register_comment(evd::module_builder& module, const deps& with) {
  register_commands(module, with);
  register_handlers(module, with);
}

}  // namespace comment
