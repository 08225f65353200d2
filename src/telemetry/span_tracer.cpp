#include "telemetry/span_tracer.hpp"

#include <algorithm>
#include <optional>

#include "runtime/environment.hpp"

namespace evd::telemetry {

namespace {

using runtime::traced_call;
using runtime::traced_delivery;

template <std::size_t Size>
std::array<std::uint8_t, Size> random_bytes() {
  std::array<std::uint8_t, Size> made{};
  for (std::size_t i = 0; i < Size; i += 8) {
    auto bits = runtime::random_bits();
    for (std::size_t j = 0; j < 8; ++j, bits >>= 8U) made.at(i + j) = static_cast<std::uint8_t>(bits);
  }
  if (made == std::array<std::uint8_t, Size>{}) made.back() = 1;  // zeros mean "none"
  return made;
}

std::string header(const header_map& headers, std::string_view name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

void put_under(span& made, const header_map& headers) {
  const auto parent = core::trace_of(headers);
  if (!parent || parent->trace != made.self.trace) return;
  made.parent = parent->span;
  made.parent_remote = true;
  made.trace_state = header(headers, core::tracestate_header);
}

span_event exception_event(const failure& why, timestamp at) {
  span_event made{"exception", at, {{"exception.type", why.type}, {"exception.message", why.message}}};
  if (!why.stack.empty()) made.attributes.push_back({"exception.stacktrace", why.stack});
  return made;
}

void fail(span& made, const failure& why) {
  if (std::exchange(made.failed, true)) return;
  made.failure = why.message;
  made.attributes.push_back({"error.type", why.type});
}

// Every event has the same subject, or there is none to speak of.
std::string common_subject(std::span<const traced_delivery> deliveries) {
  const auto& first = deliveries.front().event.subject;
  const bool same = std::all_of(deliveries.begin(), deliveries.end(),
                                [&](const traced_delivery& one) { return one.event.subject == first; });
  return same ? first : std::string();
}

void describe_command(const traced_call& what, span& made) {
  const bool query = what.what == invocation::kind::query;
  const bool durable = !query && what.source.empty();
  made.name = (query ? "query " : "command ") + std::string(what.name);
  made.kind = durable ? span_kind::consumer : what.source == "http" ? span_kind::server : span_kind::internal;
  put_under(made, what.cause);
  auto& with = made.attributes;
  with.push_back({query ? "evd.query" : "evd.command", std::string(what.name)});
  with.push_back({"evd.module", std::string(what.module)});
  with.push_back({"evd.outcome", std::string(what.outcome)});
  if (!what.source.empty()) with.push_back({"evd.source", std::string(what.source)});
  if (!what.chain.is_none()) with.push_back({"messaging.message.conversation_id", what.chain.to_string()});
  if (durable) {
    with.push_back({"messaging.system", std::string("evd")});
    with.push_back({"messaging.destination.name", std::string(what.name)});
    with.push_back({"messaging.operation.name", std::string("process")});
    with.push_back({"messaging.operation.type", std::string("process")});
    with.push_back({"messaging.consumer.group.name", std::string(what.module)});
    with.push_back({"evd.attempt", static_cast<std::int64_t>(what.attempt)});
  }
  if (what.failure.type.empty()) return;
  made.events.push_back(exception_event(what.failure, what.ended));
  // A command that was refused is its caller's mistake, not ours: as with an HTTP status of 4xx.
  if (what.outcome == "rejected" || what.outcome == "refused") {
    made.attributes.push_back({"error.type", what.failure.type});
  } else {
    fail(made, what.failure);
  }
}

void describe_deliveries(const traced_call& what, span& made) {
  const auto& deliveries = what.deliveries;
  const auto& first = deliveries.front();
  const auto subject = common_subject(deliveries);
  const bool batch = what.what == invocation::kind::batch;
  const auto subscription = std::string(what.module) + '.' + std::string(what.name);
  made.name = "process " + (subject.empty() ? subscription : subject);
  made.kind = span_kind::consumer;
  auto& with = made.attributes;
  with.push_back({"messaging.system", std::string("evd")});
  with.push_back({"messaging.operation.name", std::string("process")});
  with.push_back({"messaging.operation.type", std::string("process")});
  if (!subject.empty()) with.push_back({"messaging.destination.name", subject});
  with.push_back({"messaging.destination.subscription.name", subscription});
  with.push_back({"messaging.consumer.group.name", std::string(what.module)});
  with.push_back({"evd.module", std::string(what.module)});
  with.push_back({"evd.subscription", std::string(what.name)});
  if (batch) {
    with.push_back({"messaging.batch.message_count", static_cast<std::int64_t>(deliveries.size())});
  } else {
    with.push_back({"messaging.message.id", first.event.id.to_string()});
    with.push_back({"messaging.message.conversation_id", first.event.command.to_string()});
    with.push_back({"messaging.message.body.size", static_cast<std::int64_t>(first.event.data.text.size())});
    with.push_back({"evd.attempt", static_cast<std::int64_t>(first.attempt)});
    with.push_back({"evd.outcome", std::string(first.outcome)});
  }
  for (const auto& one : deliveries) {
    if (made.parent == core::span_id{}) put_under(made, one.event.headers);
    if (const auto cause = core::trace_of(one.event.headers)) {
      made.links.push_back({*cause, {{"messaging.message.id", one.event.id.to_string()}}});
    }
    if (!one.failure.type.empty()) {
      made.events.push_back(exception_event(one.failure, what.ended));
      if (batch) made.events.back().attributes.push_back({"messaging.message.id", one.event.id.to_string()});
      fail(made, one.failure);
    }
    if (one.outcome == "dead_letter") {
      made.events.push_back({"evd.dead_letter", what.ended, {{"messaging.message.id", one.event.id.to_string()}}});
    }
  }
}

}  // namespace

core::trace_context span_tracer::begin(std::span<const header_map* const> causes) noexcept {
  std::optional<core::trace_context> parent;
  for (const auto* headers : causes) {
    if ((parent = core::trace_of(*headers))) break;
  }
  core::trace_context made;
  made.trace = parent ? parent->trace : random_bytes<16>();
  made.span = random_bytes<8>();
  made.sampled = sampler_.samples(made.trace, parent);
  return made;
}

void span_tracer::ended(const traced_call& what) noexcept {
  if (!what.self.sampled) return;
  span made;
  made.self = what.self;
  made.began = what.began;
  made.ended = what.ended;
  if (what.deliveries.empty()) {
    describe_command(what, made);
  } else {
    describe_deliveries(what, made);
  }
  keep_(std::move(made));
}

void span_tracer::published(const runtime::traced_publish& what) noexcept {
  const auto own = core::trace_of(what.event.headers);
  if (!own || !own->sampled) return;
  span made;
  made.self = *own;
  made.name = "publish " + what.event.subject;
  made.kind = span_kind::producer;
  made.began = what.began;
  made.ended = what.ended;
  made.trace_state = header(what.event.headers, core::tracestate_header);
  if (own->trace == what.call.trace) {
    made.parent = what.call.span;
  } else {
    // Of a batch, for one event of another chain: it stays in that chain's trace.
    made.parent = core::publish_span(what.event.parents.front());
    made.parent_remote = true;
    made.links.push_back({what.call, {}});
  }
  auto& with = made.attributes;
  with.push_back({"messaging.system", std::string("evd")});
  with.push_back({"messaging.operation.name", std::string("publish")});
  with.push_back({"messaging.operation.type", std::string("send")});
  with.push_back({"messaging.destination.name", what.event.subject});
  with.push_back({"messaging.message.id", what.event.id.to_string()});
  with.push_back({"messaging.message.conversation_id", what.event.command.to_string()});
  with.push_back({"messaging.message.body.size", static_cast<std::int64_t>(what.event.data.text.size())});
  with.push_back({"evd.module", what.event.module});
  keep_(std::move(made));
}

}  // namespace evd::telemetry
