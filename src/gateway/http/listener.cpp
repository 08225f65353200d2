#include "gateway/http/listener.hpp"

#include <charconv>
#include <future>
#include <optional>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include "gateway/http/connection.hpp"

namespace evd::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using code = boost::system::error_code;

namespace {

struct host_and_port {
  std::string host;
  std::uint16_t port = 0;
};

std::optional<host_and_port> split(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = address.substr(0, colon);
  const auto port = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  host_and_port made{std::string(host), 0};
  const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), made.port);
  if (host.empty() || port.empty() || wrong != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  return made;
}

std::string to_text(const tcp::endpoint& where) {
  const auto host = where.address().to_string();
  return (where.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(where.port());
}

error cannot_listen(std::string_view address, std::string_view why, std::string hint) {
  return {errc::invalid_configuration,
          "listen for HTTP",
          std::string(address) + ": " + std::string(why),
          std::move(hint),
          {}};
}

}  // namespace

listener::listener(server_core& server)
    : server_(server), acceptor_(asio::make_strand(server.io)), pause_(acceptor_.get_executor()) {}

result<void> listener::open(std::string_view address) {
  const auto wanted = split(address);
  if (!wanted) {
    return cannot_listen(address, "is no address and port",
                         "EVD_HTTP is ADDRESS:PORT: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080 for every interface");
  }
  code failed;
  tcp::resolver resolver(server_.io);
  const auto found = resolver.resolve(wanted->host, std::to_string(wanted->port),
                                      tcp::resolver::passive | tcp::resolver::numeric_service, failed);
  if (failed) return cannot_listen(address, failed.message(), "EVD_HTTP names an address of this machine");
  const tcp::endpoint where = *found.begin();
  acceptor_.open(where.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor_.bind(where, failed);
  if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    return cannot_listen(address, failed.message(),
                         "set EVD_HTTP to another port, or to " + wanted->host + ":0 for any that is free");
  }
  acceptor_.non_blocking(true, failed);
  address_ = to_text(acceptor_.local_endpoint(failed));
  return {};
}

void listener::start() {
  server_.connection_ended = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) asio::post(self->acceptor_.get_executor(), [self] { self->go_on(); });
  };
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->go_on(); });
}

void listener::go_on() {
  if (accepting_ || !acceptor_.is_open() || server_.connections.size() >= server_.options.max_connections) return;
  accepting_ = true;
  accept();
}

void listener::accept() {
  acceptor_.async_accept(asio::make_strand(server_.io), [self = shared_from_this()](code failed, tcp::socket socket) {
    self->accepting_ = false;
    if (failed == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
    if (!failed) {
      self->accepted(std::move(socket));
      return self->go_on();
    }
    // Out of file descriptors, for one: connections that end make room.
    self->server_.log.write(log_level::warning, "a connection could not be accepted", {{"why", failed.message()}});
    self->pause_.expires_after(std::chrono::milliseconds(100));
    self->pause_.async_wait([self](code) { self->go_on(); });
  });
}

void listener::accepted(tcp::socket socket) {
  code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto made = std::make_shared<connection>(std::move(socket), server_);
  server_.connections.add(made);
  made->start();
}

void listener::stop() {
  std::promise<void> stopped;
  server_.into->post([this, &stopped] {
    asio::dispatch(acceptor_.get_executor(), [this, &stopped] {
      code failed;
      while (acceptor_.is_open()) {
        tcp::socket socket(asio::make_strand(server_.io));
        acceptor_.accept(socket, failed);
        if (failed) break;
        accepted(std::move(socket));
      }
      acceptor_.close(failed);
      pause_.cancel();
      stopped.set_value();
    });
  });
  stopped.get_future().wait();
}

}  // namespace evd::gateway
