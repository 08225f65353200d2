#include "gateway/http/routes.hpp"

#include <evd/json.hpp>

#include "gateway/http/index_page.hpp"
#include "gateway/http/openapi.hpp"

namespace evd::gateway {

/// What `/readyz` answers.
struct not_ready_because {
  std::string check;  ///< "instance", "log", "recorder"
  std::string code;   ///< of the table of errors
  std::string detail;
};
struct readiness {
  std::string status = "ready";
  std::vector<not_ready_because> reasons;
};

namespace {

readiness readiness_of(server_core& server, const runtime::command_service& commands) {
  readiness made;
  const auto note = [&made](const std::string& check, const error& why) {
    made.status = "not_ready";
    const auto& row = describe(why.code);
    made.reasons.push_back({check, std::string(row.name), why.detail.empty() ? std::string(row.text) : why.detail});
  };
  if (server.ending) note("instance", error{errc::shutting_down, "readiness", "this instance is ending", "", {}});
  if (const auto service = commands.ready(); !service) {
    const bool ends = service.error().code == errc::shutting_down;
    if (!ends || made.reasons.empty()) note(ends ? "instance" : "log", service.error());
  }
  for (const auto& check : server.options.readiness) {
    if (const auto asked = check.ask(); !asked) note(check.name, asked.error());
  }
  return made;
}

http_response to_response(const readiness& what) {
  const bool ready = what.reasons.empty();
  http_response made{.status = ready ? 200 : 503, .body = to_json(what), .headers = {{"Cache-Control", "no-store"}}};
  if (!ready) made.headers.emplace_back("Retry-After", "1");
  return made;
}

/// Adds a GET that blocks nowhere and answers anybody.
void add_open(server_core& server, std::string path, route_handler handle) {
  server.routes.add({"GET", std::move(path), std::move(handle), run_on::network, caller_is::ignored});
}

}  // namespace

void add_probe_routes(server_core& server, runtime::command_service& commands) {
  add_open(server, "/livez", [](const http_request&, const answer& reply) {
    reply({.body = R"({"status":"alive"})", .headers = {{"Cache-Control", "no-store"}}});
  });
  // Asking the log may be a request over a network: not on a thread that serves connections.
  const auto ready = [&server, &commands](const http_request&, const answer& reply) {
    reply(to_response(readiness_of(server, commands)));
  };
  server.routes.add({"GET", "/readyz", ready, run_on::worker, caller_is::ignored});
}

void add_standard_routes(server_core& server, runtime::command_service& commands) {
  add_open(server, "/", [&commands](const http_request& request, const answer& reply) {
    const bool html = request.header("accept").find("text/html") != std::string_view::npos;
    reply(html ? index_as_html(commands, request.header("host")) : index_as_json(commands));
  });
  add_open(server, "/openapi.json",
           [&commands](const http_request&, const answer& reply) { reply(openapi_document(commands)); });
  add_command_routes(server, commands);
}

}  // namespace evd::gateway
