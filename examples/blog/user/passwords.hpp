#pragma once
/// Passwords as argon2id hashes (libsodium, the limits for interactive use).
///
/// One hash takes 64 MiB and some 50 ms, so only a few are made at once. Threads: any.

#include <string>

#include <evd/secret.hpp>

namespace user {

[[nodiscard]] std::string hash_password(const evd::secret& password);

/// Whether it is the password. An empty `hash` (there is no such user) takes as long as any, and is never matched: who
/// measures the time learns nothing about which users there are.
[[nodiscard]] bool is_password(const std::string& hash, const evd::secret& password);

}  // namespace user
