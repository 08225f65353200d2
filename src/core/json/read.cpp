#include <algorithm>
#include <bitset>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <evd/json.hpp>

#include "core/duration.hpp"
#include "core/json/check.hpp"
#include "core/json/members.hpp"
#include "core/json/number.hpp"
#include "core/json/scalar.hpp"
#include "core/json/ticks.hpp"
#include "core/json/validate.hpp"

namespace evd {

namespace {

using json::cursor;
using json::path;

constexpr std::size_t max_levels = max_json_depth + json::record_levels;

std::string_view name_of_token(char first) {
  switch (first) {
    case '{':
      return "an object";
    case '[':
      return "a list";
    case '"':
      return "a string";
    case 't':
    case 'f':
      return "true or false";
    case 'n':
      return "null";
    default:
      return "a number";
  }
}

class reader {
 public:
  explicit reader(unknown_fields unknown) : unknown_(unknown) {}

  void value(const type_table& table, cursor& in, void* out, const path& at) {
    switch (table.kind) {
      case type_kind::boolean:
        return boolean(in, out, at);
      case type_kind::integer:
        return integer(table, in, out, at);
      case type_kind::floating:
        return floating(table, in, out, at);
      case type_kind::string:
        return text(in, *static_cast<std::string*>(out), at);
      case type_kind::secret:
        return text(in, static_cast<secret*>(out)->value, at);
      case type_kind::enumeration:
        return enumeration(table, in, out, at);
      case type_kind::object:
        return object(table, in, out, at);
      case type_kind::sequence:
        return sequence(table, in, out, at);
      case type_kind::map:
        return map(table, in, out, at);
      case type_kind::optional:
        return optional(table, in, out, at);
      case type_kind::time:
        return time(table, in, out, at);
      case type_kind::duration:
        return duration(table, in, out, at);
      case type_kind::id:
        return identifier(in, out, at);
      case type_kind::json_text:
        return raw(in, *static_cast<json_text*>(out), at);
    }
  }

  json::problem_list problems;

 private:
  static bool is_number(char first) { return first == '-' || (first >= '0' && first <= '9'); }

  void skip(cursor& in, const path& at) { json::check_value(in, at, max_levels, problems, nullptr); }

  void wrong_type(cursor& in, const path& at, std::string_view wanted) {
    problems.add(at, "should be " + std::string(wanted) + ", is " + std::string(name_of_token(in.peek())));
    skip(in, at);
  }

  /// The text of the next string, valid until the next call; none after a problem.
  std::optional<std::string_view> string(cursor& in, const path& at, std::string_view wanted = "a string") {
    if (in.peek() != '"') {
      wrong_type(in, at, wanted);
      return std::nullopt;
    }
    const auto plain = json::unescape(in.raw_string(), storage_);
    if (!plain) problems.add(at, "has an escape that stands for half a character (a lone surrogate)");
    return plain;
  }

  void boolean(cursor& in, void* out, const path& at) {
    if (in.peek() != 't' && in.peek() != 'f') return wrong_type(in, at, "true or false");
    *static_cast<bool*>(out) = in.scalar() == "true";
  }

  void integer(const type_table& table, cursor& in, void* out, const path& at) {
    std::string_view token;
    if (is_number(in.peek())) {
      token = in.scalar();
    } else if (table.bits == 64 && in.peek() == '"') {
      token = in.raw_string();
      const auto digits = token.starts_with('-') ? token.substr(1) : token;
      if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return problems.add(at, "should be a whole number");
      }
    } else {
      return wrong_type(in, at, "a whole number");
    }
    auto [bits, problem] = json::parse_integer(token, table);
    if (!problem.empty()) return problems.add(at, std::move(problem));
    json::store_bits(table, bits, out);
  }

  void floating(const type_table& table, cursor& in, void* out, const path& at) {
    if (!is_number(in.peek())) return wrong_type(in, at, "a number");
    const auto token = in.scalar();
    if (table.bits == 32) {
      if (!json::parse_float(token, *static_cast<float*>(out)))
        problems.add(at, "is out of range: too large for a float");
    } else {
      *static_cast<double*>(out) = json::parse_double(token);
    }
  }

  void text(cursor& in, std::string& out, const path& at) {
    if (const auto plain = string(in, at)) out.assign(*plain);
  }

  void enumeration(const type_table& table, cursor& in, void* out, const path& at) {
    const auto name = string(in, at, "a string, one of its names");
    if (!name) return;
    for (const auto& enumerator : table.enumerators) {
      if (enumerator.json_name == *name)
        return json::store_bits(table, static_cast<std::uint64_t>(enumerator.value), out);
    }
    if (unknown_ == unknown_fields::ignore && table.unknown != nullptr) {
      return json::store_bits(table, static_cast<std::uint64_t>(table.unknown->value), out);
    }
    std::string message = "should be one of";
    for (const auto& enumerator : table.enumerators) {
      message += (&enumerator == table.enumerators.data() ? " " : ", ") + std::string(enumerator.json_name);
    }
    problems.add(at, std::move(message));
  }

  void object(const type_table& table, cursor& in, void* out, const path& at) {
    if (in.peek() != '{') return wrong_type(in, at, "an object");
    in.take('{');
    const json::member_addresses addresses(table, out);
    std::bitset<64> seen;
    std::size_t expected = 0;
    std::vector<std::string> strangers;
    while (in.peek() == '"') {
      const auto key = string(in, at);
      in.take(':');
      const auto i = key ? find_member(table, *key, expected) : table.members.size();
      if (i < table.members.size()) {
        const auto& member = table.members[i];
        const auto place = at.member(member.json_name);
        if (seen[i]) problems.add(place, "is there twice");
        seen.set(i);
        expected = i + 1;
        value(*member.type, in, addresses[i], place);
      } else {
        stranger(in, std::string(key.value_or("")), strangers, at);
      }
      in.take(',');
    }
    in.take('}');
    report_twins(strangers, at);
    for (std::size_t i = 0; i < table.members.size(); ++i) {
      const auto& member = table.members[i];
      if (member.required && !seen[i]) problems.add(at.member(member.json_name), "is missing");
    }
  }

  /// Writers keep the order of members: the next one is tried first.
  static std::size_t find_member(const type_table& table, std::string_view key, std::size_t expected) {
    if (expected < table.members.size() && table.members[expected].json_name == key) return expected;
    std::size_t i = 0;
    while (i < table.members.size() && table.members[i].json_name != key) ++i;
    return i;
  }

  void stranger(cursor& in, std::string key, std::vector<std::string>& others, const path& at) {
    const auto place = at.member(key);
    if (unknown_ == unknown_fields::refuse) {
      problems.add(place, "is not known");
    } else {
      others.push_back(key);
    }
    skip(in, place);
  }

  /// A field that nobody knows is no reason to refuse an event; one that comes twice is.
  void report_twins(std::vector<std::string>& others, const path& at) {
    std::sort(others.begin(), others.end());
    for (std::size_t i = 1; i < others.size(); ++i) {
      if (others[i] == others[i - 1]) problems.add(at.member(others[i]), "is there twice");
    }
  }

  void sequence(const type_table& table, cursor& in, void* out, const path& at) {
    if (in.peek() != '[') return wrong_type(in, at, "a list");
    in.take('[');
    table.sequence->clear(out);
    std::size_t count = 0;
    for (; in.peek() != ']' && in.peek() != '\0'; ++count) {
      const auto place = at.element(count);
      void* element = problems.full() ? nullptr : table.sequence->append(out, count);
      if (element != nullptr) {
        value(*table.element, in, element, place);
      } else {
        skip(in, place);
      }
      in.take(',');
    }
    in.take(']');
    if (table.sequence->fixed != sequence_access::npos && count != table.sequence->fixed) {
      problems.add(at,
                   "should have " + std::to_string(table.sequence->fixed) + " elements, has " + std::to_string(count));
    }
  }

  void map(const type_table& table, cursor& in, void* out, const path& at) {
    if (in.peek() != '{') return wrong_type(in, at, "an object");
    in.take('{');
    table.map->clear(out);
    while (in.peek() == '"') {
      const auto key = string(in, at);
      in.take(':');
      const std::string name(key.value_or(""));
      const auto place = at.member(name);
      void* item = key && !problems.full() ? table.map->insert(out, name) : nullptr;
      if (item != nullptr) {
        value(*table.element, in, item, place);
      } else {
        if (key) problems.add(place, "is there twice");
        skip(in, place);
      }
      in.take(',');
    }
    in.take('}');
  }

  void optional(const type_table& table, cursor& in, void* out, const path& at) {
    if (in.peek() == 'n') {
      in.scalar();
      return table.optional->reset(out);
    }
    value(*table.element, in, table.optional->emplace(out), at);
  }

  void time(const type_table& table, cursor& in, void* out, const path& at) {
    const auto plain = string(in, at, "a string, a time like 2026-03-05T12:00:00Z");
    if (!plain) return;
    const auto when = parse_rfc3339(*plain);
    if (!when) return problems.add(at, "should be a time like 2026-03-05T12:00:00Z");
    const auto ticks = json::ticks_of_time(*when, table.unit);
    if (!ticks || !json::fits(table, *ticks)) return problems.add(at, "is too fine or too large for this type");
    json::store_bits(table, static_cast<std::uint64_t>(*ticks), out);
  }

  void duration(const type_table& table, cursor& in, void* out, const path& at) {
    const auto plain = string(in, at, "a string, a duration like 250ms");
    if (!plain) return;
    const auto ticks = parse_duration_ticks(*plain, table.unit);
    if (!ticks) return problems.add(at, "should be a duration like 250ms: " + ticks.error().detail);
    if (!json::fits(table, *ticks)) return problems.add(at, "is too large for this type");
    json::store_bits(table, static_cast<std::uint64_t>(*ticks), out);
  }

  void identifier(cursor& in, void* out, const path& at) {
    const auto plain = string(in, at, "a string, an id of 24 hexadecimal digits");
    if (!plain) return;
    const auto parsed = plain->empty() ? id{} : id::parse(*plain);
    if (!parsed) return problems.add(at, "should be an id of 24 hexadecimal digits");
    std::memcpy(out, parsed->bytes().data(), id::size);
  }

  void raw(cursor& in, json_text& out, const path& at) {
    out.text.clear();
    json::check_value(in, at, max_json_depth, problems, &out.text);
  }

  unknown_fields unknown_;
  std::string storage_;
};

}  // namespace

result<void> read_json(const type_table& table, std::string_view text, unknown_fields unknown, void* value) {
  const auto fail = [&](error failure) {
    // The name of the type; a caller that knows a better one replaces it.
    failure.where = "read " + std::string(table.name);
    return failure;
  };
  if (auto valid = json::validate(text); !valid) return fail(std::move(valid).error());
  reader reading(unknown);
  cursor in(text);
  reading.value(table, in, value, {});
  if (reading.problems.empty()) return {};
  return fail({errc::invalid_input, {}, {}, {}, reading.problems.take()});
}

}  // namespace evd
