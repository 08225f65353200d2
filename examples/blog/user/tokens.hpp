#pragma once
/// JSON Web Tokens (HS256, libjwt): a short one that says who calls, a long one that gets the next pair.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include <evd/error.hpp>

namespace user {

enum class token_kind : unsigned char { access, refresh };

inline constexpr std::chrono::seconds access_time = std::chrono::minutes(15);
inline constexpr std::chrono::seconds refresh_time = std::chrono::hours(24 * 30);

/// Threads: any.
class tokens {
 public:
  /// The key is EVD_BLOG_JWT_SECRET (32 bytes or more). Without it, one is made at first start and kept in `folder`,
  /// where only the file's owner can read it.
  [[nodiscard]] static evd::result<tokens> with_key_of(const std::filesystem::path& folder);

  struct claims {
    std::string user_id;
    std::string token_id;
  };
  [[nodiscard]] std::string make(token_kind kind, const claims& about) const;

  /// What a token says, if it is one of ours, of that kind, and has not expired.
  /// Errors: unauthenticated.
  [[nodiscard]] evd::result<claims> read(token_kind kind, std::string_view token) const;

  /// Who calls: the user of `Bearer TOKEN`; nobody without the header.
  /// Errors: unauthenticated.
  [[nodiscard]] evd::result<std::string> caller(std::string_view authorization) const;

 private:
  explicit tokens(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace user
