#include "gateway/http/index_page.hpp"

#include <optional>

#include <evd/json.hpp>

namespace evd::gateway {

/// One line of the index.
struct index_entry {
  std::string name;
  std::string method;
  std::string path;
  std::optional<bool> durable;
  json_text input;
  std::optional<json_text> output;
};

struct index_document {
  std::vector<index_entry> commands;
  std::vector<index_entry> queries;
};

namespace {

index_document to_index(const runtime::command_service& commands) {
  index_document index;
  for (const auto* called : commands.all()) {
    index_entry entry{.name = called->name,
                      .method = called->query ? "GET" : "POST",
                      .path = (called->query ? "/queries/" : "/commands/") + called->name,
                      .durable = std::nullopt,
                      .input = {json_schema(*called->input)},
                      .output = std::nullopt};
    if (called->output != nullptr) entry.output = json_text{json_schema(*called->output)};
    if (!called->query) entry.durable = called->options.durable;
    (called->query ? index.queries : index.commands).push_back(std::move(entry));
  }
  return index;
}

std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    switch (c) {
      case '&':
        made += "&amp;";
        break;
      case '<':
        made += "&lt;";
        break;
      case '>':
        made += "&gt;";
        break;
      case '"':
        made += "&quot;";
        break;
      default:
        made += c;
    }
  }
  return made;
}

/// A value that shows what is meant: `"..."`, 0, true.
std::string example_of(const type_table& type) {
  switch (type.kind) {
    case type_kind::boolean:
      return "true";
    case type_kind::integer:
    case type_kind::floating:
      return "0";
    case type_kind::sequence:
      return '[' + example_of(*type.element) + ']';
    case type_kind::optional:
      return example_of(*type.element);
    case type_kind::map:
      return "{}";
    case type_kind::json_text:
      return "null";
    case type_kind::enumeration:
      return type.enumerators.empty() ? "0" : to_json(std::string(type.enumerators.front().json_name));
    case type_kind::object: {
      std::string json = "{";
      for (const auto& member : type.members) {
        json += (json.size() > 1 ? "," : "") + to_json(std::string(member.json_name)) + ':' + example_of(*member.type);
      }
      return json + '}';
    }
    default:
      return "\"...\"";
  }
}

std::string line_to_paste(const command_definition& called, std::string_view path, std::string_view host) {
  const std::string address = "http://" + std::string(host) + std::string(path);
  if (!called.query) return "curl --json '" + example_of(*called.input) + "' " + address;
  std::string query;
  for (const auto& member : called.input->members) {
    query += (query.empty() ? "?" : "&") + std::string(member.json_name) + "=...";
  }
  return "curl '" + address + query + "'";
}

std::string section(const runtime::command_service& commands, const std::vector<index_entry>& entries,
                    std::string_view title, std::string_view host) {
  std::string html = "<h2>" + std::string(title) + "</h2>\n";
  if (entries.empty()) html += "<p>none</p>\n";
  for (const auto& entry : entries) {
    const auto* called = commands.find(entry.name);
    if (called == nullptr) continue;
    html += "<details><summary><b>" + entry.method + "</b> " + escaped(entry.path) +
            (called->options.durable ? " <i>durable: answered with 202</i>" : "") + "</summary>\n<pre>" +
            escaped(line_to_paste(*called, entry.path, host)) + "</pre>\n<p>input</p><pre>" +
            escaped(pretty_json(entry.input.text)) + "</pre>\n";
    if (entry.output) html += "<p>output</p><pre>" + escaped(pretty_json(entry.output->text)) + "</pre>\n";
    html += "</details>\n";
  }
  return html;
}

constexpr std::string_view head =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>commands and queries</title>\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#8882;padding:.5rem;overflow:auto}summary{cursor:pointer;font-family:monospace}"
    ":root{color-scheme:light dark}</style>\n<h1>Commands and queries</h1>\n"
    "<p>Commands start chains of events; queries only read. For programs: <a href=\"/openapi.json\">openapi.json</a>. "
    "Health: <a href=\"/livez\">livez</a>, <a href=\"/readyz\">readyz</a>.</p>\n";

}  // namespace

http_response index_as_json(const runtime::command_service& commands) {
  return {.body = to_json(to_index(commands)), .headers = {{"Vary", "Accept"}}};
}

http_response index_as_html(const runtime::command_service& commands, std::string_view host) {
  const auto index = to_index(commands);
  return {
      .content_type = "text/html; charset=utf-8",
      .body = std::string(head) + section(commands, index.commands, "Commands", host) +
              section(commands, index.queries, "Queries", host) + "</html>\n",
      .headers = {{"Vary", "Accept"}, {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}}};
}

}  // namespace evd::gateway
