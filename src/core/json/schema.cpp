#include <vector>

#include <evd/json.hpp>

#include "core/json/number.hpp"
#include "core/json/text.hpp"

namespace evd {

namespace {

/// Writes one schema; objects go to `$defs`, by name, because they may hold themselves.
class schema_writer {
 public:
  std::string document(const type_table& root) {
    std::string body = R"({"$schema":"https://json-schema.org/draft/2020-12/schema",)";
    std::string own;
    schema(root, own);
    body.append(own, 1, own.size() - 2);
    // Writing one definition may ask for more.
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      body += i == 0 ? R"(,"$defs":{)" : ",";
      json::append_string(objects_[i]->name, body);
      body += ':';
      object(*objects_[i], body);
    }
    return body += objects_.empty() ? "}" : "}}";
  }

 private:
  void schema(const type_table& table, std::string& out) {
    switch (table.kind) {
      case type_kind::boolean:
        out += R"({"type":"boolean"})";
        break;
      case type_kind::integer:
        integer(table, out);
        break;
      case type_kind::floating:
        out += R"({"type":"number"})";
        break;
      case type_kind::string:
        out += R"({"type":"string"})";
        break;
      case type_kind::secret:
        out += R"({"type":"string","format":"password","writeOnly":true})";
        break;
      case type_kind::enumeration:
        enumeration(table, out);
        break;
      case type_kind::object:
        reference(table, out);
        break;
      case type_kind::sequence:
        sequence(table, out);
        break;
      case type_kind::map:
        out += R"({"type":"object","additionalProperties":)";
        schema(*table.element, out);
        out += '}';
        break;
      case type_kind::optional:
        out += R"({"anyOf":[)";
        schema(*table.element, out);
        out += R"(,{"type":"null"}]})";
        break;
      case type_kind::time:
        out += R"({"type":"string","format":"date-time"})";
        break;
      case type_kind::duration:
        out += R"({"type":"string","pattern":"^-?[0-9]+(ns|us|ms|s|m|h|d)$"})";
        break;
      case type_kind::id:
        out += R"({"type":"string","pattern":"^([0-9a-fA-F]{24})?$"})";
        break;
      case type_kind::json_text:
        out += R"({"description":"any JSON"})";
        break;
    }
  }

  static void integer(const type_table& table, std::string& out) {
    if (table.bits == 64) {
      out += table.is_signed ? R"({"type":["integer","string"],"pattern":"^-?[0-9]+$"})"
                             : R"({"type":["integer","string"],"minimum":0,"pattern":"^[0-9]+$"})";
      return;
    }
    const auto limit = std::int64_t{1} << (table.bits - (table.is_signed ? 1U : 0U));
    out += R"({"type":"integer","minimum":)" + std::to_string(table.is_signed ? -limit : 0) + R"(,"maximum":)" +
           std::to_string(limit - 1) + '}';
  }

  static void enumeration(const type_table& table, std::string& out) {
    out += R"({"type":"string","enum":[)";
    for (const auto& enumerator : table.enumerators) {
      if (&enumerator != table.enumerators.data()) out += ',';
      json::append_string(enumerator.json_name, out);
    }
    out += "]}";
  }

  void sequence(const type_table& table, std::string& out) {
    out += R"({"type":"array","items":)";
    schema(*table.element, out);
    if (table.sequence->fixed != sequence_access::npos) {
      const auto size = std::to_string(table.sequence->fixed);
      out += R"(,"minItems":)" + size + R"(,"maxItems":)" + size;
    }
    out += '}';
  }

  void reference(const type_table& table, std::string& out) {
    bool known = false;
    for (const auto* object : objects_) known = known || object == &table;
    if (!known) objects_.push_back(&table);
    out += R"({"$ref":)";
    // A fragment of a URI: of what C++ puts into names, these are not allowed there.
    std::string place = "#/$defs/";
    for (const char c : table.name) {
      switch (c) {
        case ' ':
          place += "%20";
          break;
        case '<':
          place += "%3C";
          break;
        case '>':
          place += "%3E";
          break;
        case '{':
          place += "%7B";
          break;
        case '}':
          place += "%7D";
          break;
        default:
          place += c;
      }
    }
    json::append_string(place, out);
    out += '}';
  }

  void object(const type_table& table, std::string& out) {
    out += R"({"type":"object","properties":{)";
    std::string required;
    for (const auto& member : table.members) {
      if (&member != table.members.data()) out += ',';
      json::append_string(member.json_name, out);
      out += ':';
      schema(*member.type, out);
      if (!member.required) continue;
      if (!required.empty()) required += ',';
      json::append_string(member.json_name, required);
    }
    out += "},\"required\":[" + required + "]}";
  }

  std::vector<const type_table*> objects_;
};

}  // namespace

std::string json_schema(const type_table& table) {
  return schema_writer().document(table);
}

}  // namespace evd
