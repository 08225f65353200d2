#pragma once
/// From a request to the route that answers it.

#include <memory>

#include "gateway/http/exchange.hpp"
#include "gateway/http/server.hpp"

namespace evd::gateway {

/// Finds the request's route, asks who the caller is, and runs the route where it wants to be run.
///
/// Completes: `reply` is called exactly once, whatever the route does: an exception, and an answer that is dropped
/// without
///   being given, become a 500.
/// Threads: called on a network thread, does not block.
void dispatch(server_core& server, std::shared_ptr<http_request> request, answer reply);

}  // namespace evd::gateway
