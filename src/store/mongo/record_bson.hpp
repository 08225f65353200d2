#pragma once
/// Records as BSON, by the type tables that JSON uses too: members bear their JSON names.
///
/// Ids are ObjectIds, a record's own `id` is `_id`; times are dates, and the microseconds that a date can't hold stand
/// in `microseconds` (`{time: 250}`); durations are milliseconds; enumerators are their names; JSON is nested (see
/// `json_bson.hpp`). What is empty (text, lists, maps, optionals, no id) is left out.

#include <initializer_list>
#include <string_view>

#include <evd/type_table.hpp>

#include "store/mongo/document.hpp"
#include "store/mongo/json_bson.hpp"

namespace evd::store_mongo {

/// Threads: one at a time.
class record_writer {
 public:
  explicit record_writer(json_form form = json_form::nested) : form_(form) {}

  /// Appends the members of `record`, but those named in `but` (JSON names).
  template <class Record>
  void append(document& to, const Record& record, std::initializer_list<std::string_view> but = {}) {
    document left_over;
    append_members(to.get(), table_of<Record>(), &record, but, left_over);
    append_left_over(to.get(), left_over);
  }
  /// The members of both, as if they were one record's.
  template <class Record, class More>
  void append_both(document& to, const Record& record, const More& more) {
    document left_over;
    append_members(to.get(), table_of<Record>(), &record, {}, left_over);
    append_members(to.get(), table_of<More>(), &more, {}, left_over);
    append_left_over(to.get(), left_over);
  }

 private:
  void append_members(bson_t* to, const type_table& table, const void* record,
                      std::initializer_list<std::string_view> but, document& left_over);
  static void append_left_over(bson_t* to, const document& left_over);
  /// Answers the microseconds that a date left over.
  int append_value(bson_t* to, std::string_view name, const type_table& table, const void* value);
  void append_sequence(bson_t* to, std::string_view name, const type_table& table, const void* value);
  void append_map(bson_t* to, std::string_view name, const type_table& table, const void* value);

  json_writer json_;
  json_form form_;
};

/// Reads into `record`, which was default-constructed, the members that it has; others are passed over.
void read_members(const bson_t& from, const type_table& table, void* record);

template <class Record>
[[nodiscard]] Record read_record(const bson_t& from) {
  Record record{};
  read_members(from, table_of<Record>(), &record);
  return record;
}

/// The JSON name of an enumerator, `inPlace`.
template <class Enum>
[[nodiscard]] std::string_view name_of(Enum value) {
  for (const auto& each : table_of<Enum>().enumerators) {
    if (each.value == static_cast<std::int64_t>(value)) return each.json_name;
  }
  return "";
}

}  // namespace evd::store_mongo
