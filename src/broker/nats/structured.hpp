#pragma once
/// Events of others: CloudEvents in structured mode, and ids that are not ours.

#include <string_view>

#include <evd/error.hpp>
#include <evd/record.hpp>

namespace evd::broker_nats {

/// A CloudEvent as one JSON document (`application/cloudevents+json`). Its extension attributes `evdcommand`,
/// `evdparents` (ids with commas between), `evdversion` and `evdkey` say where in a chain it belongs.
/// Errors: invalid_input.
[[nodiscard]] result<event_record> decode_structured(std::string_view json, std::string_view subject);

/// An id for an event whose own id is no 24 hexadecimal digits: a hash of source and id, which CloudEvents says are
/// unique together. The same event has the same id wherever and whenever it is read.
[[nodiscard]] event_id foreign_id(std::string_view id, std::string_view source);

}  // namespace evd::broker_nats
