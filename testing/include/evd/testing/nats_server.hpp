#pragma once
/// A real nats-server for tests: on a free loopback port, with its data in a temporary folder that goes with it.
///
///     auto server = nats_server::start({});
///     if (!server) GTEST_SKIP() << nats_server::why_not();
///     server->kill();     // as if the machine had gone
///     server->restart();  // same port, same data
///
/// Threads: one at a time. Lifetime: destroying it ends the server, which also ends when this process dies. Errors:
/// `std::runtime_error` with the end of the server's own log.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace evd::testing {

struct nats_server_options {
  std::string program{};         ///< empty: what `EVD_TEST_NATS_SERVER` names
  bool jetstream = true;         ///< false: a server that stores nothing
  std::string more{};            ///< further lines of its configuration file
  std::string jetstream_more{};  ///< further lines of its block `jetstream`, such as `max_file_store: 1MB`
};

class nats_server {
 public:
  /// Started, and ready to take connections. Null: there is no such program; see `why_not`.
  [[nodiscard]] static std::unique_ptr<nats_server> start(const nats_server_options& options);
  /// The program that `start` would run; empty: there is none.
  [[nodiscard]] static std::string program();
  /// The oldest server that is supported, when `EVD_TEST_NATS_SERVER_OLDEST` names one; empty otherwise.
  [[nodiscard]] static std::string oldest_program();
  /// One from before 2.12, when `EVD_TEST_NATS_SERVER_TOO_OLD` names it; empty otherwise.
  [[nodiscard]] static std::string too_old_program();
  /// For a skipped test: what is missing, and how to have it.
  [[nodiscard]] static std::string why_not();

  ~nats_server();
  nats_server(const nats_server&) = delete;
  nats_server& operator=(const nats_server&) = delete;

  [[nodiscard]] std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Ends it in an orderly way, and waits for that.
  void stop();
  /// Ends it at once (SIGKILL).
  void kill();
  /// It stands still (SIGSTOP) and goes on (SIGCONT).
  void pause();
  void resume();
  /// Again, on the same port and data. REQUIRES: stopped or killed.
  void restart();
  /// Forgets all data. REQUIRES: stopped or killed.
  void lose_data();

 private:
  explicit nats_server(nats_server_options options);
  void write_configuration() const;
  void run();
  void wait_until_ready();
  void end(int signal);
  [[nodiscard]] std::string end_of_log() const;

  nats_server_options options_;
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace evd::testing
