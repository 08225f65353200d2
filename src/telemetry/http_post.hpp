#pragma once
/// POST over HTTP, through libcurl, whose types stay in the .cpp.

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evd::telemetry {

struct http_reply {
  int status = 0;       ///< 0: there was no answer
  std::string failure;  ///< why there was none, with the address
  std::string body;     ///< its beginning, 64 KiB at the most
  std::optional<std::chrono::seconds> retry_after;
};

/// Posts JSON to one address and keeps the connection open in between.
///
/// Threads: one at a time. Redirections are not followed: they could take headers with a secret elsewhere.
class http_post {
 public:
  struct options {
    std::string url;  ///< http or https
    std::vector<std::pair<std::string, std::string>> headers;
    std::string certificate;  ///< a file of trusted certificates; empty: the system's
    std::chrono::milliseconds timeout{10'000};
  };
  explicit http_post(const options& with);
  ~http_post();
  http_post(const http_post&) = delete;
  http_post& operator=(const http_post&) = delete;

  /// Blocks for at most the time-out, or until `stop` is requested.
  [[nodiscard]] http_reply send(std::string_view json, const std::stop_token& stop);

 private:
  struct handle;
  std::unique_ptr<handle> handle_;
};

}  // namespace evd::telemetry
