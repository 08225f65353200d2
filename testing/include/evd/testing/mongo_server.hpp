#pragma once
/// A server that speaks MongoDB's protocol, for one test: on a free port of the loopback interface, with a folder of
/// its own, ended with the test.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <evd/export.hpp>

namespace evd::testing {

enum class mongo_kind : std::uint8_t {
  mongod,      ///< EVD_TEST_MONGOD: the path of a mongod
  ferretdb,    ///< EVD_TEST_FERRETDB: that of the program in scripts/servers/ferretdb
  secantusdb,  ///< EVD_TEST_SECANTUSDB: that of secantusd-py
};

/// Threads: one. Lifetime: destroying it kills the server and removes its folder.
class EVD_API mongo_server {
 public:
  /// Starts it and waits until it takes connections. Throws std::runtime_error when it does not.
  explicit mongo_server(mongo_kind kind);
  mongo_server(const mongo_server&) = delete;
  mongo_server& operator=(const mongo_server&) = delete;
  ~mongo_server();

  /// The path of its program; empty: there is none on this machine.
  [[nodiscard]] static std::string program(mongo_kind kind);
  [[nodiscard]] static std::string_view name(mongo_kind kind);
  /// Those whose program is there.
  [[nodiscard]] static std::vector<mongo_kind> kinds();

  [[nodiscard]] std::string uri(std::string_view database, std::string_view options = {}) const;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool runs();

  /// On the same port, with the same folder. REQUIRES: it does not run.
  void start();
  /// SIGTERM, and waits; SIGKILL when it still runs after ten seconds.
  void stop();
  /// SIGKILL, and waits.
  void kill();
  /// SIGSTOP: it takes connections and answers nothing. SIGCONT: it answers again.
  void pause() const;
  void resume() const;

 private:
  [[nodiscard]] std::vector<std::string> arguments() const;
  void await_connections();
  void wait();

  mongo_kind kind_;
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace evd::testing
