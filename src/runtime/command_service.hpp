#pragma once
/// Running commands: what gateways (HTTP, later GraphQL, cron, webhooks) call.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <evd/app.hpp>
#include <evd/error.hpp>
#include <evd/handler.hpp>
#include <evd/record.hpp>

namespace evd::runtime {

/// A command or query as it reached a gateway.
struct call_request {
  std::string name;
  std::string input;     ///< JSON as received, not checked
  std::string caller;    ///< as authenticated
  std::string source;    ///< "http", "call", ...
  bool durable = false;  ///< the caller asked to be answered at once; always so for commands declared durable
  header_map headers;    ///< kept with the command: `traceparent`
};

/// Threads: safe from any thread.
class command_service {
 public:
  virtual ~command_service() = default;

  /// Runs a command or a query, and calls `done` with its end, on a worker's thread; `done` must not block.
  ///
  /// Errors: not_found (no such command), invalid_input (with all problems; nothing was recorded), rejected and
  ///   others that its handler chose, handler_failed, timed_out, log_full, unavailable, shutting_down.
  virtual void call(call_request request, std::function<void(result<command_reply>)> done) = 0;

  /// What can be called, by name; null when there is no such command or query.
  [[nodiscard]] virtual const command_definition* find(std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<const command_definition*> all() const = 0;

  /// Ready to take work: the log can be written, the recorder is not too far behind.
  [[nodiscard]] virtual result<void> ready() const = 0;
};

}  // namespace evd::runtime
