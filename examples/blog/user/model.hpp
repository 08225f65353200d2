#pragma once
/// Users and their refresh tokens, in module User's own database.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <evd/time.hpp>

#include "common/sqlite.hpp"

namespace user {

struct user_view {
  std::string id, email, first_name, last_name;
  evd::timestamp registered_at;
};

/// Threads: any.
class users {
 public:
  explicit users(const std::filesystem::path& file);

  struct new_user {
    std::string email, password_hash, first_name, last_name;
  };
  /// Errors: throws `evd::rejected` (conflict) when the e-mail address is taken.
  user_view add(const new_user& added) const;

  struct renamed {
    user_view user;
    std::int64_t revision;
  };
  /// Errors: throws `evd::rejected` (not_found).
  renamed rename(const std::string& id, const std::string& first_name, const std::string& last_name) const;

  [[nodiscard]] std::optional<user_view> find(const std::string& id) const;
  [[nodiscard]] std::vector<user_view> list(std::int64_t limit, const std::string& after_id) const;

  struct credentials {
    std::string id, password_hash;
  };
  [[nodiscard]] std::optional<credentials> credentials_of(const std::string& email) const;

  void keep_refresh_token(const std::string& token_id, const std::string& user_id,
                          std::chrono::seconds valid_for) const;
  /// A refresh token serves once. Whether it still did.
  [[nodiscard]] bool use_refresh_token(const std::string& token_id) const;

 private:
  sqlite::database database_;
};

}  // namespace user
