#include <evd/time.hpp>

#include "core/json/text.hpp"
#include "store/mongo/json_bson.hpp"

namespace evd::store_mongo {
namespace {

void append_members(bson_iter_t child, bool named, std::string& out) {
  out += named ? '{' : '[';
  bool first = true;
  while (bson_iter_next(&child)) {
    if (!first) out += ',';
    first = false;
    if (named) {
      json::append_string(bson_iter_key(&child), out);
      out += ':';
    }
    append_json(child, out);
  }
  out += named ? '}' : ']';
}

}  // namespace

void append_json(const bson_iter_t& at, std::string& out) {
  bson_iter_t child;
  switch (bson_iter_type(&at)) {
    case BSON_TYPE_DOCUMENT:
    case BSON_TYPE_ARRAY:
      if (bson_iter_recurse(&at, &child)) append_members(child, bson_iter_type(&at) == BSON_TYPE_DOCUMENT, out);
      break;
    case BSON_TYPE_UTF8: {
      std::uint32_t bytes = 0;
      const char* text = bson_iter_utf8(&at, &bytes);
      json::append_string({text, bytes}, out);
      break;
    }
    case BSON_TYPE_DOUBLE:
      json::append_double(bson_iter_double(&at), out);
      break;
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
      out += std::to_string(bson_iter_as_int64(&at));
      break;
    case BSON_TYPE_BOOL:
      out += bson_iter_bool(&at) ? "true" : "false";
      break;
    // What follows is never written here; a person may have.
    case BSON_TYPE_OID:
      json::append_string(from_oid(*bson_iter_oid(&at)).to_string(), out);
      break;
    case BSON_TYPE_DATE_TIME:
      json::append_string(to_rfc3339(timestamp{std::chrono::milliseconds{bson_iter_date_time(&at)}}), out);
      break;
    default:
      out += "null";
      break;
  }
}

}  // namespace evd::store_mongo
