#pragma once
/// Accepts connections, as many as there may be at once.
///
/// Threads: `stop` and `address` from any thread; `open` before the others.

#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <evd/error.hpp>

#include "gateway/http/server.hpp"

namespace evd::gateway {

class listener : public std::enable_shared_from_this<listener> {
 public:
  explicit listener(server_core& server);

  /// Binds and listens. Errors: invalid_configuration.
  [[nodiscard]] result<void> open(std::string_view address);
  [[nodiscard]] std::string address() const { return address_; }

  void start();
  /// Serves those that have connected already, and no others.
  void stop();

 private:
  void accept();
  void accepted(boost::asio::ip::tcp::socket socket);
  void go_on();

  server_core& server_;
  boost::asio::ip::tcp::acceptor acceptor_;  // on its own strand
  boost::asio::steady_timer pause_;
  std::string address_;
  bool accepting_ = false;
};

}  // namespace evd::gateway
