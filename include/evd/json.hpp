#pragma once
/// JSON in and out, by type tables.
///
/// Names: `user_id` is `userId` (see `members.hpp` for exceptions). Numbers are exact; 64-bit integers beyond 2^53 are
/// written as strings and read in both forms. Times are RFC 3339 in UTC. Durations are strings in the largest unit that
/// holds them exactly, "250ms", "5m", with the units ns, us, ms, s, m, h, d. Ids are 24 hexadecimal digits, no id is
/// "". Maps are sorted, empty optionals left out. A double that JSON cannot hold (NaN, infinity) is written as null. An
/// enumerator without a name is written as its number. Text that is not UTF-8 is written with U+FFFD in its place.
///
/// Threads: every function is safe from any thread. No JSON library is included here.

#include <string>
#include <string_view>
#include <utility>

#include <evd/error.hpp>
#include <evd/export.hpp>
#include <evd/record.hpp>
#include <evd/type_table.hpp>

namespace evd {

/// Deeper JSON is refused.
inline constexpr std::size_t max_json_depth = 64;
/// Longer JSON is refused.
inline constexpr std::size_t max_json_size = 64U << 20U;
/// An error lists at most so many problems of one input.
inline constexpr std::size_t max_json_problems = 100;

/// `ignore` is how events are read: fields of a later version are skipped, an enumerator nobody knows becomes the
/// enum's `unknown` if it declares one. `refuse` is how commands are read: both are problems, by name.
enum class unknown_fields { ignore, refuse };

/// Appends `value`, of the type that `table` describes, as compact JSON. Secrets are written as "***".
EVD_API void append_json(const type_table& table, const void* value, std::string& out);

/// Reads `text` into `value`, which was default-constructed.
///
/// Errors: invalid_input with all problems at once, each with its JSON pointer; payload_too_large. Then `value` holds
///   what could be read.
EVD_API result<void> read_json(const type_table& table, std::string_view text, unknown_fields unknown, void* value);

template <class T>
std::string to_json(const T& value) {
  std::string out;
  append_json(table_of<T>(), &value, out);
  return out;
}

template <class T>
result<T> from_json(std::string_view text, unknown_fields unknown = unknown_fields::refuse) {
  T value{};
  if (auto read = read_json(table_of<T>(), text, unknown, &value); !read) return std::move(read).error();
  return value;
}

/// Checks that `text` is JSON: UTF-8, at most 64 deep, no key twice in an object. Its numbers and the order of its keys
/// are kept as they stand; white space goes.
///
/// Errors: invalid_input, payload_too_large.
EVD_API result<json_text> check_json(std::string_view text);

/// The same JSON with keys sorted by their bytes, strings in their shortest form and no white space; numbers as they
/// stand. Equal data written by the same codec give equal text, so that ids can be derived from it.
EVD_API std::string canonical_json(const json_text& json);

/// For people: indented by two spaces. What is no JSON comes back as it is.
EVD_API std::string pretty_json(std::string_view text);

/// JSON Schema 2020-12 of what `read_json` accepts.
EVD_API std::string json_schema(const type_table& table);

}  // namespace evd
