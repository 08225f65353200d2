#pragma once
/// `GET /openapi.json`: the commands and queries as an OpenAPI 3.1 document.

#include "gateway/http/exchange.hpp"
#include "runtime/command_service.hpp"

namespace evd::gateway {

[[nodiscard]] http_response openapi_document(const runtime::command_service& commands);

}  // namespace evd::gateway
