#pragma once
/// One connection: reads requests one after another, has each answered, writes the answers.
///
/// Every state has a time limit (idle, header, body, write), except that a request being handled may take as long as it
/// takes: commands have a limit of their own. What is read is bounded before it is read. Requests that a client sent
/// ahead stay in the buffer until the one before is answered.
///
/// Threads: `start`, `stop_when_idle` and `close` from any thread; all else happens on the connection's strand.
/// Lifetime: kept alive by its pending operation and by the server's list.

#include <chrono>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "gateway/http/exchange.hpp"
#include "gateway/http/server.hpp"

namespace evd::gateway {

class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(boost::asio::ip::tcp::socket&& socket, server_core& server);

  void start();
  /// Ends now if no request has begun, otherwise after its answer.
  void stop_when_idle();
  /// Ends now unless a whole request has come and its answer has not gone.
  void stop_unless_answering();
  void close();

 private:
  using code = boost::beast::error_code;

  void wait_for_request();
  void read_header();
  void on_header(code failed);
  void read_body();
  void on_body(code failed);
  void refuse(const code& failed);
  void handle();
  void write(http_response response);
  void report(int status);
  template <class Message>
  void send(std::shared_ptr<Message> message);
  void on_written(const code& failed);
  void discard();
  void end();

  server_core& server_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::shared_ptr<const http_request> request_;  ///< being handled
  std::chrono::steady_clock::time_point handed_over_;
  bool idle_ = true;        ///< no byte of a request has come
  bool answering_ = false;  ///< a request has come whole, or is being refused
  bool head_ = false;       ///< the answer's body is not sent
  bool keep_alive_ = true;  ///< another request may follow
  bool ended_ = false;
};

}  // namespace evd::gateway
