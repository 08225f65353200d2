#pragma once
/// `GET /`: what can be called here, for a person or a program. It is what a newcomer sees first.

#include "gateway/http/exchange.hpp"
#include "runtime/command_service.hpp"

namespace evd::gateway {

/// `{"commands":[{"name","method","path","durable","input","output"}],"queries":[...]}` with JSON Schemas.
[[nodiscard]] http_response index_as_json(const runtime::command_service& commands);

/// The same to read, with a line to paste for each; `host` is what the reader knows this server as.
[[nodiscard]] http_response index_as_html(const runtime::command_service& commands, std::string_view host);

}  // namespace evd::gateway
