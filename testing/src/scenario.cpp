#include <evd/testing/scenario.hpp>

#include <evd/subject.hpp>
#include <future>
#include <optional>

#include "core/value.hpp"
#include "runtime/execution.hpp"
#include "runtime/failure.hpp"
#include "runtime/worker_pool.hpp"

namespace evd::testing {

struct scenario::state {
  module_definition module;
  std::string caller;
  runtime::worker_pool pool{1};  // for handlers that are coroutines
  std::vector<shown_event> published;
  std::string answer;
  std::optional<failure> failed;

  // Runs one handler to its end. `run` is given the execution and what to call at the end.
  template <class Run>
  void run(runtime::execution_identity identity, std::vector<id> parents, bool keep, const Run& run_handler) {
    identity.module = &module.name;
    runtime::execution execution(identity, std::move(parents), standard_log(), pool.executor());
    std::promise<std::exception_ptr> ended;
    auto end = ended.get_future();
    run_handler(execution, [&ended](const std::exception_ptr& thrown) { ended.set_value(thrown); });
    if (const auto thrown = end.get()) {
      failed = runtime::describe_failure(thrown);
      return;
    }
    for (auto& event : execution.take_collected()) {
      if (keep) published.push_back({std::string(event.type->subject), std::move(event.data)});
    }
  }
};

namespace {

std::string shown(const std::vector<shown_event>& events) {
  std::string text;
  for (const auto& event : events) text += "\n  " + event.subject + " " + event.data.text;
  return text.empty() ? "\n  nothing" : text;
}

const id some_command{id::byte_array{0, 0, 0, 1}};

}  // namespace

scenario::scenario() : state_(std::make_unique<state>()) {
  state_->module.name = "Scenario";
}
scenario::scenario(scenario&&) noexcept = default;
scenario& scenario::operator=(scenario&&) noexcept = default;
scenario::~scenario() = default;

module_definition& scenario::definition() {
  return state_->module;
}

scenario& scenario::as(std::string_view caller) {
  state_->caller = caller;
  return *this;
}

void scenario::call(std::string_view command, const type_table& type, const void* input) {
  for (const auto& candidate : state_->module.commands) {
    if (candidate.name != command) continue;
    if (candidate.input != &type) {
      throw scenario_failure("command " + std::string(command) +
                             " takes another type of input than the scenario gives");
    }
    state_->published.clear();
    state_->answer = "null";
    state_->failed.reset();
    runtime::execution_identity identity;
    identity.what = candidate.query ? invocation::kind::query : invocation::kind::command;
    identity.handler = &candidate.name;
    identity.chain = command_id(some_command);
    identity.caller = &state_->caller;
    state_->run(identity, {some_command}, true, [&](runtime::execution& execution, const handler_done& done) {
      context ctx(execution);
      candidate.run(input, ctx, state_->answer, done);
    });
    return;
  }
  throw scenario_failure("the module has no command or query '" + std::string(command) + "'");
}

scenario& scenario::when_json(std::string_view command, std::string_view input) {
  for (const auto& candidate : state_->module.commands) {
    if (candidate.name != command) continue;
    const auto value = core::make_value(*candidate.input);
    if (const auto read = read_json(*candidate.input, input, unknown_fields::refuse, value.get()); !read) {
      state_->published.clear();
      state_->failed = failure{"evd::failure_exception", read.error().to_string(), ""};
      return *this;
    }
    call(command, *candidate.input, value.get());
    return *this;
  }
  throw scenario_failure("the module has no command or query '" + std::string(command) + "'");
}

void scenario::deliver(const event_info& type, const void* event, step which) {
  state_->published.clear();
  state_->failed.reset();
  event_record record;
  record.subject = type.subject;
  record.version = type.version;
  record.command = command_id(some_command);
  record.parents = {some_command};
  record.data.text.clear();
  append_json(type.data, event, record.data.text);
  bool handled = false;
  for (const auto& handler : state_->module.subscriptions) {
    if (!matches(handler.filter, type.subject)) continue;
    handled = true;
    runtime::execution_identity identity;
    identity.handler = &handler.name;
    identity.chain = record.command;
    identity.record = &record;
    const bool batched = handler.run_batch != nullptr;
    identity.what = batched ? invocation::kind::batch : invocation::kind::event;
    state_->run(
        identity, {record.id}, which == step::when, [&](runtime::execution& execution, const handler_done& done) {
          if (batched) {
            batch_entry entry(record, event, 1);
            batch_context ctx(execution);
            handler.run_batch(handler.key ? handler.key(event) : std::string(), std::span(&entry, 1), ctx, done);
          } else {
            context ctx(execution);
            handler.run(handler.type != nullptr ? event : static_cast<const void*>(&record), ctx, done);
          }
        });
    if (which == step::given && state_->failed) {
      throw scenario_failure("given " + record.subject + " " + record.data.text + ": handler " + handler.name +
                             " threw " + state_->failed->type + ": " + state_->failed->message);
    }
  }
  if (which == step::when && !handled) throw scenario_failure("the module has no handler of " + record.subject);
}

void scenario::expect(const std::vector<shown_event>& events) {
  if (state_->failed) {
    throw scenario_failure("expected" + shown(events) + "\nbut the handler threw " + state_->failed->type + ": " +
                           state_->failed->message);
  }
  if (state_->published != events) {
    throw scenario_failure("expected" + shown(events) + "\nbut was published" + shown(state_->published));
  }
}

void scenario::expect_answer(const std::string& answer) {
  if (state_->failed)
    throw scenario_failure("expected the answer " + answer + "\nbut the handler threw " + state_->failed->type + ": " +
                           state_->failed->message);
  if (state_->answer != answer)
    throw scenario_failure("expected the answer " + answer + "\nbut it is " + state_->answer);
}

scenario& scenario::then_fails(std::string_view text) {
  if (!state_->failed) {
    throw scenario_failure("expected a failure with '" + std::string(text) + "'\nbut was published" +
                           shown(state_->published));
  }
  if (state_->failed->message.find(text) == std::string::npos) {
    throw scenario_failure("expected a failure with '" + std::string(text) + "'\nbut it was " + state_->failed->type +
                           ": " + state_->failed->message);
  }
  return *this;
}

}  // namespace evd::testing
