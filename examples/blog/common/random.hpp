#pragma once
/// Names for new things.

#include <sodium.h>

#include <array>
#include <string>

/// 24 hexadecimal digits that nobody can guess.
inline std::string random_id() {
  std::array<unsigned char, 12> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 25> text{};
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  return text.data();
}
