#pragma once
/// A BSON document being written, member by member.

#include <bson/bson.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <evd/id.hpp>
#include <evd/record.hpp>

namespace evd::store_mongo {

[[nodiscard]] bson_oid_t to_oid(const id& what);
[[nodiscard]] id from_oid(const bson_oid_t& oid);

/// Appends text; what is not UTF-8 becomes U+FFFD, because servers refuse it.
void append_text(bson_t* to, std::string_view name, std::string_view text);

/// Milliseconds since 1970, as a BSON date holds them: earlier than `when` by less than one.
[[nodiscard]] std::int64_t date_of(timestamp when);

/// A document of the server's, as long as it is looked at. (A template cannot take `const bson_t&` itself: it would
/// lose the alignment.)
struct document_view {
  const bson_t* bson = nullptr;
  operator const bson_t&() const { return *bson; }  // NOLINT: meant to convert
};

/// Threads: none of its own. Moving leaves an empty document.
class document {
 public:
  document() { bson_init(&bson_); }
  document(document&& from) noexcept : document() { swap(from); }
  document& operator=(document&& from) noexcept {
    swap(from);
    return *this;
  }
  document(const document& from) { bson_copy_to(&from.bson_, &bson_); }
  document& operator=(const document& from) {
    document copy{from};
    swap(copy);
    return *this;
  }
  ~document() { bson_destroy(&bson_); }

  document& text(std::string_view name, std::string_view value);
  document& integer(std::string_view name, std::int64_t value);
  document& flag(std::string_view name, bool value);
  document& oid(std::string_view name, const id& value);
  document& date(std::string_view name, timestamp value);
  document& nested(std::string_view name, const document& value);
  document& list(std::string_view name, const std::vector<document>& values);
  document& texts(std::string_view name, std::initializer_list<std::string_view> values);
  template <class Id>
  document& oids(std::string_view name, const std::vector<Id>& values) {
    std::uint32_t at = 0;
    bson_t array;
    bson_append_array_begin(&bson_, name.data(), static_cast<int>(name.size()), &array);
    for (const id& each : values) {
      const auto key = std::to_string(at++);
      const auto oid = to_oid(each);
      bson_append_oid(&array, key.data(), static_cast<int>(key.size()), &oid);
    }
    bson_append_array_end(&bson_, &array);
    return *this;
  }
  /// `{epoch: ..., sequence: ...}`.
  document& position(std::string_view name, log_position value);
  /// All members of another one.
  document& all_of(const document& other);

  [[nodiscard]] const bson_t* get() const { return &bson_; }
  [[nodiscard]] bson_t* get() { return &bson_; }
  [[nodiscard]] std::size_t bytes() const { return bson_.len; }
  [[nodiscard]] bool empty() const { return bson_empty(&bson_); }

 private:
  void swap(document& other) noexcept;
  bson_t bson_;
};

}  // namespace evd::store_mongo
