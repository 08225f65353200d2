#pragma once
/// JSON text as nested BSON, and back.
///
/// Integers that fit 64 bits are 64-bit integers, all other numbers doubles; objects keep the order of their members.
/// What is read back is the same text, byte for byte: where the BSON alone would give another one (white space, 1.50,
/// -0, numbers of more digits than a double has, escapes that were not needed), or can't hold all of it (a member whose
/// name holds a dot or a zero or begins with a dollar sign is left out of the BSON), the text is kept beside the member
/// `data` as `dataText`.

#include <bson/bson.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "store/mongo/document.hpp"

namespace evd::store_mongo {

/// The form in which JSON is stored.
enum class json_form : std::uint8_t {
  nested,  ///< as BSON, beside which the text stands where it has to
  text,    ///< as text alone: for servers that refuse the BSON, say because it has arrays in arrays
};

/// Threads: one at a time; its buffers are used again.
class json_writer {
 public:
  json_writer();
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;
  ~json_writer();

  /// Appends `text` as member `name` of `to`. What is no JSON is kept as text.
  void append(bson_t* to, std::string_view name, std::string_view text, json_form form);

 private:
  class conversion;  // simdjson is nobody else's business
  std::unique_ptr<conversion> conversion_;
};

/// Appends the JSON text of the value that `at` is on.
void append_json(const bson_iter_t& at, std::string& out);

/// Whether a member may bear this name on every server.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// `data` is `dataText`: where the text of member `name` stands.
[[nodiscard]] std::string text_name(std::string_view name);

}  // namespace evd::store_mongo
