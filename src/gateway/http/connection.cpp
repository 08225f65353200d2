#include "gateway/http/connection.hpp"

#include <ctime>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "gateway/http/dispatch.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/target.hpp"

namespace evd::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t read_buffer_bytes = 128 << 10;
/// How long a client may go on sending what nobody reads any more, so that it sees the answer and not a reset.
constexpr auto linger = 2s;

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return made;
}

header_map to_headers(const http::fields& fields) {
  header_map made;
  for (const auto& field : fields) {
    auto [at, is_new] = made.try_emplace(lower(field.name_string()), field.value());
    if (!is_new) at->second.append(", ").append(field.value());
  }
  return made;
}

/// What makes a request unfit to be handled although it was parsed; null when nothing does.
const char* unfit(const http::request_parser<http::string_body>& parser) {
  const auto& message = parser.get();
  if (message.version() >= 11 && message.count(http::field::host) != 1) return "a request has exactly one Host header";
  // Whoever stands in front may count such a body differently than we do: refuse it rather than guess.
  if (message.count(http::field::transfer_encoding) > 0 && !parser.chunked()) {
    return "of the transfer encodings only chunked is understood";
  }
  return nullptr;
}

}  // namespace

connection::connection(asio::ip::tcp::socket&& socket, server_core& server)
    : server_(server), stream_(std::move(socket)), buffer_(read_buffer_bytes) {}

void connection::start() {
  asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->wait_for_request(); });
}

void connection::stop_when_idle() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (!self->idle_ || self->ended_) return;
    // A request may have arrived that has not been read yet: it is answered.
    code ignored;
    if (self->stream_.socket().available(ignored) == 0) self->end();
  });
}

void connection::stop_unless_answering() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] {
    if (!self->answering_) self->end();
  });
}

void connection::close() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->end(); });
}

void connection::wait_for_request() {
  if (ended_) return;
  answering_ = false;
  idle_ = buffer_.size() == 0;
  if (!idle_) return read_header();
  code ignored;
  if (server_.ending && stream_.socket().available(ignored) == 0) return end();
  stream_.expires_after(server_.options.idle_timeout);
  stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](code failed, std::size_t bytes) {
    if (failed) return self->end();
    self->buffer_.commit(bytes);
    self->idle_ = false;
    self->read_header();
  });
}

void connection::read_header() {
  head_ = false;
  parser_.emplace();
  parser_->header_limit(server_.options.max_header_bytes);
  parser_->body_limit(server_.options.max_body_bytes);
  stream_.expires_after(server_.options.header_timeout);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](code failed, std::size_t) { self->on_header(failed); });
}

void connection::on_header(code failed) {
  if (failed) return refuse(failed);
  const auto& message = parser_->get();
  keep_alive_ = message.keep_alive();
  head_ = message.method() == http::verb::head;
  if (const char* why = unfit(*parser_)) {
    keep_alive_ = false;
    return write(to_problem(error{errc::invalid_input, "read request", why, "", {}}));
  }
  if (parser_->is_done()) return handle();
  if (!beast::iequals(message[http::field::expect], "100-continue")) return read_body();

  // The client waits to be told that its body is wanted. It is not when nothing takes it.
  const auto target = parse_target(message.target());
  if (!target || !server_.routes.find(message.method_string(), target->path).found) {
    keep_alive_ = false;
    return handle();
  }
  auto go_on = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
  stream_.expires_after(server_.options.body_timeout);
  http::async_write(stream_, *go_on, [self = shared_from_this(), go_on](code broken, std::size_t) {
    if (broken) return self->end();
    self->read_body();
  });
}

void connection::read_body() {
  stream_.expires_after(server_.options.body_timeout);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](code failed, std::size_t) { self->on_body(failed); });
}

void connection::on_body(code failed) {
  if (failed) return refuse(failed);
  handle();
}

void connection::refuse(const code& failed) {
  keep_alive_ = false;
  if (failed == http::error::body_limit) {
    return write(
        to_problem(error{errc::payload_too_large,
                         "read request",
                         "the body is larger than " + std::to_string(server_.options.max_body_bytes) + " bytes",
                         "EVD_MAX_BODY_BYTES sets the limit",
                         {}}));
  }
  if (failed == http::error::header_limit || failed == http::error::buffer_overflow) {
    const auto limit = std::to_string(server_.options.max_header_bytes);
    return write(to_problem(431, "Request Header Fields Too Large",
                            "the request line and headers are larger than " + limit + " bytes", ""));
  }
  if (failed == http::error::bad_version) {
    return write(to_problem(505, "HTTP Version Not Supported", "this server speaks HTTP/1.1", ""));
  }
  // The client is gone, or took too long: there is nobody to tell.
  if (failed.category() != make_error_code(http::error::bad_method).category() ||
      failed == http::error::end_of_stream || failed == http::error::partial_message) {
    return end();
  }
  write(to_problem(
      error{errc::invalid_input, "read request", "this is no HTTP/1.1 request: " + failed.message(), "", {}}));
}

void connection::handle() {
  answering_ = true;
  stream_.expires_never();
  auto& message = parser_->get();
  const auto target = parse_target(message.target());
  const bool whole_server = message.method() == http::verb::options && message.target() == "*";
  if (!target && !whole_server) {
    return write(to_problem(error{errc::invalid_input,
                                  "read request",
                                  "the request's target is not understood",
                                  "a target is a path with percent-encoded UTF-8: /queries/users?name=J%C3%BCrgen",
                                  {}}));
  }
  auto request = std::make_shared<http_request>();
  request->method = message.method_string();
  request->path = whole_server ? "*" : target->path;
  request->query = target ? target->query : std::string{};
  request->headers = to_headers(message);
  request->body = std::move(message.body());
  request_ = request;
  handed_over_ = std::chrono::steady_clock::now();
  dispatch(server_, std::move(request), [weak = weak_from_this(), into = server_.into](http_response response) {
    into->post([weak, response = std::move(response)]() mutable {
      const auto self = weak.lock();
      if (!self) return;
      asio::dispatch(self->stream_.get_executor(),
                     [self, response = std::move(response)]() mutable { self->write(std::move(response)); });
    });
  });
}

void connection::write(http_response response) {
  if (ended_) return;
  report(response.status);
  answering_ = true;
  if (!parser_->is_done() || server_.ending) keep_alive_ = false;
  const auto prepare = [&](auto& message) {
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(http::field::date, http_date());
    message.set("X-Content-Type-Options", "nosniff");
    if (response.status != 204) message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.keep_alive(keep_alive_);
    if (response.status != 204) message.content_length(response.body.size());
  };
  if (head_ || response.status == 204) {
    auto message = std::make_shared<http::response<http::empty_body>>();
    prepare(*message);
    return send(message);
  }
  auto message = std::make_shared<http::response<http::string_body>>();
  prepare(*message);
  message->body() = std::move(response.body);
  send(message);
}

void connection::report(int status) {
  const auto request = std::exchange(request_, nullptr);
  if (!server_.options.on_answered) return;
  answered_request told;
  told.status = status;
  if (request) {
    told.route = request->route;
    told.method = request->method;
    const auto took = std::chrono::steady_clock::now() - handed_over_;
    told.duration = std::chrono::duration_cast<std::chrono::microseconds>(took);
  }
  server_.options.on_answered(told);
}

template <class Message>
void connection::send(std::shared_ptr<Message> message) {
  stream_.expires_after(server_.options.body_timeout);
  http::async_write(stream_, *message,
                    [self = shared_from_this(), message](code failed, std::size_t) { self->on_written(failed); });
}

void connection::on_written(const code& failed) {
  if (failed) return end();
  if (keep_alive_) return wait_for_request();
  code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (parser_->is_done()) return end();
  stream_.expires_after(linger);
  discard();
}

void connection::discard() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(read_buffer_bytes / 2),
                          [self = shared_from_this()](code failed, std::size_t) {
                            if (failed) return self->end();
                            self->discard();
                          });
}

void connection::end() {
  if (ended_) return;
  ended_ = true;
  stream_.close();
  server_.connections.remove(shared_from_this());
  server_.connection_ended();
}

}  // namespace evd::gateway
