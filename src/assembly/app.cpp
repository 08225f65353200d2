#include <evd/app.hpp>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <future>
#include <map>
#include <thread>

#include "assembly/open.hpp"
#include "assembly/signals.hpp"
#include "assembly/watching.hpp"
#include "gateway/http/http_gateway.hpp"
#include "runtime/recorder.hpp"
#include "runtime/registry.hpp"
#include "runtime/runtime.hpp"

namespace evd {

namespace {

std::string instance_name(const config& settings) {
  if (!settings.instance.empty()) return settings.instance;
  char host[256] = "localhost";
  ::gethostname(host, sizeof host - 1);
  return std::string(host) + ":" + std::to_string(::getpid());
}

// What `GET /commands/ID` shows of a command.
result<std::optional<std::string>> command_as_json(port::store& store, const command_id& id) {
  const auto found = store.command(id);
  if (!found) return found.error();
  if (!*found) return std::optional<std::string>();
  return std::optional(to_json(**found));
}

}  // namespace

// Declared in the order in which they need each other: destroyed from the last to the first.
struct app::parts {
  config settings;
  std::deque<module_definition> modules;  // a deque: the runtime keeps pointers to them
  std::map<std::string, module_builder, std::less<>> builders;
  std::vector<middleware> around;
  authenticator who;
  std::function<void(const dead_letter_record&)> on_dead_letter;

  std::unique_ptr<runtime::registry> registry;
  std::unique_ptr<assembly::engine> engine;
  std::unique_ptr<assembly::watching> watching;
  std::unique_ptr<runtime::recorder> recorder;
  std::unique_ptr<runtime::runtime> runtime;
  std::unique_ptr<gateway::http_gateway> http;

  /// Takes no new work and waits for what runs. How many handlers have not ended, although they were asked to.
  std::size_t drain() {
    const auto deadline = std::chrono::steady_clock::now() + settings.drain;
    std::size_t left = 0;
    if (http) http->stop_accepting();
    if (runtime) left = runtime->stop(settings.drain);
    if (http) http->stop(std::max(deadline, std::chrono::steady_clock::now() + std::chrono::milliseconds(500)));
    return left;
  }
};

app::app(config settings) : parts_(std::make_unique<parts>()) {
  parts_->settings = std::move(settings);
}
app::~app() {
  stop();
}

module_builder& app::module(std::string_view name, source_location where) {
  auto& builders = parts_->builders;
  if (const auto found = builders.find(name); found != builders.end()) return found->second;
  auto& definition = parts_->modules.emplace_back();
  definition.name = name;
  definition.where = where;
  return builders.emplace(std::string(name), module_builder(definition)).first->second;
}

app& app::use(middleware around) {
  parts_->around.push_back(std::move(around));
  return *this;
}

app& app::authenticate(authenticator who) {
  parts_->who = std::move(who);
  return *this;
}

app& app::on_dead_letter(std::function<void(const dead_letter_record&)> hook) {
  parts_->on_dead_letter = std::move(hook);
  return *this;
}

std::vector<std::string> app::check() const {
  return runtime::registry(parts_->modules).problems();
}

result<void> app::start() {
  auto& p = *parts_;
  if (const auto valid = p.settings.validate(); !valid) return valid.error();
  p.registry = std::make_unique<runtime::registry>(p.modules);
  if (const auto& wrong = p.registry->problems(); !wrong.empty()) {
    error all{errc::invalid_configuration, "registration", "", "", {}};
    for (const auto& one : wrong) {
      all.detail += (all.detail.empty() ? "" : "\n") + one;
      all.problems.push_back({"", one});
    }
    return all;
  }

  auto engine = assembly::open_engine(p.settings, assembly::open_mode::application);
  if (!engine) return engine.error();
  p.engine = *std::move(engine);
  const auto instance = instance_name(p.settings);
  p.watching = std::make_unique<assembly::watching>(p.settings, instance, *p.registry, standard_log());
  if (!p.engine->log().is_its_own_store()) {
    runtime::recorder_options recording;
    recording.observer = p.watching->observer();
    p.recorder = std::make_unique<runtime::recorder>(p.engine->log(), p.engine->store(), standard_log(), recording);
  }
  p.runtime = std::make_unique<runtime::runtime>(
      p.engine->log(), p.engine->store(), *p.registry, p.around, standard_log(),
      runtime::runtime_options{instance, p.settings.threads, p.watching->observer(), p.watching->tracer()},
      p.on_dead_letter);
  p.watching->look_at({&p.engine->log(), &p.engine->store(), p.recorder.get(), p.runtime.get(), {}});
  if (const auto running = p.runtime->start(); !running) {
    stop();
    return running.error();
  }
  if (!p.settings.http.empty()) {
    gateway::http_options http;
    http.address = p.settings.http;
    http.max_body_bytes = p.settings.max_body_bytes;
    http.authenticator = p.who;
    http.find_command = [&store = p.engine->store()](const command_id& id) { return command_as_json(store, id); };
    p.watching->add_to(http);
    auto serving = gateway::http_gateway::start(std::move(http), p.runtime->commands(), standard_log());
    if (!serving) {
      stop();
      return serving.error();
    }
    p.http = *std::move(serving);
  }
  if (const auto watched = p.watching->serve(p.http.get(), p.runtime->commands()); !watched) {
    stop();
    return watched.error();
  }
  return {};
}

void app::stop() {
  auto& p = *parts_;
  p.drain();
  p.http.reset();
  if (p.watching) p.watching->stop_serving();
  p.runtime.reset();
  p.recorder.reset();
  p.watching.reset();
  p.engine.reset();
}

int app::run() {
  assembly::ending_signals signals;
  const logger log(standard_log());
  if (const auto started = start(); !started) {
    const auto& why = started.error();
    std::fprintf(stderr, "%s\n", why.to_string().c_str());
    return why.code == errc::invalid_configuration ? 2 : 1;
  }
  log.info("running", {{"engine", parts_->settings.broker}, {"http", http_address()}});
  const int which = signals.wait();
  log.info("ending: no new work is taken, what runs is finished; a second signal ends it at once",
           {{"signal", which == SIGINT ? "SIGINT" : "SIGTERM"}});
  signals.restore();
  if (const auto left = parts_->drain(); left > 0) {
    // Nothing can end a thread but itself. What they had in work is delivered again once the ack wait has passed.
    log.error("handlers did not end within the drain; the process ends without them",
              {{"handlers", left}, {"drainMs", parts_->settings.drain.count()}});
    std::_Exit(1);
  }
  stop();
  log.info("ended");
  return 0;
}

result<command_reply> app::call(std::string_view name, std::string_view input_json, std::string_view caller) {
  runtime::call_request request;
  request.name = name;
  request.input = input_json;
  request.caller = caller;
  request.source = "call";
  // Shared: the callback may still be inside set_value when the answer has been taken.
  const auto answer = std::make_shared<std::promise<result<command_reply>>>();
  auto waiting = answer->get_future();
  parts_->runtime->commands().call(std::move(request),
                                   [answer](result<command_reply> reply) { answer->set_value(std::move(reply)); });
  return waiting.get();
}

bool app::wait_until_idle(std::chrono::milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (true) {
    const auto idle = parts_->runtime->idle();
    if (idle && *idle) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

port::store& app::store() {
  return parts_->engine->store();
}
port::log& app::log() {
  return parts_->engine->log();
}
std::string app::metrics_address() const {
  return parts_->watching ? parts_->watching->address() : std::string();
}
std::string app::http_address() const {
  return parts_->http ? parts_->http->address() : std::string();
}

}  // namespace evd
