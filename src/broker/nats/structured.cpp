#include "broker/nats/structured.hpp"

#include <simdjson.h>

#include <string>

#include <evd/json.hpp>
#include <evd/subject.hpp>

#include "core/siphash.hpp"

namespace evd::broker_nats {

namespace {

using simdjson::dom::element;

std::string_view text_at(const element& of, std::string_view key) {
  std::string_view text;
  return of.at_key(key).get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

void put_big_endian(id::byte_array& into, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) into[at + i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
}

}  // namespace

event_id foreign_id(std::string_view own, std::string_view source) {
  core::siphash hash{0x6576642065766e74U, 0x2d666f726569676eU};
  hash.add(source);
  hash.add_byte(0);
  hash.add(own);
  id::byte_array bytes{};
  put_big_endian(bytes, 4, hash.finish(), 8);
  return event_id{id{bytes}};
}

result<event_record> decode_structured(std::string_view json, std::string_view subject) {
  const auto wrong = [&](const std::string& what) {
    return error{errc::invalid_input,
                 "read event " + std::string(subject),
                 what,
                 "docs/reference/wire.md says what a structured CloudEvent has to be",
                 {}};
  };
  auto checked = check_json(json);
  if (!checked) return wrong(checked.error().detail);
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS || !document.is_object()) {
    return wrong("it is no JSON object");
  }
  const auto own = text_at(document, "id");
  if (own.empty()) return wrong("its attribute id is missing");
  event_record event;
  const auto known = event_id::parse(own);
  event.id = known ? *known : foreign_id(own, text_at(document, "source"));
  event.subject = subject;
  event.module = module_of(subject);
  if (const auto time = text_at(document, "time"); !time.empty()) {
    const auto parsed = parse_rfc3339(time);
    if (!parsed) return wrong("its time is '" + std::string(time) + "'");
    event.time = *parsed;
  }
  if (const auto command = text_at(document, "evdcommand"); !command.empty()) {
    const auto parsed = command_id::parse(command);
    if (!parsed) return wrong("its evdcommand is '" + std::string(command) + "'");
    event.command = *parsed;
  }
  auto parents = text_at(document, "evdparents");
  while (!parents.empty()) {
    const auto end = parents.find(',');
    const auto parent = id::parse(parents.substr(0, end));
    if (!parent) return wrong("its evdparents are '" + std::string(parents) + "'");
    event.parents.push_back(*parent);
    if (end == std::string_view::npos) break;
    parents.remove_prefix(end + 1);
  }
  std::uint64_t version = 1;
  if (document.at_key("evdversion").get(version) == simdjson::SUCCESS) {
    event.version = static_cast<std::uint32_t>(version);
  }
  event.key = text_at(document, "evdkey");
  for (const char* name : {"traceparent", "tracestate"}) {
    if (const auto value = text_at(document, name); !value.empty()) event.headers.emplace(name, value);
  }
  element data;
  event.data.text = document.at_key("data").get(data) == simdjson::SUCCESS ? simdjson::minify(data) : "null";
  return event;
}

}  // namespace evd::broker_nats
