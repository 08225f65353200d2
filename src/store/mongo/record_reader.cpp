#include <cmath>
#include <cstring>

#include <evd/json.hpp>

#include "core/json/members.hpp"
#include "core/json/scalar.hpp"
#include "core/json/ticks.hpp"
#include "store/mongo/record_bson.hpp"

namespace evd::store_mongo {
namespace {

std::string_view text_at(const bson_iter_t& at) {
  std::uint32_t bytes = 0;
  const char* text = bson_iter_utf8(&at, &bytes);
  return text == nullptr ? std::string_view{} : std::string_view{text, bytes};
}

void read_value(const bson_iter_t& at, const type_table& table, void* value, int microseconds);

void read_sequence(const bson_iter_t& at, const type_table& table, void* value) {
  bson_iter_t child;
  if (!BSON_ITER_HOLDS_ARRAY(&at) || !bson_iter_recurse(&at, &child)) return;
  for (std::size_t i = 0; bson_iter_next(&child); ++i) {
    if (void* element = table.sequence->append(value, i)) read_value(child, *table.element, element, 0);
  }
}

void read_map(const bson_iter_t& at, const type_table& table, void* value) {
  bson_iter_t child;
  if (!BSON_ITER_HOLDS_DOCUMENT(&at) || !bson_iter_recurse(&at, &child)) return;
  while (bson_iter_next(&child)) {
    if (void* item = table.map->insert(value, bson_iter_key(&child))) read_value(child, *table.element, item, 0);
  }
}

void read_object(const bson_iter_t& at, const type_table& table, void* value) {
  if (!BSON_ITER_HOLDS_DOCUMENT(&at)) return;
  std::uint32_t bytes = 0;
  const std::uint8_t* data = nullptr;
  bson_iter_document(&at, &bytes, &data);
  bson_t inner;
  if (bson_init_static(&inner, data, bytes)) read_members(inner, table, value);
}

void read_enumerator(const bson_iter_t& at, const type_table& table, void* value) {
  const auto name = text_at(at);
  for (const auto& each : table.enumerators) {
    if (each.json_name == name) return json::store_bits(table, static_cast<std::uint64_t>(each.value), value);
  }
}

void read_duration(const bson_iter_t& at, const type_table& table, void* value) {
  const auto micros = std::llround(bson_iter_as_double(&at) * 1'000.0);
  json::store_bits(table, static_cast<std::uint64_t>(micros / json::microseconds_per_tick(table.unit)), value);
}

void read_time(const bson_iter_t& at, const type_table& table, void* value, int microseconds) {
  if (!BSON_ITER_HOLDS_DATE_TIME(&at)) return;
  const timestamp when{std::chrono::milliseconds{bson_iter_date_time(&at)} + std::chrono::microseconds{microseconds}};
  if (const auto ticks = json::ticks_of_time(when, table.unit)) {
    json::store_bits(table, static_cast<std::uint64_t>(*ticks), value);
  }
}

void read_value(const bson_iter_t& at, const type_table& table, void* value, int microseconds) {
  switch (table.kind) {
    case type_kind::boolean:
      *static_cast<bool*>(value) = bson_iter_as_bool(&at);
      break;
    case type_kind::integer:
      json::store_bits(table, static_cast<std::uint64_t>(bson_iter_as_int64(&at)), value);
      break;
    case type_kind::floating:
      *static_cast<double*>(value) = bson_iter_as_double(&at);
      break;
    case type_kind::string:
      *static_cast<std::string*>(value) = text_at(at);
      break;
    case type_kind::enumeration:
      read_enumerator(at, table, value);
      break;
    case type_kind::object:
      read_object(at, table, value);
      break;
    case type_kind::sequence:
      read_sequence(at, table, value);
      break;
    case type_kind::map:
      read_map(at, table, value);
      break;
    case type_kind::optional:
      read_value(at, *table.element, table.optional->emplace(value), microseconds);
      break;
    case type_kind::time:
      read_time(at, table, value, microseconds);
      break;
    case type_kind::duration:
      read_duration(at, table, value);
      break;
    case type_kind::id:
      if (BSON_ITER_HOLDS_OID(&at)) *static_cast<id*>(value) = from_oid(*bson_iter_oid(&at));
      break;
    case type_kind::json_text: {
      auto& text = static_cast<json_text*>(value)->text;
      text.clear();
      append_json(at, text);
      break;
    }
    case type_kind::secret:
      break;
  }
}

// The text beside a member stands for the whole of it.
void read_text(std::string_view text, const type_table& table, void* value) {
  if (table.kind == type_kind::json_text) {
    static_cast<json_text*>(value)->text = text;
  } else {
    (void)read_json(table, text, unknown_fields::ignore, value);
  }
}

const member_table* member_of(const type_table& table, std::string_view name, std::size_t& index) {
  for (index = 0; index < table.members.size(); ++index) {
    const auto& member = table.members[index];
    if ((member.json_name == "id" ? std::string_view{"_id"} : member.json_name) == name) return &member;
  }
  return nullptr;
}

bool has_text(const member_table& member) {
  return member.type->kind == type_kind::json_text || member.type->kind == type_kind::map;
}

int microseconds_of(const bson_t& from, const char* name) {
  bson_iter_t at;
  bson_iter_t found;
  if (!bson_iter_init_find(&at, &from, "microseconds") || !BSON_ITER_HOLDS_DOCUMENT(&at)) return 0;
  return bson_iter_recurse(&at, &found) && bson_iter_find(&found, name) ? static_cast<int>(bson_iter_as_int64(&found))
                                                                        : 0;
}

bool is_time(const type_table& table) {
  return table.kind == type_kind::time || (table.kind == type_kind::optional && is_time(*table.element));
}

}  // namespace

void read_members(const bson_t& from, const type_table& table, void* record) {
  const json::member_addresses addresses(table, record);
  std::uint64_t by_text = 0;
  bson_iter_t at;
  if (!bson_iter_init(&at, &from)) return;
  while (bson_iter_next(&at)) {
    const std::string_view name = bson_iter_key(&at);
    std::size_t index = 0;
    if (const auto* member = member_of(table, name, index)) {
      if ((by_text >> index & 1U) != 0) continue;
      read_value(at, *member->type, addresses[index],
                 is_time(*member->type) ? microseconds_of(from, bson_iter_key(&at)) : 0);
    } else if (name.ends_with("Text")) {
      member = member_of(table, name.substr(0, name.size() - 4), index);
      if (member == nullptr || !has_text(*member)) continue;
      by_text |= std::uint64_t{1} << index;
      if (member->type->kind == type_kind::map) member->type->map->clear(addresses[index]);
      read_text(text_at(at), *member->type, addresses[index]);
    }
  }
}

}  // namespace evd::store_mongo
