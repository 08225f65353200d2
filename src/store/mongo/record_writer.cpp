#include <algorithm>
#include <array>
#include <limits>

#include <evd/json.hpp>

#include "core/json/members.hpp"
#include "core/json/scalar.hpp"
#include "core/json/ticks.hpp"
#include "store/mongo/record_bson.hpp"

namespace evd::store_mongo {
namespace {

int length(std::string_view text) {
  return static_cast<int>(text.size());
}

void append_integer(bson_t* to, std::string_view name, std::int64_t number) {
  if (number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max()) {
    bson_append_int32(to, name.data(), length(name), static_cast<std::int32_t>(number));
  } else {
    bson_append_int64(to, name.data(), length(name), number);
  }
}

void append_enumerator(bson_t* to, std::string_view name, const type_table& table, const void* value) {
  const auto number = json::load_signed(table, value);
  for (const auto& each : table.enumerators) {
    if (each.value == number) return append_text(to, name, each.json_name);
  }
  append_integer(to, name, number);
}

}  // namespace

void record_writer::append_members(bson_t* to, const type_table& table, const void* record,
                                   std::initializer_list<std::string_view> but, document& left_over) {
  const json::member_addresses addresses(table, const_cast<void*>(record));
  for (std::size_t i = 0; i < table.members.size(); ++i) {
    const auto& member = table.members[i];
    if (std::find(but.begin(), but.end(), member.json_name) != but.end()) continue;
    const auto name = member.json_name == "id" ? std::string_view{"_id"} : member.json_name;
    if (const int rest = append_value(to, name, *member.type, addresses[i]); rest != 0) {
      bson_append_int32(left_over.get(), name.data(), length(name), rest);
    }
  }
}

void record_writer::append_left_over(bson_t* to, const document& left_over) {
  if (!left_over.empty()) bson_append_document(to, "microseconds", -1, left_over.get());
}

int record_writer::append_value(bson_t* to, std::string_view name, const type_table& table, const void* value) {
  switch (table.kind) {
    case type_kind::boolean:
      bson_append_bool(to, name.data(), length(name), *static_cast<const bool*>(value));
      break;
    case type_kind::integer:
      append_integer(to, name, json::load_signed(table, value));
      break;
    case type_kind::floating:
      bson_append_double(to, name.data(), length(name), *static_cast<const double*>(value));
      break;
    case type_kind::string:
      if (const auto& text = *static_cast<const std::string*>(value); !text.empty()) append_text(to, name, text);
      break;
    case type_kind::enumeration:
      append_enumerator(to, name, table, value);
      break;
    case type_kind::object: {
      bson_t child;
      bson_append_document_begin(to, name.data(), length(name), &child);
      document left_over;
      append_members(&child, table, value, {}, left_over);
      append_left_over(&child, left_over);
      bson_append_document_end(to, &child);
      break;
    }
    case type_kind::sequence:
      if (table.sequence->size(value) > 0) append_sequence(to, name, table, value);
      break;
    case type_kind::map:
      append_map(to, name, table, value);
      break;
    case type_kind::optional:
      if (const void* inner = table.optional->get(value)) return append_value(to, name, *table.element, inner);
      break;
    case type_kind::time: {
      const auto when = json::time_of_ticks(json::load_signed(table, value), table.unit);
      const auto date = date_of(when);
      bson_append_date_time(to, name.data(), length(name), date);
      return static_cast<int>(when.time_since_epoch().count() - date * 1'000);
    }
    case type_kind::duration:
      bson_append_double(
          to, name.data(), length(name),
          static_cast<double>(json::load_signed(table, value) * json::microseconds_per_tick(table.unit)) / 1'000.0);
      break;
    case type_kind::id:
      if (const auto& what = *static_cast<const id*>(value); !what.is_none()) {
        const auto oid = to_oid(what);
        bson_append_oid(to, name.data(), length(name), &oid);
      }
      break;
    case type_kind::json_text:
      if (const auto& text = static_cast<const json_text*>(value)->text; text != "null") {
        json_.append(to, name, text, form_);
      }
      break;
    case type_kind::secret:
      append_text(to, name, "***");
      break;
  }
  return 0;
}

void record_writer::append_sequence(bson_t* to, std::string_view name, const type_table& table, const void* value) {
  bson_t array;
  bson_append_array_begin(to, name.data(), length(name), &array);
  const auto count = table.sequence->size(value);
  const auto* at = static_cast<const std::byte*>(table.sequence->data(value));
  for (std::uint32_t i = 0; i < count; ++i, at += table.element->size) {
    std::array<char, 16> storage{};
    const char* key = nullptr;
    const auto digits = bson_uint32_to_string(i, &key, storage.data(), storage.size());
    const std::string_view index(key, digits);
    // Elements keep their places, also those that would be left out as members.
    if (table.element->kind == type_kind::string) {
      append_text(&array, index, *reinterpret_cast<const std::string*>(at));
    } else if (table.element->kind == type_kind::id) {
      const auto oid = to_oid(*reinterpret_cast<const id*>(at));
      bson_append_oid(&array, index.data(), length(index), &oid);
    } else {
      append_value(&array, index, *table.element, at);
    }
  }
  bson_append_array_end(to, &array);
}

void record_writer::append_map(bson_t* to, std::string_view name, const type_table& table, const void* value) {
  struct visitor {
    record_writer& self;
    const type_table& element;
    bson_t child{};
    bool any = false;
    bool plain = true;
  } visit{*this, *table.element};
  bson_init(&visit.child);
  table.map->visit(value, &visit, [](void* context, const std::string& key, const void* item) {
    auto& now = *static_cast<visitor*>(context);
    now.any = true;
    now.plain = now.plain && is_plain_name(key);
    if (now.plain) now.self.append_value(&now.child, key, now.element, item);
  });
  if (visit.any && visit.plain) bson_append_document(to, name.data(), length(name), &visit.child);
  bson_destroy(&visit.child);
  if (visit.plain) return;
  std::string text;
  evd::append_json(table, value, text);
  append_text(to, text_name(name), text);
}

}  // namespace evd::store_mongo
