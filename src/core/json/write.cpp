#include <array>
#include <chrono>

#include <evd/json.hpp>

#include "core/duration.hpp"
#include "core/json/members.hpp"
#include "core/json/scalar.hpp"
#include "core/json/text.hpp"
#include "core/json/ticks.hpp"

namespace evd {

namespace {

void append_integer(const type_table& table, const void* value, std::string& out) {
  if (!table.is_signed && table.bits == 64) {
    json::append_integer(json::load_as<std::uint64_t>(value), out);
  } else {
    json::append_integer(json::load_signed(table, value), out);
  }
}

void append_enumerator(const type_table& table, const void* value, std::string& out) {
  const auto number = json::load_signed(table, value);
  for (const auto& enumerator : table.enumerators) {
    if (enumerator.value == number) return json::append_string(enumerator.json_name, out);
  }
  append_integer(table, value, out);
}

void append_object(const type_table& table, const void* value, std::string& out) {
  const json::member_addresses addresses(table, const_cast<void*>(value));
  out += '{';
  bool first = true;
  for (std::size_t i = 0; i < table.members.size(); ++i) {
    const auto& member = table.members[i];
    const void* at = addresses[i];
    if (member.type->kind == type_kind::optional && (at = member.type->optional->get(at)) == nullptr) continue;
    if (!first) out += ',';
    first = false;
    json::append_string(member.json_name, out);
    out += ':';
    append_json(member.type->kind == type_kind::optional ? *member.type->element : *member.type, at, out);
  }
  out += '}';
}

void append_sequence(const type_table& table, const void* value, std::string& out) {
  const auto count = table.sequence->size(value);
  const auto* at = static_cast<const std::byte*>(table.sequence->data(value));
  out += '[';
  for (std::size_t i = 0; i < count; ++i, at += table.element->size) {
    if (i > 0) out += ',';
    append_json(*table.element, at, out);
  }
  out += ']';
}

void append_map(const type_table& table, const void* value, std::string& out) {
  struct state {
    const type_table& element;
    std::string& out;
    bool first = true;
  } current{*table.element, out};
  out += '{';
  table.map->visit(value, &current, [](void* context, const std::string& key, const void* item) {
    auto& now = *static_cast<state*>(context);
    if (!now.first) now.out += ',';
    now.first = false;
    json::append_string(key, now.out);
    now.out += ':';
    append_json(now.element, item, now.out);
  });
  out += '}';
}

void append_id(const id& value, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  if (!value.is_none()) {
    for (const auto byte : value.bytes()) {
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  out += '"';
}

}  // namespace

void append_json(const type_table& table, const void* value, std::string& out) {
  switch (table.kind) {
    case type_kind::boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      break;
    case type_kind::integer:
      append_integer(table, value, out);
      break;
    case type_kind::floating:
      if (table.bits == 32) {
        json::append_float(*static_cast<const float*>(value), out);
      } else {
        json::append_double(*static_cast<const double*>(value), out);
      }
      break;
    case type_kind::string:
      json::append_string(*static_cast<const std::string*>(value), out);
      break;
    case type_kind::enumeration:
      append_enumerator(table, value, out);
      break;
    case type_kind::object:
      append_object(table, value, out);
      break;
    case type_kind::sequence:
      append_sequence(table, value, out);
      break;
    case type_kind::map:
      append_map(table, value, out);
      break;
    case type_kind::optional:
      if (const void* inner = table.optional->get(value)) {
        append_json(*table.element, inner, out);
      } else {
        out += "null";
      }
      break;
    case type_kind::time:
      out += '"';
      out += to_rfc3339(json::time_of_ticks(json::load_signed(table, value), table.unit));
      out += '"';
      break;
    case type_kind::duration:
      out += '"';
      out += duration_text(json::load_signed(table, value), table.unit);
      out += '"';
      break;
    case type_kind::id:
      append_id(json::load_as<id>(value), out);
      break;
    case type_kind::json_text:
      out += static_cast<const json_text*>(value)->text;
      break;
    case type_kind::secret:
      out += "\"***\"";
      break;
  }
}

}  // namespace evd
