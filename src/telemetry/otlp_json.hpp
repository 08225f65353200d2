#pragma once
/// Spans as the body of an OTLP/HTTP request in JSON (https://opentelemetry.io/docs/specs/otlp/): ids in hexadecimal,
/// 64-bit numbers as strings, enumerators as numbers.

#include <map>
#include <span>
#include <string>

#include "telemetry/span.hpp"

namespace evd::telemetry {

/// The resource's attributes, by name.
using resource = std::map<std::string, std::string>;

/// An ExportTraceServiceRequest. Threads: pure.
[[nodiscard]] std::string to_otlp_json(const resource& from, std::span<const span> spans);

}  // namespace evd::telemetry
