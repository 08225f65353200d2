#pragma once
/// Errors as HTTP answers: problem details (RFC 9457), one form for every error of the gateway.

#include <string>

#include <evd/error.hpp>

#include "gateway/http/exchange.hpp"

namespace evd::gateway {

/// The answer to a request that failed with `failure`: status and title from the error table, then `detail`, `hint`,
/// `code` and `problems`. A 401 says how to authenticate, a 429 and 503 when to try again.
[[nodiscard]] http_response to_problem(const error& failure);

/// The same for a status that the error table does not have: 408, 431, 505.
[[nodiscard]] http_response to_problem(int status, std::string_view title, std::string_view detail,
                                       std::string_view hint);

}  // namespace evd::gateway
