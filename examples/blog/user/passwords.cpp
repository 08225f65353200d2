#include "user/passwords.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <semaphore>

namespace user {

namespace {

constexpr int hashes_at_once = 2;
std::counting_semaphore<hashes_at_once> room{hashes_at_once};

class turn {
 public:
  turn() { room.acquire(); }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() { room.release(); }
};

}  // namespace

std::string hash_password(const evd::secret& password) {
  const turn mine;
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.value.data(), password.value.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
    throw std::bad_alloc();
  }
  return hash.data();
}

bool is_password(const std::string& hash, const evd::secret& password) {
  static const std::string nobodys = hash_password(evd::secret{"nobody has this password"});
  const turn mine;
  const auto& against = hash.empty() ? nobodys : hash;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.value.data(), password.value.size()) == 0;
  return same && !hash.empty();
}

}  // namespace user
