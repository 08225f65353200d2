#pragma once
/// The HTTP server: commands and queries over JSON, and whatever else is mounted on it.
///
/// `POST /commands/NAME`, `GET` and `POST /queries/NAME`, `GET /` (what there is), `/openapi.json`, `/livez`,
/// `/readyz`. HTTP/1.1 without TLS: it belongs behind a proxy, and listens on the loopback interface unless told
/// otherwise.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <evd/app.hpp>
#include <evd/error.hpp>
#include <evd/logger.hpp>

#include "gateway/http/route_table.hpp"
#include "runtime/command_service.hpp"

namespace evd::gateway {

/// A command's state by its id, as JSON, for `GET /commands/ID`; none when nothing is known of it. It may block.
using command_lookup = std::function<result<std::optional<std::string>>(const command_id&)>;

/// One thing that has to be so for the instance to take work.
struct readiness_check {
  std::string name;                        ///< "recorder"
  std::function<evd::result<void>()> ask;  ///< an error says why it does not; it may block
};

struct http_options {
  std::string address = "127.0.0.1:8080";            ///< `ADDRESS:PORT`, `[IPv6]:PORT`; port 0: any that is free
  std::uint64_t max_body_bytes = 1 << 20;            ///< a larger body is refused with 413 before it is read
  std::uint32_t max_header_bytes = 16 << 10;         ///< request line and headers; beyond it 431
  std::chrono::milliseconds header_timeout{10'000};  ///< from a request's first byte to the end of its headers
  std::chrono::milliseconds body_timeout{30'000};    ///< for the whole body; also for the client to take the answer
  std::chrono::milliseconds idle_timeout{60'000};    ///< an open connection without a request
  evd::authenticator authenticator{};                ///< none: every caller is nobody; it may block
  command_lookup find_command{};                     ///< none: there is no `GET /commands/ID`
  std::vector<readiness_check> readiness{};          ///< for `/readyz`, beside the service's own
  std::function<void(const answered_request&)> on_answered{};  ///< told of every answer; it must not block
  bool probes_only = false;               ///< `/livez`, `/readyz` and what is mounted, but no commands and queries
  std::uint32_t threads = 2;              ///< that serve connections; as many may block in routes
  std::uint32_t max_connections = 4'096;  ///< at once; further ones wait to be accepted
};

/// Threads: any; `stop` and the destructor from one at a time. Lifetime: the service and the sink outlive it; answers
/// that the service gives later than that are dropped.
class http_gateway {
 public:
  /// Listens and serves.
  /// Errors: invalid_configuration (the address cannot be read, is in use, or is not of this machine).
  [[nodiscard]] static result<std::unique_ptr<http_gateway>> start(http_options options,
                                                                   runtime::command_service& commands, log_sink& log);
  http_gateway(const http_gateway&) = delete;
  http_gateway& operator=(const http_gateway&) = delete;
  ~http_gateway();

  /// Where it listens, `127.0.0.1:8080`, with the port that was chosen.
  [[nodiscard]] std::string address() const;

  /// Mounts a route at its path: exact, or everything below it when it ends in `/`. The longest path wins.
  void add_route(route added);

  /// Takes no new connections and no new requests; `/readyz` fails; connections end with the answer they are waiting
  /// for.
  void stop_accepting();

  /// Waits until the requests in work are answered, or until `deadline`, and then closes everything.
  void stop(std::chrono::steady_clock::time_point deadline);

 private:
  struct server;
  explicit http_gateway(std::unique_ptr<server> made);
  std::unique_ptr<server> server_;
};

}  // namespace evd::gateway
