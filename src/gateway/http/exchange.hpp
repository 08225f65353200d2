#pragma once
/// A request and its answer, as routes see them: no socket, no type of the HTTP library.

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <evd/error.hpp>
#include <evd/record.hpp>

namespace evd::gateway {

/// A request that has been read completely.
struct http_request {
  std::string method;  ///< "GET", "POST", ...; a HEAD comes as GET, and its answer's body is not sent
  std::string path;    ///< percent-decoded, without the query: "/commands/userRegister"
  std::string query;   ///< after the `?`, as received
  header_map headers;  ///< names in lower case; of a repeated one the values, separated by ", "
  std::string body;
  std::string caller;  ///< as authenticated; empty: nobody known
  std::string route;   ///< the path of the route that answers it, "/commands/"; empty: there is none

  /// A header's value; empty when it was not sent.
  [[nodiscard]] std::string_view header(std::string_view lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
  }
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// A request was answered. The texts live for the call.
struct answered_request {
  std::string_view route;   ///< as of the request; empty: there is none, or it could not be read
  std::string_view method;  ///< as the client sent it; empty: it could not be read
  int status = 0;
  std::chrono::microseconds duration{};  ///< from the request having been read to its answer
};

/// Sends the answer. Called once; from any thread; does not block.
using answer = std::function<void(http_response)>;

/// Handles a request. The request lives until the answer has been given.
using route_handler = std::function<void(const http_request&, answer)>;

}  // namespace evd::gateway
