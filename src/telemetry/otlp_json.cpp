#include "telemetry/otlp_json.hpp"

#include <algorithm>

#include <evd/json.hpp>

namespace evd::telemetry {

namespace {

std::string quoted(std::string_view text) {
  return to_json(std::string(text));
}

std::string nanoseconds(timestamp at) {
  return '"' + std::to_string(std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count()) +
         '"';
}

struct value_writer {
  std::string operator()(const std::string& text) const { return R"({"stringValue":)" + quoted(text) + '}'; }
  std::string operator()(std::int64_t number) const { return R"({"intValue":")" + std::to_string(number) + "\"}"; }
  std::string operator()(bool yes) const { return std::string(R"({"boolValue":)") + (yes ? "true}" : "false}"); }
};

// `items`, separated by commas, in brackets.
template <class Items, class Write>
std::string list(const Items& items, const Write& write) {
  std::string text = "[";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    text += write(item);
  }
  return text + ']';
}

std::string attributes_of(const attributes& all) {
  return list(all, [](const attribute& one) {
    return R"({"key":)" + quoted(one.key) + R"(,"value":)" + std::visit(value_writer(), one.value) + '}';
  });
}

// The low byte is W3C's flags; bit 8 says that bit 9 is known: whether what is named is in another process.
std::uint32_t flags_of(bool sampled, bool remote) {
  return (sampled ? 1U : 0U) | 0x100U | (remote ? 0x200U : 0U);
}

std::string event_of(const span_event& one) {
  return R"({"timeUnixNano":)" + nanoseconds(one.at) + R"(,"name":)" + quoted(one.name) + R"(,"attributes":)" +
         attributes_of(one.attributes) + '}';
}

std::string link_of(const span_link& one) {
  return R"({"traceId":")" + core::to_hex(one.to.trace) + R"(","spanId":")" + core::to_hex(one.to.span) +
         R"(","attributes":)" + attributes_of(one.attributes) + R"(,"flags":)" +
         std::to_string(flags_of(one.to.sampled, true)) + '}';
}

std::string span_of(const span& one) {
  std::string text = R"({"traceId":")" + core::to_hex(one.self.trace) + R"(","spanId":")" + core::to_hex(one.self.span);
  text += R"(","flags":)" + std::to_string(flags_of(one.self.sampled, one.parent_remote));
  if (!one.trace_state.empty()) text += R"(,"traceState":)" + quoted(one.trace_state);
  if (one.parent != core::span_id{}) text += R"(,"parentSpanId":")" + core::to_hex(one.parent) + '"';
  text += R"(,"name":)" + quoted(one.name) + R"(,"kind":)" + std::to_string(static_cast<int>(one.kind));
  text += R"(,"startTimeUnixNano":)" + nanoseconds(one.began) + R"(,"endTimeUnixNano":)" +
          nanoseconds(std::max(one.began, one.ended));
  text += R"(,"attributes":)" + attributes_of(one.attributes);
  const std::span events(one.events.data(), std::min(one.events.size(), max_span_events));
  text += R"(,"events":)" + list(events, event_of);
  if (events.size() < one.events.size()) {
    text += R"(,"droppedEventsCount":)" + std::to_string(one.events.size() - events.size());
  }
  const std::span links(one.links.data(), std::min(one.links.size(), max_span_links));
  text += R"(,"links":)" + list(links, link_of);
  if (links.size() < one.links.size()) {
    text += R"(,"droppedLinksCount":)" + std::to_string(one.links.size() - links.size());
  }
  // 2 is an error; a span that did not fail leaves its status unset.
  if (one.failed) text += R"(,"status":{"code":2,"message":)" + quoted(one.failure) + '}';
  return text + '}';
}

}  // namespace

std::string to_otlp_json(const resource& from, std::span<const span> spans) {
  const auto described = list(from, [](const auto& one) {
    return R"({"key":)" + quoted(one.first) + R"(,"value":)" + value_writer()(one.second) + '}';
  });
  return R"({"resourceSpans":[{"resource":{"attributes":)" + described +
         R"(},"scopeSpans":[{"scope":{"name":"evd","version":")" EVD_PROJECT_VERSION R"("},"spans":)" +
         list(spans, span_of) + "}]}]}";
}

}  // namespace evd::telemetry
