#pragma once
/// Inputs and answers of module User's commands and queries.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <evd/secret.hpp>

#include "user/model.hpp"

namespace user {

/// A password is an `evd::secret`: the record of the command has `"***"` in its place.
struct user_register {
  std::string email;
  evd::secret password;
  std::string first_name, last_name;
};

struct user_login {
  std::string email;
  evd::secret password;
};

struct user_refresh {
  evd::secret refresh_token;
};

struct token_pair {
  std::string access_token, refresh_token;
  std::int64_t expires_in = 0;  ///< seconds, of the access token
};

struct update_names {
  std::string first_name, last_name;
};

struct one_user {
  std::string user_id;
};

struct some_users {
  std::optional<std::int64_t> limit;  ///< 1 to 100; 20 when absent
  std::optional<std::string> after;   ///< the last id of the page before
};

}  // namespace user
