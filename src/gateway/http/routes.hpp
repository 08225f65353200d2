#pragma once
/// The routes that every gateway has.

#include "gateway/http/server.hpp"

namespace evd::gateway {

/// `/`, `/openapi.json`, `/livez`, `/readyz`, `/commands/`, `/queries/`.
void add_standard_routes(server_core& server, runtime::command_service& commands);

/// `POST /commands/NAME`, `GET /commands/ID`, `GET /queries/NAME`, `POST /queries/NAME`.
void add_command_routes(server_core& server, runtime::command_service& commands);

}  // namespace evd::gateway
