#include "application.hpp"

#include "blog/register.hpp"
#include "comment/register.hpp"
#include "pages/register.hpp"
#include "user/register.hpp"

blog_application::blog_application(const blog_settings& settings)
    : signing_(user::tokens::with_key_of(settings.data).value()),
      users_(settings.data / "user.db"),
      blogs_(settings.data / "blog.db"),
      comments_(settings.data / "comment.db"),
      terminal_(settings.events),
      comments_fail_(settings.comments_fail),
      scene_(settings.events == terminal::begin::hidden),
      app_(settings.engine) {
  user::register_user(app_.module("User"), {users_, signing_});
  blog::register_blog(app_.module("Blog"), blogs_);
  comment::register_comment(app_.module("Comment"), {comments_, settings.update_author, [this] { before_update(); }});
  pages::register_pages(app_.module("Pages"), blogs_, comments_);
  app_.authenticate([this](std::string_view authorization) { return signing_.caller(authorization); });
  terminal_.watch(app_);
}

void blog_application::before_update() {
  if (!comments_fail_) return;
  if (scene_) terminal_.wait_for("Event! - [Blog-userUpdated]");
  throw std::runtime_error("Test Error!!");
}
