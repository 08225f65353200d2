#include "store/mongo/document.hpp"

#include <chrono>
#include <cstring>

#include "core/json/cursor.hpp"
#include "core/json/text.hpp"

namespace evd::store_mongo {
namespace {

int length(std::string_view text) {
  return static_cast<int>(text.size());
}

}  // namespace

bson_oid_t to_oid(const id& what) {
  bson_oid_t oid;
  static_assert(sizeof oid.bytes == id::size);
  std::memcpy(oid.bytes, what.bytes().data(), id::size);
  return oid;
}

id from_oid(const bson_oid_t& oid) {
  id::byte_array bytes{};
  std::memcpy(bytes.data(), oid.bytes, id::size);
  return id{bytes};
}

void append_text(bson_t* to, std::string_view name, std::string_view text) {
  constexpr bool allow_zero = true;
  if (bson_utf8_validate(text.data(), text.size(), allow_zero)) {
    bson_append_utf8(to, name.data(), length(name), text.data(), length(text));
    return;
  }
  std::string quoted;
  json::append_string(text, quoted);
  std::string storage;
  const auto repaired = json::unescape(std::string_view(quoted).substr(1, quoted.size() - 2), storage).value_or("");
  bson_append_utf8(to, name.data(), length(name), repaired.data(), length(repaired));
}

std::int64_t date_of(timestamp when) {
  return std::chrono::floor<std::chrono::milliseconds>(when).time_since_epoch().count();
}

document& document::text(std::string_view name, std::string_view value) {
  append_text(&bson_, name, value);
  return *this;
}
document& document::integer(std::string_view name, std::int64_t value) {
  bson_append_int64(&bson_, name.data(), length(name), value);
  return *this;
}
document& document::flag(std::string_view name, bool value) {
  bson_append_bool(&bson_, name.data(), length(name), value);
  return *this;
}
document& document::oid(std::string_view name, const id& value) {
  const auto oid = to_oid(value);
  bson_append_oid(&bson_, name.data(), length(name), &oid);
  return *this;
}
document& document::date(std::string_view name, timestamp value) {
  bson_append_date_time(&bson_, name.data(), length(name), date_of(value));
  return *this;
}
document& document::nested(std::string_view name, const document& value) {
  bson_append_document(&bson_, name.data(), length(name), value.get());
  return *this;
}
document& document::list(std::string_view name, const std::vector<document>& values) {
  bson_t array;
  bson_append_array_begin(&bson_, name.data(), length(name), &array);
  std::uint32_t at = 0;
  for (const auto& each : values) {
    const auto key = std::to_string(at++);
    bson_append_document(&array, key.data(), length(key), each.get());
  }
  bson_append_array_end(&bson_, &array);
  return *this;
}
document& document::texts(std::string_view name, std::initializer_list<std::string_view> values) {
  bson_t array;
  bson_append_array_begin(&bson_, name.data(), length(name), &array);
  std::uint32_t at = 0;
  for (const auto each : values) append_text(&array, std::to_string(at++), each);
  bson_append_array_end(&bson_, &array);
  return *this;
}
document& document::position(std::string_view name, log_position value) {
  document nested_position;
  nested_position.integer("epoch", static_cast<std::int64_t>(value.epoch));
  nested_position.integer("sequence", static_cast<std::int64_t>(value.sequence));
  return nested(name, nested_position);
}
document& document::all_of(const document& other) {
  bson_concat(&bson_, other.get());
  return *this;
}

void document::swap(document& other) noexcept {
  bson_t mine;
  bson_steal(&mine, &bson_);
  bson_steal(&bson_, &other.bson_);
  bson_steal(&other.bson_, &mine);
}

}  // namespace evd::store_mongo
