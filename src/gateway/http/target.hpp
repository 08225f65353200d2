#pragma once
/// The target of a request line (RFC 9112, section 3.2): path and query.

#include <optional>
#include <string>
#include <string_view>

namespace evd::gateway {

struct request_target {
  std::string path;   ///< percent-decoded
  std::string query;  ///< as received
};

/// Reads the origin form (`/path?query`) and the absolute form (`http://host/path?query`); none when it is neither,
/// when its percent-encoding is broken, or when the path is no UTF-8 or has a control character.
[[nodiscard]] std::optional<request_target> parse_target(std::string_view text);

/// `%41` to `A`; in a query `+` is a blank. None when the encoding is broken.
enum class plus_is : unsigned char { plus, blank };
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, plus_is plus);

/// Whether it is well-formed UTF-8 (no overlong forms, no surrogates).
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace evd::gateway
