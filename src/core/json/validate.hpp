#pragma once
/// Whether a text is JSON at all.

#include <string_view>

#include <evd/error.hpp>

namespace evd::json {

/// Records embed the JSON of events and commands: a few levels more than these have.
inline constexpr std::size_t record_levels = 8;

/// Checks form, UTF-8, depth (of `max_json_depth` and `record_levels` together) and that every number is finite as a
/// double. Keys and surrogates are left to whoever walks the text.
///
/// Errors: invalid_input with one problem; payload_too_large. `where` is left to the caller.
result<void> validate(std::string_view text);

}  // namespace evd::json
