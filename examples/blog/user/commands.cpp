#include "user/commands.hpp"

#include <algorithm>

#include <evd/context.hpp>

#include "common/checks.hpp"
#include "common/random.hpp"
#include "user/events.hpp"
#include "user/passwords.hpp"
#include "user/register.hpp"

namespace user {

namespace {

void check_names(checks& input, const std::string& first, const std::string& last) {
  input.length(first, 1, 100, "/firstName").length(last, 1, 100, "/lastName");
}

token_pair new_tokens(const deps& with, const std::string& user_id) {
  const tokens::claims about{user_id, random_id()};
  with.all.keep_refresh_token(about.token_id, user_id, refresh_time);
  return {with.signing.make(token_kind::access, about), with.signing.make(token_kind::refresh, about),
          access_time.count()};
}

user_view register_one(const deps& with, const user_register& input, evd::context& ctx) {
  checks found;
  const auto at = input.email.find('@');
  found.that(at != std::string::npos && at > 0 && at + 1 < input.email.size(), "/email", "is no e-mail address");
  found.length(input.email, 3, 254, "/email").length(input.password.value, 8, 1024, "/password");
  check_names(found, input.first_name, input.last_name);
  found.or_throw();
  auto added = with.all.add({input.email, hash_password(input.password), input.first_name, input.last_name});
  ctx.publish(registered{added.id, added.first_name, added.last_name});
  return added;
}

token_pair log_in(const deps& with, const user_login& input) {
  const auto known = with.all.credentials_of(input.email);
  if (!is_password(known ? known->password_hash : "", input.password)) {
    throw evd::rejected("e-mail address or password is wrong", evd::errc::unauthenticated);
  }
  return new_tokens(with, known->id);
}

token_pair refresh(const deps& with, const user_refresh& input) {
  const auto said = with.signing.read(token_kind::refresh, input.refresh_token.value);
  if (!said) throw evd::failure_exception(said.error());
  if (!with.all.use_refresh_token(said->token_id)) {
    throw evd::rejected("this refresh token has been used already", evd::errc::unauthenticated);
  }
  return new_tokens(with, said->user_id);
}

user_view rename(const deps& with, const update_names& input, evd::context& ctx) {
  if (ctx.caller().empty()) throw evd::rejected("log in first", evd::errc::unauthenticated);
  checks found;
  check_names(found, input.first_name, input.last_name);
  found.or_throw();
  auto updated = with.all.rename(ctx.caller(), input.first_name, input.last_name);
  ctx.publish(name_updated{updated.user.id, input.first_name, input.last_name, updated.revision});
  return updated.user;
}

}  // namespace

void register_user(evd::module_builder& module, const deps& with) {
  module.command("userRegister",
                 [with](const user_register& input, evd::context& ctx) { return register_one(with, input, ctx); });
  // Tokens are for the caller: the event store keeps that somebody logged in, not what they got.
  module.command("userLogin", evd::command_options{.keep_result = false},
                 [with](const user_login& input, evd::context&) { return log_in(with, input); });
  module.command("userRefresh", evd::command_options{.keep_result = false},
                 [with](const user_refresh& input, evd::context&) { return refresh(with, input); });
  module.command("userUpdateNames",
                 [with](const update_names& input, evd::context& ctx) { return rename(with, input, ctx); });

  module.query("user", [with](const one_user& input, evd::context&) {
    auto found = with.all.find(input.user_id);
    if (!found) throw evd::rejected("there is no user " + input.user_id, evd::errc::not_found);
    return *found;
  });
  module.query("users", [with](const some_users& input, evd::context&) {
    return with.all.list(std::clamp<std::int64_t>(input.limit.value_or(20), 1, 100), input.after.value_or(""));
  });
}

}  // namespace user
