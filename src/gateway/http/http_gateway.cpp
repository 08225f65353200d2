#include "gateway/http/http_gateway.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "gateway/http/connection.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/http/server.hpp"

namespace evd::gateway {

namespace {
/// How long a request may still be arriving when the gateway stops.
constexpr std::chrono::seconds arriving{1};
}  // namespace

struct http_gateway::server {
  server(http_options options, runtime::command_service& commands, log_sink& log)
      : core(std::move(options), log), accepting(std::make_shared<listener>(core)) {
    add_probe_routes(core, commands);
    if (!core.options.probes_only) add_standard_routes(core, commands);
  }

  void close_and_join() {
    for (const auto& one : core.connections.copy()) one->close();
    core.connections.wait_until_empty(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    core.into->shut();
    core.workers.join();  // before the connections go: routes use what belongs to them
    keep_running.reset();
    core.io.stop();
    for (auto& thread : threads) thread.join();
    threads.clear();
  }

  server_core core;
  std::shared_ptr<listener> accepting;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running =
      boost::asio::make_work_guard(core.io);
  std::vector<std::thread> threads;
};

http_gateway::http_gateway(std::unique_ptr<server> made) : server_(std::move(made)) {}

result<std::unique_ptr<http_gateway>> http_gateway::start(http_options options, runtime::command_service& commands,
                                                          log_sink& log) {
  options.threads = std::max(1U, options.threads);
  options.max_connections = std::max(1U, options.max_connections);
  auto made = std::make_unique<server>(std::move(options), commands, log);
  if (auto opened = made->accepting->open(made->core.options.address); !opened) return std::move(opened).error();
  made->accepting->start();
  for (std::uint32_t i = 0; i < made->core.options.threads; ++i) {
    made->threads.emplace_back([io = &made->core.io] { io->run(); });
  }
  return std::unique_ptr<http_gateway>(new http_gateway(std::move(made)));
}

http_gateway::~http_gateway() {
  stop(std::chrono::steady_clock::now());
}

std::string http_gateway::address() const {
  return server_->accepting->address();
}

void http_gateway::add_route(route added) {
  server_->core.routes.add(std::move(added));
}

void http_gateway::stop_accepting() {
  server_->core.ending = true;
  server_->accepting->stop();
  for (const auto& one : server_->core.connections.copy()) one->stop_when_idle();
}

void http_gateway::stop(std::chrono::steady_clock::time_point deadline) {
  if (server_->threads.empty()) return;
  stop_accepting();
  auto& connections = server_->core.connections;
  // A request that is still arriving would be refused. Its client may be slow on purpose: it is not waited for long.
  connections.wait_until_empty(std::min(deadline, std::chrono::steady_clock::now() + arriving));
  for (const auto& one : connections.copy()) one->stop_unless_answering();
  connections.wait_until_empty(deadline);
  server_->close_and_join();
}

}  // namespace evd::gateway
