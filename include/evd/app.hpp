#pragma once
/// An application: its modules, and the parts that configuration names, put together and run.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <evd/config.hpp>
#include <evd/error.hpp>
#include <evd/export.hpp>
#include <evd/module.hpp>
#include <evd/port/log.hpp>
#include <evd/port/store.hpp>
#include <evd/source_location.hpp>

namespace evd {

/// Answers who the caller of an HTTP request is from its `Authorization` header (empty when there is none): a name,
/// empty for nobody, or an error, usually unauthenticated. Threads: any.
using authenticator = std::function<result<std::string>(std::string_view authorization)>;

/// What became of a command.
struct command_reply {
  command_id id;
  command_status status = command_status::succeeded;
  std::string result;  ///< JSON; "null" when it returns nothing or has not ended
};

/// Threads: `call` and `stop` from any thread; the rest from the one that made it. Lifetime: destroying it stops it.
class EVD_API app {
 public:
  explicit app(config settings);
  app(const app&) = delete;
  app& operator=(const app&) = delete;
  ~app();

  /// The module of that name, made when it is new.
  module_builder& module(std::string_view name, source_location where = source_location::current());

  /// Adds a middleware, inside those added before.
  app& use(middleware around);

  /// Who a caller over HTTP is. Without one, every caller is nobody.
  app& authenticate(authenticator who);

  /// Told of every dead letter once it is recorded. Threads: any; it must not block.
  app& on_dead_letter(std::function<void(const dead_letter_record&)> hook);

  /// Everything wrong with what was registered, each with file and line: two handlers of one name, two types of one
  /// subject, options out of range. `start` refuses to start with any.
  [[nodiscard]] std::vector<std::string> check() const;

  /// Starts, prints where it listens, serves until SIGTERM or SIGINT, drains, ends. The process's exit code: 0, 1 for
  /// an error while running, 2 for a mistake in registration or configuration. A handler that does not end within
  /// `config.drain`, nor after its stop token was set, is left behind: the process ends with 1.
  int run();

  /// As `run`, in pieces. `start` returns once commands are accepted.
  [[nodiscard]] result<void> start();
  /// Takes no new work, waits up to `config.drain` for what runs, and ends. Nothing is redelivered because of it.
  /// Returns when every handler has: it waits on for one that ignores its stop token.
  void stop();

  /// Runs a command as a gateway would, and waits for its end (of a durable one: for its acceptance).
  [[nodiscard]] result<command_reply> call(std::string_view name, std::string_view input_json,
                                           std::string_view caller = {});

  /// Waits until every subscription has handled everything and no command runs, or until the time is over.
  /// For tests and demonstrations. Waiting retries count as unfinished.
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds at_most);

  /// REQUIRES: started.
  [[nodiscard]] port::store& store();
  [[nodiscard]] port::log& log();
  /// The address HTTP is served at, `127.0.0.1:8080`; empty when it is not.
  [[nodiscard]] std::string http_address() const;
  /// The address that has `/metrics`; empty when none has.
  [[nodiscard]] std::string metrics_address() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace evd
