#include "user/tokens.hpp"

#include <fcntl.h>
#include <jwt.h>
#include <sodium.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>

namespace user {

namespace {

constexpr std::size_t least_key_bytes = 32;
constexpr const char* issuer = "evd-blog";

using jwt_ptr = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

const char* name_of(token_kind kind) {
  return kind == token_kind::access ? "access" : "refresh";
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string grant(jwt_t* token, const char* name) {
  const char* value = jwt_get_grant(token, name);
  return value == nullptr ? "" : value;
}

evd::error not_authenticated(std::string detail) {
  return {evd::errc::unauthenticated,
          "read token",
          std::move(detail),
          "log in, or refresh your tokens: POST /commands/userRefresh",
          {}};
}

std::string new_key() {
  unsigned char bytes[least_key_bytes];
  char text[2 * least_key_bytes + 1];
  randombytes_buf(bytes, sizeof bytes);
  return sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
}

}  // namespace

evd::result<tokens> tokens::with_key_of(const std::filesystem::path& folder) {
  if (const char* set = std::getenv("EVD_BLOG_JWT_SECRET"); set != nullptr) {
    if (std::string_view(set).size() >= least_key_bytes) return tokens(set);
    return evd::error{evd::errc::invalid_configuration,
                      "read the key of tokens",
                      "EVD_BLOG_JWT_SECRET is too short",
                      "give it 32 bytes or more: openssl rand -hex 32",
                      {}};
  }
  const auto file = folder / "jwt-secret";
  // O_EXCL: of two processes that start at once, one makes it.
  if (const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) {
    const auto key = new_key();
    const auto written = ::write(made, key.data(), key.size());
    ::close(made);
    if (written != static_cast<ssize_t>(key.size())) ::unlink(file.c_str());
  }
  std::ifstream in(file);
  std::string key{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (key.size() >= least_key_bytes) return tokens(std::move(key));
  return evd::error{evd::errc::invalid_configuration,
                    "read the key of tokens",
                    file.string() + " holds no key",
                    "remove it to have a new one made, or set EVD_BLOG_JWT_SECRET",
                    {}};
}

std::string tokens::make(token_kind kind, const claims& about) const {
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) throw std::bad_alloc();
  const jwt_ptr token(made, &jwt_free);
  const auto now = std::time(nullptr);
  const auto valid_for = kind == token_kind::access ? access_time : refresh_time;
  jwt_add_grant(made, "iss", issuer);
  jwt_add_grant(made, "sub", about.user_id.c_str());
  jwt_add_grant(made, "jti", about.token_id.c_str());
  jwt_add_grant(made, "typ", name_of(kind));
  jwt_add_grant_int(made, "iat", now);
  jwt_add_grant_int(made, "exp", now + valid_for.count());
  jwt_set_alg(made, JWT_ALG_HS256, bytes_of(key_), static_cast<int>(key_.size()));
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(made), &std::free);
  if (!text) throw std::runtime_error("a token could not be signed");
  return text.get();
}

evd::result<tokens::claims> tokens::read(token_kind kind, std::string_view token) const {
  jwt_t* read = nullptr;
  if (jwt_decode(&read, std::string(token).c_str(), bytes_of(key_), static_cast<int>(key_.size())) != 0) {
    return not_authenticated("this is no token of ours");
  }
  const jwt_ptr held(read, &jwt_free);
  // The token says itself how it was signed: one that says "none" must not get through.
  if (jwt_get_alg(read) != JWT_ALG_HS256 || grant(read, "iss") != issuer)
    return not_authenticated("this is no token of ours");
  if (grant(read, "typ") != name_of(kind)) {
    return not_authenticated(std::string("this is no ") + name_of(kind) + " token");
  }
  if (jwt_get_grant_int(read, "exp") <= std::time(nullptr)) return not_authenticated("the token has expired");
  return claims{grant(read, "sub"), grant(read, "jti")};
}

evd::result<std::string> tokens::caller(std::string_view authorization) const {
  if (authorization.empty()) return std::string{};
  constexpr std::string_view scheme = "Bearer ";
  if (!authorization.starts_with(scheme)) return not_authenticated("the Authorization header is not 'Bearer TOKEN'");
  auto found = read(token_kind::access, authorization.substr(scheme.size()));
  if (!found) return std::move(found).error();
  return std::move(found->user_id);
}

}  // namespace user
