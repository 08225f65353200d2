#pragma once
/// Everything a module needs. Coroutine handlers need `evd/coroutine.hpp` as well.

#include <evd/app.hpp>
#include <evd/config.hpp>
#include <evd/context.hpp>
#include <evd/error.hpp>
#include <evd/event.hpp>
#include <evd/json.hpp>
#include <evd/module.hpp>
#include <evd/options.hpp>
#include <evd/secret.hpp>
