#pragma once
/// A text that is read, and never shown again.

#include <string>

namespace evd {

/// A password, a token. It is read from JSON as it is and written as `"***"`: into the log, the store, traces and
/// answers. Its comparison is not of constant time: hash passwords, compare hashes.
struct secret {
  std::string value;
  friend bool operator==(const secret&, const secret&) = default;
};

}  // namespace evd
