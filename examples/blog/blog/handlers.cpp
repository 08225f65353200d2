#include "blog/events.hpp"
#include "blog/register.hpp"
#include "user/events.hpp"

namespace blog {

using namespace std::chrono_literals;

void register_handlers(evd::module_builder& module, const blogs& all) {
  module.on<user::registered>("addAuthor", [&all](const user::registered& event, evd::context&) {
    all.rename_author({event.user_id, event.first_name, event.last_name}, 1);
  });
  // Publishes the same event however often it runs, so however often it runs there is one.
  module.on<user::name_updated>("updateAuthor", [&all](const user::name_updated& event, evd::context& ctx) {
    all.rename_author({event.user_id, event.first_name, event.last_name}, event.revision);
    ctx.publish(user_updated{event.user_id, event.revision});
  });
  module.on<post_read>("count", evd::options{.attempts = 3, .ack_wait = 10s},
                       [&all](const post_read& event, evd::context& ctx) { all.count_reading(event.blog_id, ctx); });
}

void register_blog(evd::module_builder& module, const blogs& all) {
  register_commands(module, all);
  register_handlers(module, all);
}

}  // namespace blog
