#include "runtime/command_runner.hpp"

#include <algorithm>

#include <evd/json.hpp>

#include "core/ids.hpp"
#include "core/value.hpp"
#include "runtime/failure.hpp"
#include "runtime/publishing.hpp"

namespace evd::runtime {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_pause{20};
constexpr milliseconds longest_pause{2'000};

std::string_view name_of(command_end how) {
  switch (how) {
    case command_end::accepted:
      return "accepted";
    case command_end::succeeded:
      return "succeeded";
    case command_end::rejected:
      return "rejected";
    case command_end::failed:
      return "failed";
    case command_end::retry:
      return "retry";
    case command_end::unknown:
      return "unknown";
    case command_end::refused:
      return "refused";
  }
  return "unknown";
}

command_end end_of(const error& why) {
  return describe(why.code).what_to_do == remedy::fix_caller ? command_end::rejected : command_end::failed;
}

}  // namespace

struct command_runner::running_command {
  running_command(const registered_command& what, call_request asked) : registered(what), request(std::move(asked)) {}

  const registered_command& registered;
  call_request request;
  std::function<void(result<command_reply>)> done;

  std::shared_ptr<void> input;
  command_record record;
  std::string answer = "null";
  std::unique_ptr<execution> running;
  std::unique_ptr<context> ctx;
  ticker::ticket limit = 0;
  steady_clock::time_point called = steady_clock::now();
  timestamp called_at = now();
  steady_clock::time_point started;
  failure why;                                    // of its handler
  command_end how = command_end::succeeded;       // told to the observer once the outcome is journalled
  result<command_reply> reply = command_reply{};  // what the caller is told then
};

void command_runner::call(call_request request, std::function<void(result<command_reply>)> done) {
  const std::string where = "command " + request.name;
  if (closed_) {
    return refuse(
        request, nullptr, done,
        error{errc::shutting_down, where, "this instance is ending", "call another instance, or again later", {}});
  }
  const auto* registered = what_.find_command(request.name);
  if (registered == nullptr) {
    return refuse(request, nullptr, done,
                  error{errc::not_found,
                        where,
                        "there is no command or query '" + request.name + "'",
                        "GET / lists what there is",
                        {}});
  }
  const auto command = std::make_shared<running_command>(*registered, std::move(request));
  command->done = std::move(done);
  const auto& definition = *registered->command;
  command->input = core::make_value(*definition.input);
  if (auto read = read_json(*definition.input, command->request.input, unknown_fields::refuse, command->input.get());
      !read) {
    auto why = std::move(read).error();
    why.where = where;
    return refuse(command->request, registered, command->done, std::move(why));
  }
  prepare(command);
  {
    const std::lock_guard lock(mutex_);
    running_.emplace(command.get(), command);
  }
  if (definition.query) {
    run(command);
  } else {
    record(command);
  }
}

void command_runner::refuse(const call_request& request, const registered_command* registered,
                            const std::function<void(result<command_reply>)>& done, error why) const {
  if (with_.observer != nullptr) {
    // A shutting-down instance does not look names up any more, but knows them.
    if (registered == nullptr) registered = what_.find_command(request.name);
    command_ended told;
    told.how = command_end::refused;
    if (registered != nullptr) {
      told.module = registered->module->name;
      told.name = registered->command->name;
      told.query = registered->command->query;
    }
    with_.observer->on(told);
  }
  done(std::move(why));
}

void command_runner::prepare(const shared_command& command) {
  const auto& definition = *command->registered.command;
  if (!definition.query) command->record.id = core::fresh_command_id(now(), random_bits());
  execution_identity identity;
  identity.what = definition.query ? invocation::kind::query : invocation::kind::command;
  identity.module = &command->registered.module->name;
  identity.handler = &definition.name;
  identity.chain = command->record.id;
  identity.caller = &command->request.caller;
  // A durable command is traced where it runs.
  if (definition.query || !(definition.options.durable || command->request.durable)) {
    const header_map* const cause = &command->request.headers;
    identity.trace = with_.begin_trace({&cause, 1});
  }
  std::vector<id> parents;
  if (!definition.query) parents.push_back(command->record.id);
  command->running = std::make_unique<execution>(identity, std::move(parents), with_.sink, with_.pool.executor());
  command->ctx = std::make_unique<context>(*command->running);
}

void command_runner::record(const shared_command& command) {
  const auto& definition = *command->registered.command;
  auto& record = command->record;
  record.name = definition.name;
  record.module = command->registered.module->name;
  record.input.text.clear();
  append_json(*definition.input, command->input.get(), record.input.text);  // what the handler sees, secrets masked
  record.caller = command->request.caller;
  record.source = command->request.source;
  record.headers = command->request.headers;
  record.mode = definition.options.durable || command->request.durable ? command_mode::durable : command_mode::in_place;
  record.accepted_at = now();
  record.time_limit = definition.options.time_limit;
  if (record.mode == command_mode::durable && core::holds_secret(*definition.input)) {
    answer(command,
           error{errc::invalid_input,
                 "command " + record.name,
                 "its input holds a secret, which is never recorded, so it cannot be run later",
                 "call it without asking for a response before it has ended",
                 {}},
           command_end::refused);
    return;
  }

  port::write what;
  what.commands.push_back(record);
  with_.log.commit(std::move(what), [this, command](result<port::receipt> receipt) {
    if (!receipt) {
      answer(command, std::move(receipt).error(), command_end::refused);
    } else if (command->record.mode == command_mode::durable) {
      answer(command, command_reply{command->record.id, command_status::accepted, "null"}, command_end::accepted);
    } else {
      run(command);
    }
  });
}

void command_runner::run(const shared_command& command) {
  const auto& definition = *command->registered.command;
  command->limit = with_.time.after(definition.options.time_limit, [command] { command->running->request_stop(); });
  with_.pool.post([this, command, &definition] {
    command->started = steady_clock::now();
    const invocation call{command->running->identity().what, command->registered.module->name, definition.name, "",
                          *command->ctx};
    run_inside(
        with_.around, call,
        [command, &definition](handler_done ended) {
          definition.run(command->input.get(), *command->ctx, command->answer, std::move(ended));
        },
        [this, command](const std::exception_ptr& thrown) { finished(command, thrown); });
  });
}

void command_runner::finished(const shared_command& command, const std::exception_ptr& thrown) {
  with_.time.cancel(command->limit);
  const auto& definition = *command->registered.command;
  if (definition.query) {
    if (thrown) {
      auto why = command_error(thrown, definition.name);
      const auto how = end_of(why);
      command->why = describe_failure(thrown);
      answer(command, std::move(why), how);
    } else {
      answer(command, command_reply{{}, command_status::succeeded, std::move(command->answer)}, command_end::succeeded);
    }
    return;
  }

  port::write what;
  command_outcome_record outcome;
  outcome.command = command->record.id;
  outcome.module = command->record.module;
  outcome.name = command->record.name;
  outcome.ended_at = now();
  outcome.duration = std::chrono::duration_cast<microseconds>(steady_clock::now() - command->started);
  outcome.instance = with_.instance;
  if (thrown) {
    auto why = command_error(thrown, definition.name);
    command->how = end_of(why);
    command->why = describe_failure(thrown);
    outcome.status = command->how == command_end::rejected ? command_status::rejected : command_status::failed;
    outcome.failure = command->why;
    if (outcome.status == command_status::failed) {
      command->running->log().error("command failed", {{"error", outcome.failure->message}});
    }
    command->reply = std::move(why);
  } else {
    what.events = publish_records(command->running->take_collected(), command->running->identity(),
                                  command->running->parents(), "", command->record.headers, outcome.ended_at);
    for (const auto& event : what.events) outcome.published.push_back(event.id);
    if (definition.options.keep_result) outcome.result.text = command->answer;
    command->reply = command_reply{command->record.id, command_status::succeeded, std::move(command->answer)};
  }
  what.journal.emplace_back(std::move(outcome));
  settle(command, std::move(what), first_pause);
}

// A write that fails is repeated with the same ids until the command's time limit; then nobody knows how it ended, and
// whoever closes overdue commands says so.
void command_runner::settle(const shared_command& command, port::write what, milliseconds pause) {
  auto again = what;
  with_.log.commit(std::move(what), [this, command, pause, again = std::move(again)](result<port::receipt> receipt) {
    if (receipt) {
      report_published(*command, again.events);
      answer(command, std::move(command->reply), command->how);
      return;
    }
    const auto& why = receipt.error();
    const bool hopeless = describe(why.code).what_to_do == remedy::fix_caller;
    const bool late = steady_clock::now() - command->started > command->record.time_limit;
    if (hopeless || late || closed_) {
      command->running->log().error("the outcome of a command could not be recorded", {{"error", why.to_string()}});
      answer(command,
             error{errc::outcome_unknown,
                   "command " + command->record.name,
                   "it ran, and its events could not be written: " + why.to_string(),
                   "look for the command " + command->record.id.to_string() + " before calling again",
                   {}},
             command_end::unknown);
      return;
    }
    with_.time.after(pause,
                     [this, command, pause, again] { settle(command, again, std::min(pause * 2, longest_pause)); });
  });
}

void command_runner::report(const running_command& command, command_end how, const result<command_reply>& reply) const {
  const auto& identity = command.running->identity();
  if (with_.observer != nullptr) {
    command_ended told{*identity.module, *identity.handler, identity.what == invocation::kind::query, how, {}};
    if (how != command_end::refused && how != command_end::accepted) {
      told.duration = std::chrono::duration_cast<microseconds>(steady_clock::now() - command.called);
    }
    with_.observer->on(told);
  }
  if (identity.trace && identity.trace->sampled) {
    auto why = command.why;
    if (why.type.empty() && !reply) why = {std::string(describe(reply.error().code).name), reply.error().detail, ""};
    with_.tracer->ended({*identity.trace,
                         identity.what,
                         *identity.module,
                         *identity.handler,
                         identity.chain,
                         1,
                         command.called_at,
                         now(),
                         command.request.source,
                         command.request.headers,
                         name_of(how),
                         std::move(why),
                         {}});
  }
}

void command_runner::report_published(const running_command& command, std::span<const event_record> events) const {
  const auto& identity = command.running->identity();
  report_events(with_, *identity.module, events, identity.trace);
}

void command_runner::answer(const shared_command& command, result<command_reply> reply, command_end how) {
  report(*command, how, reply);
  command->done(std::move(reply));
  const std::lock_guard lock(mutex_);
  running_.erase(command.get());
  ended_.notify_all();
}

const command_definition* command_runner::find(std::string_view name) const {
  const auto* registered = what_.find_command(name);
  return registered != nullptr ? registered->command : nullptr;
}

std::vector<const command_definition*> command_runner::all() const {
  std::vector<const command_definition*> list;
  for (const auto& [name, registered] : what_.commands()) list.push_back(registered.command);
  return list;
}

result<void> command_runner::ready() const {
  if (closed_) return error{errc::shutting_down, "readiness", "this instance is ending", "", {}};
  const auto status = with_.log.status();
  if (!status) return status.error();
  return {};
}

bool command_runner::wait_until_done(steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return ended_.wait_until(lock, deadline, [this] { return running_.empty(); });
}

void command_runner::request_stop() {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, command] : running_) {
    command->running->request_stop();
  }
}

std::size_t command_runner::running() const {
  const std::lock_guard lock(mutex_);
  return running_.size();
}

}  // namespace evd::runtime
