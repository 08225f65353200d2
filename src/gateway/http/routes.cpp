#include "gateway/http/routes.hpp"

#include "gateway/http/index_page.hpp"
#include "gateway/http/openapi.hpp"
#include "gateway/http/problem.hpp"

namespace evd::gateway {

namespace {

/// Adds a GET that blocks nowhere and answers anybody.
void add_open(server_core& server, std::string path, route_handler handle) {
  server.routes.add({"GET", std::move(path), std::move(handle), run_on::network, caller_is::ignored});
}

}  // namespace

void add_standard_routes(server_core& server, runtime::command_service& commands) {
  add_open(server, "/", [&commands](const http_request& request, const answer& reply) {
    const bool html = request.header("accept").find("text/html") != std::string_view::npos;
    reply(html ? index_as_html(commands, request.header("host")) : index_as_json(commands));
  });
  add_open(server, "/openapi.json",
           [&commands](const http_request&, const answer& reply) { reply(openapi_document(commands)); });
  add_open(server, "/livez",
           [](const http_request&, const answer& reply) { reply({.body = R"({"status":"alive"})", .headers = {}}); });
  add_open(server, "/readyz", [&server, &commands](const http_request&, const answer& reply) {
    if (server.ending) return reply(to_problem(error{errc::shutting_down, "ready", "", "", {}}));
    if (const auto ready = commands.ready(); !ready) {
      auto refused = to_problem(ready.error());
      refused.status = 503;
      return reply(std::move(refused));
    }
    reply({.body = R"({"status":"ready"})", .headers = {}});
  });
  add_command_routes(server, commands);
}

}  // namespace evd::gateway
