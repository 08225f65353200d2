#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/json/text.hpp"
#include "store/mongo/json_bson.hpp"

namespace evd::store_mongo {
namespace {

namespace ondemand = simdjson::ondemand;

// A server takes 100 levels; the document around the value has a few itself.
constexpr int deepest = 80;

std::string_view trimmed(std::string_view token) {
  const auto end = token.find_last_not_of(" \t\r\n");
  return token.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

int length(std::string_view text) {
  return static_cast<int>(text.size());
}

}  // namespace

bool is_plain_name(std::string_view name) {
  return !name.starts_with('$') && name.find('.') == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

std::string text_name(std::string_view name) {
  return std::string(name) + "Text";
}

/// One value at a time, with buffers that are used again.
class json_writer::conversion {
 public:
  /// False: `text` is no JSON, or can't be nested.
  bool convert(std::string_view text);
  /// What was converted, as member "0".
  [[nodiscard]] const document& converted() const { return scratch_; }
  /// Whether it says the same as the text, byte for byte.
  [[nodiscard]] bool is_exact(std::string_view text) const { return complete_ && written_ == text; }

 private:
  bool value(bson_t* to, std::string_view name, ondemand::value from, int levels);
  bool object(bson_t* to, ondemand::object from, int levels);
  bool array(bson_t* to, ondemand::array from, int levels);
  bool number(bson_t* to, std::string_view name, std::string_view token);

  ondemand::parser parser_;
  std::string padded_;   // the text in brackets, with room behind it
  std::string written_;  // what `append_json` will give
  document scratch_;     // apart: a value that turns out to be none leaves no half behind
  bool complete_ = true;
};

json_writer::json_writer() : conversion_(std::make_unique<conversion>()) {}
json_writer::~json_writer() = default;

void json_writer::append(bson_t* to, std::string_view name, std::string_view text, json_form form) {
  if (form == json_form::nested && conversion_->convert(text)) {
    bson_iter_t found;
    if (bson_iter_init_find(&found, conversion_->converted().get(), "0")) {
      bson_append_iter(to, name.data(), length(name), &found);
    }
    if (conversion_->is_exact(text)) return;
  }
  append_text(to, text_name(name), text);
}

bool json_writer::conversion::convert(std::string_view text) {
  scratch_ = {};
  written_.clear();
  complete_ = true;
  padded_.clear();
  padded_.reserve(text.size() + 2 + simdjson::SIMDJSON_PADDING);
  padded_.append(1, '[').append(text).append(1, ']');
  ondemand::document whole;
  if (parser_.iterate(padded_.data(), padded_.size(), padded_.capacity()).get(whole) != simdjson::SUCCESS) return false;
  ondemand::array brackets;
  if (whole.get_array().get(brackets) != simdjson::SUCCESS) return false;
  std::size_t values = 0;
  for (auto each : brackets) {
    ondemand::value only;
    if (++values > 1 || each.get(only) != simdjson::SUCCESS) return false;
    if (!value(scratch_.get(), "0", only, deepest)) return false;
  }
  const char* behind = nullptr;  // there is a location as long as there is another token
  return values == 1 && whole.current_location().get(behind) == simdjson::OUT_OF_BOUNDS;
}

bool json_writer::conversion::value(bson_t* to, std::string_view name, ondemand::value from, int levels) {
  if (levels == 0) return false;
  ondemand::json_type type{};
  if (from.type().get(type) != simdjson::SUCCESS) return false;
  bson_t child;
  switch (type) {
    case ondemand::json_type::object: {
      ondemand::object members;
      if (from.get_object().get(members) != simdjson::SUCCESS) return false;
      bson_append_document_begin(to, name.data(), length(name), &child);
      const bool whole = object(&child, members, levels);
      bson_append_document_end(to, &child);
      return whole;
    }
    case ondemand::json_type::array: {
      ondemand::array elements;
      if (from.get_array().get(elements) != simdjson::SUCCESS) return false;
      bson_append_array_begin(to, name.data(), length(name), &child);
      const bool whole = array(&child, elements, levels);
      bson_append_array_end(to, &child);
      return whole;
    }
    case ondemand::json_type::string: {
      std::string_view text;
      if (from.get_string().get(text) != simdjson::SUCCESS) return false;
      json::append_string(text, written_);
      return bson_append_utf8(to, name.data(), length(name), text.data(), length(text));
    }
    case ondemand::json_type::number:
      return number(to, name, trimmed(from.raw_json_token()));
    case ondemand::json_type::boolean: {
      bool flag = false;
      if (from.get_bool().get(flag) != simdjson::SUCCESS) return false;
      written_ += flag ? "true" : "false";
      return bson_append_bool(to, name.data(), length(name), flag);
    }
    case ondemand::json_type::null:
      if (trimmed(from.raw_json_token()) != "null") return false;
      if (!from.is_null()) return false;
      written_ += "null";
      return bson_append_null(to, name.data(), length(name));
  }
  return false;
}

bool json_writer::conversion::object(bson_t* to, ondemand::object from, int levels) {
  written_ += '{';
  bool first = true;
  std::vector<std::string_view> names;
  for (auto each : from) {
    ondemand::field member;
    std::string_view unescaped;
    if (std::move(each).get(member) != simdjson::SUCCESS) return false;
    if (member.unescaped_key().get(unescaped) != simdjson::SUCCESS) return false;
    if (!is_plain_name(unescaped)) {
      complete_ = false;
      continue;
    }
    names.push_back(unescaped);
    if (!first) written_ += ',';
    first = false;
    json::append_string(unescaped, written_);
    written_ += ':';
    if (!value(to, unescaped, member.value(), levels - 1)) return false;
  }
  written_ += '}';
  // Servers disagree about which of two members of one name they keep.
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) == names.end();
}

bool json_writer::conversion::array(bson_t* to, ondemand::array from, int levels) {
  written_ += '[';
  std::uint32_t at = 0;
  for (auto each : from) {
    ondemand::value element;
    if (std::move(each).get(element) != simdjson::SUCCESS) return false;
    if (at > 0) written_ += ',';
    std::array<char, 16> storage{};
    const char* name = nullptr;
    const auto digits = bson_uint32_to_string(at++, &name, storage.data(), storage.size());
    if (!value(to, {name, digits}, element, levels - 1)) return false;
  }
  written_ += ']';
  return true;
}

bool json_writer::conversion::number(bson_t* to, std::string_view name, std::string_view token) {
  const auto* end = token.data() + token.size();
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(token.data(), end, whole); read.ec == std::errc{} && read.ptr == end) {
    written_ += std::to_string(whole);
    return bson_append_int64(to, name.data(), length(name), whole);
  }
  double fraction = 0;
  const auto read = std::from_chars(token.data(), end, fraction);
  if (read.ptr != end || read.ec == std::errc::invalid_argument) return false;
  // Beyond what a double holds (1e999): the text has it. Some servers read -0.0 as 0.
  if (read.ec == std::errc::result_out_of_range || !std::isfinite(fraction)) {
    complete_ = false;
    return bson_append_null(to, name.data(), length(name));
  }
  if (fraction == 0 && std::signbit(fraction)) complete_ = false;
  json::append_double(fraction, written_);
  return bson_append_double(to, name.data(), length(name), fraction);
}

}  // namespace evd::store_mongo
