#pragma once
/// The routes that every gateway has.

#include "gateway/http/server.hpp"

namespace evd::gateway {

/// `/livez`: the process serves requests. `/readyz`: it takes work, or every reason why it does not.
void add_probe_routes(server_core& server, runtime::command_service& commands);

/// `/`, `/openapi.json`, `/commands/`, `/queries/`.
void add_standard_routes(server_core& server, runtime::command_service& commands);

/// `POST /commands/NAME`, `GET /commands/ID`, `GET /queries/NAME`, `POST /queries/NAME`.
void add_command_routes(server_core& server, runtime::command_service& commands);

}  // namespace evd::gateway
