#include <algorithm>
#include <optional>

#include <evd/json.hpp>

#include "gateway/http/close_names.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/query_parameters.hpp"
#include "gateway/http/routes.hpp"

namespace evd::gateway {

/// What a command is answered with.
struct command_answer {
  std::string command_id;
  std::string status;
  std::optional<json_text> result;
};

namespace {

enum class called : std::uint8_t { command, query };

constexpr std::string_view commands_prefix = "/commands/";
constexpr std::string_view queries_prefix = "/queries/";

/// Of a `Content-Type`, the part that counts: lower case, without parameters and blanks.
std::string media_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  std::erase_if(type, [](char c) { return c == ' ' || c == '\t'; });
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type;
}

/// A JSON body, said to be one. Saying so is asked for although it could be guessed: a web page of another origin
/// cannot send this type without asking first, so no such page can run commands here.
std::optional<error> not_json(const http_request& request) {
  const auto type = media_type(request.header("content-type"));
  if (type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"))) return std::nullopt;
  return error{errc::unsupported_media_type,
               "read request",
               type.empty() ? "the body has no Content-Type" : "the body is " + type,
               "send JSON with the header Content-Type: application/json (curl: --json instead of -d)",
               {}};
}

/// `a, b; x=1` has `b`, in whatever case.
bool prefers_async(std::string_view prefer) {
  std::string text(prefer);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (std::string_view(text).substr(at, end - at) == "respond-async") return true;
    at = end + 1;
  }
  return false;
}

std::string_view name_of(command_status status) {
  switch (status) {
    case command_status::accepted:
      return "accepted";
    case command_status::succeeded:
      return "succeeded";
    case command_status::rejected:
      return "rejected";
    case command_status::failed:
      return "failed";
    case command_status::unknown:
      return "unknown";
  }
  return "unknown";
}

error no_such(const runtime::command_service& commands, std::string_view name, called what) {
  const bool query = what == called::query;
  const std::string kind = query ? "query" : "command";
  error failure{errc::not_found, "find " + kind, "there is no " + kind + " '" + std::string(name) + "'", "", {}};
  if (const auto* other = commands.find(name); other != nullptr) {
    failure.hint =
        query ? "it is a command: POST /commands/" + other->name : "it is a query: GET /queries/" + other->name;
    return failure;
  }
  std::vector<std::string_view> names;
  for (const auto* known : commands.all()) {
    if (known->query == query) names.emplace_back(known->name);
  }
  for (const auto close : close_names(name, names)) {
    failure.hint += (failure.hint.empty() ? "did you mean " : ", ") + std::string(close);
  }
  failure.hint += failure.hint.empty() ? "GET / lists what there is" : "?";
  return failure;
}

http_response to_response(const command_reply& reply, called what, bool asked_async) {
  if (what == called::query) return {.body = reply.result, .headers = {{"Cache-Control", "no-store"}}};
  const auto id = reply.id.to_string();
  const bool accepted = reply.status == command_status::accepted;
  command_answer document{.command_id = id, .status = std::string(name_of(reply.status)), .result = std::nullopt};
  if (!accepted) document.result = json_text{reply.result};
  http_response made{.status = accepted ? 202 : 200,
                     .body = to_json(document),
                     .headers = {{"Cache-Control", "no-store"}, {"X-Command-Id", id}}};
  if (accepted) made.headers.emplace_back("Location", std::string(commands_prefix) + id);
  if (accepted && asked_async) made.headers.emplace_back("Preference-Applied", "respond-async");
  return made;
}

/// Runs what the request names; `input` is its JSON.
void run(runtime::command_service& commands, const http_request& request, const command_definition& wanted,
         std::string input, const answer& reply) {
  const called what = wanted.query ? called::query : called::command;
  runtime::call_request call;
  call.name = wanted.name;
  call.input = std::move(input);
  call.caller = request.caller;
  call.source = "http";
  call.durable = what == called::command && prefers_async(request.header("prefer"));
  for (const auto* kept : {"traceparent", "tracestate"}) {
    if (const auto value = request.header(kept); !value.empty()) call.headers.emplace(kept, value);
  }
  const bool asked_durable = call.durable;
  commands.call(std::move(call), [reply, what, asked_durable](result<command_reply> ended) {
    reply(ended ? to_response(*ended, what, asked_durable) : to_problem(ended.error()));
  });
}

/// The command or query that the path names; otherwise the answer has been given.
const command_definition* find(const runtime::command_service& commands, std::string_view name, called what,
                               const answer& reply) {
  const auto* found = commands.find(name);
  if (found != nullptr && found->query == (what == called::query)) return found;
  reply(to_problem(no_such(commands, name, what)));
  return nullptr;
}

void post(runtime::command_service& commands, const http_request& request, std::string_view prefix, called what,
          const answer& reply) {
  const auto* found = find(commands, std::string_view(request.path).substr(prefix.size()), what, reply);
  if (found == nullptr) return;
  if (const auto wrong = not_json(request)) return reply(to_problem(*wrong));
  run(commands, request, *found, request.body, reply);
}

void get_query(runtime::command_service& commands, const http_request& request, const answer& reply) {
  const auto* found =
      find(commands, std::string_view(request.path).substr(queries_prefix.size()), called::query, reply);
  if (found == nullptr) return;
  auto input = query_to_json(request.query, *found->input);
  if (!input) return reply(to_problem(input.error()));
  run(commands, request, *found, std::move(*input), reply);
}

/// `GET /commands/ID`. Somebody who opens a command's own address in a browser is told how to call it.
void get_command(const runtime::command_service& commands, const command_lookup& look_up, const http_request& request,
                 const answer& reply) {
  const auto name = std::string_view(request.path).substr(commands_prefix.size());
  if (const auto* known = commands.find(name); known != nullptr && !known->query) {
    auto refused = to_problem(error{errc::method_not_allowed,
                                    "find route",
                                    request.path + " does not take GET",
                                    "run the command with POST and a JSON body",
                                    {}});
    refused.headers.emplace_back("Allow", "OPTIONS, POST");
    return reply(std::move(refused));
  }
  const auto id = command_id::parse(name);
  if (!id || !look_up) return reply(to_problem(no_such(commands, name, called::command)));
  auto found = look_up(*id);
  if (!found) return reply(to_problem(found.error()));
  if (!found->has_value()) {
    return reply(to_problem(error{errc::not_found,
                                  "find command",
                                  "no command has the id " + id->to_string(),
                                  "a command that was just accepted may take a moment to appear",
                                  {}}));
  }
  reply({.body = std::move(**found), .headers = {{"Cache-Control", "no-store"}, {"X-Command-Id", id->to_string()}}});
}

}  // namespace

void add_command_routes(server_core& server, runtime::command_service& commands) {
  const auto add = [&server](const char* method, std::string_view path, run_on where, route_handler handle) {
    server.routes.add({method, std::string(path), std::move(handle), where, caller_is::asked});
  };
  add("POST", commands_prefix, run_on::network, [&commands](const http_request& request, const answer& reply) {
    post(commands, request, commands_prefix, called::command, reply);
  });
  add("GET", commands_prefix, run_on::worker, [&commands, &server](const http_request& request, const answer& reply) {
    get_command(commands, server.options.find_command, request, reply);
  });
  add("GET", queries_prefix, run_on::network,
      [&commands](const http_request& request, const answer& reply) { get_query(commands, request, reply); });
  add("POST", queries_prefix, run_on::network, [&commands](const http_request& request, const answer& reply) {
    post(commands, request, queries_prefix, called::query, reply);
  });
}

}  // namespace evd::gateway
