#include "gateway/http/query_parameters.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <evd/json.hpp>

#include "gateway/http/target.hpp"

namespace evd::gateway {

namespace {

struct parameter {
  std::string name;
  std::vector<std::string> values;
  bool bare = false;  ///< given without a `=`
};

/// A JSON pointer's part (RFC 6901).
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::vector<parameter> split(std::string_view query, std::vector<problem>& problems) {
  std::vector<parameter> all;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals), plus_is::blank);
    const auto value = equals == std::string_view::npos ? std::optional<std::string>(std::string{})
                                                        : percent_decode(pair.substr(equals + 1), plus_is::blank);
    if (!name || !is_utf8(*name)) {
      problems.push_back({"", "a parameter's name is no percent-encoded UTF-8"});
      continue;
    }
    if (!value || !is_utf8(*value)) {
      problems.push_back({'/' + escaped(*name), "its value is no percent-encoded UTF-8"});
      continue;
    }
    auto known = std::find_if(all.begin(), all.end(), [&](const auto& other) { return other.name == *name; });
    if (known == all.end()) known = all.insert(all.end(), parameter{*name, {}, false});
    known->values.push_back(*value);
    known->bare = known->bare || equals == std::string_view::npos;
  }
  return all;
}

/// Whether it is a number as JSON writes it (RFC 8259, section 6), so that it can stand in JSON as it is.
bool is_number(std::string_view text) {
  const auto digits = [&text] {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end > 0;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.starts_with('0')) {
    text.remove_prefix(1);
  } else if (!digits()) {
    return false;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!digits()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!digits()) return false;
  }
  return text.empty();
}

const type_table& without_optional(const type_table& type) {
  return type.kind == type_kind::optional ? without_optional(*type.element) : type;
}

std::string value_to_json(const std::string& value, const type_table& type, bool bare) {
  switch (without_optional(type).kind) {
    case type_kind::boolean:
      if (value == "true" || value == "false") return value;
      if (value.empty() && bare) return "true";
      break;
    case type_kind::integer:
    case type_kind::floating:
      // One too large for a double is well-formed and yet no JSON that can be read: then it is said of its parameter.
      if (is_number(value) && check_json(value)) return value;
      break;
    default:
      break;
  }
  return to_json(value);
}

std::string values_to_json(const parameter& given, const type_table* element) {
  std::string json = "[";
  for (const auto& value : given.values) {
    if (json.size() > 1) json += ',';
    json += element == nullptr ? to_json(value) : value_to_json(value, *element, false);
  }
  return json + ']';
}

const type_table* type_of(std::string_view name, const type_table& input) {
  if (input.kind == type_kind::map) return input.element;
  const auto found = std::find_if(input.members.begin(), input.members.end(),
                                  [&](const member_table& member) { return member.json_name == name; });
  return found == input.members.end() ? nullptr : found->type;
}

}  // namespace

result<std::string> query_to_json(std::string_view query, const type_table& input) {
  std::vector<problem> problems;
  std::string json = "{";
  for (const auto& given : split(query, problems)) {
    const type_table* declared = type_of(given.name, input);
    const type_table* type = declared == nullptr ? nullptr : &without_optional(*declared);
    const bool number = type != nullptr && (type->kind == type_kind::integer || type->kind == type_kind::floating);
    // A form sends what was left empty too.
    if (number && declared->kind == type_kind::optional && given.values == std::vector<std::string>{""}) continue;
    if (json.size() > 1) json += ',';
    json += to_json(given.name) + ':';
    if (type == nullptr) {
      json += given.values.size() == 1 ? to_json(given.values.front()) : values_to_json(given, nullptr);
    } else if (type->kind == type_kind::sequence) {
      json += values_to_json(given, type->element);
    } else {
      json += value_to_json(given.values.front(), *type, given.bare);
      if (given.values.size() > 1)
        problems.push_back({'/' + escaped(given.name), "is given more than once, and is no list"});
    }
  }
  if (problems.empty()) return json + '}';
  return error{errc::invalid_input, "read query parameters", "the query parameters are not as expected",
               "a list is given by repeating its name: tag=a&tag=b", std::move(problems)};
}

}  // namespace evd::gateway
