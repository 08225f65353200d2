#pragma once
/// Handlers as the runtime sees them: types erased, one struct a registration. Users register through `module_builder`.

#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <evd/context.hpp>
#include <evd/event.hpp>
#include <evd/options.hpp>
#include <evd/record.hpp>
#include <evd/source_location.hpp>
#include <evd/type_table.hpp>

namespace evd {

/// Called once when a handler has ended: null, or what it threw.
using handler_done = std::function<void(std::exception_ptr)>;

struct command_definition {
  std::string name;
  command_options options;
  bool query = false;  ///< reads only: not recorded, publishes nothing
  const type_table* input = nullptr;
  const type_table* output = nullptr;  ///< null: returns nothing
  source_location where;
  /// Runs the handler on a decoded `input`; what it returns is encoded into `result` before `done` is called.
  std::function<void(const void* input, context&, std::string& result, handler_done done)> run;
};

struct subscription_definition {
  std::string name;
  std::string filter;  ///< a subject, or a filter with wildcards
  subscription_kind kind = subscription_kind::single;
  evd::options options;
  const event_info* type = nullptr;  ///< null: the handler takes the `event_record` itself
  source_location where;
  /// `single` and `ordered`. The event is a value of `type`, or an `event_record`.
  std::function<void(const void* event, context&, handler_done done)> run;
  /// `batch` and `group`: with one call per group, the entries are of one group.
  std::function<void(const std::string& key, std::span<batch_entry>, batch_context&, handler_done done)> run_batch;
  /// `group` and `ordered`: the event's key.
  std::function<std::string(const void* event)> key;
};

/// One module: a unit of code with its own data.
struct module_definition {
  std::string name;
  source_location where;
  std::vector<command_definition> commands;
  std::vector<subscription_definition> subscriptions;
};

/// What a middleware is told about a call.
struct invocation {
  enum class kind : std::uint8_t { command, query, event, batch };
  kind what;
  const std::string& module;
  const std::string& name;
  std::string_view subject;  ///< empty for commands and queries
  evd::context& context;
};

/// Runs around every handler: call `next` with a function that is called when the handler has ended, and call
/// `done` then (or without calling `next`, to refuse). Threads: any.
using middleware =
    std::function<void(const invocation&, const std::function<void(handler_done)>& next, handler_done done)>;

}  // namespace evd
