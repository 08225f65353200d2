#pragma once
/// What nats.c and the server answer becomes an `evd::error`, in one place.

#include <nats/nats.h>

#include <string>
#include <string_view>

#include <evd/error.hpp>

namespace evd::broker_nats {

/// Of a call of nats.c. `detail` holds the values: the address, the subject.
[[nodiscard]] error translate(natsStatus status, std::string_view where, std::string detail);

/// An error that JetStream answered with.
struct api_error {
  int code = 0;      ///< like HTTP's
  int err_code = 0;  ///< NATS's own number
  std::string description;
};

/// The server's own numbers that something here depends on.
namespace err_code {
inline constexpr int consumer_not_found = 10014;
inline constexpr int stream_not_found = 10059;
inline constexpr int wrong_last_sequence = 10071;
inline constexpr int insufficient_resources = 10023;
inline constexpr int store_failed = 10077;  ///< also: maximum bytes exceeded
}  // namespace err_code

/// Of a request or a publish. Remedies: log_full and disk_full for what the server has no room for, unavailable for
/// what may pass.
[[nodiscard]] error translate(const api_error& what, std::string_view where, std::string_view detail);

}  // namespace evd::broker_nats
