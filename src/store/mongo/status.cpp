#include "store/mongo/status.hpp"

#include <mongoc/mongoc.h>

#include <algorithm>
#include <array>

namespace evd::store_mongo {
namespace {

constexpr std::string_view server_hint =
    "check that the server runs and that EVD_STORE names it; the call can be repeated";

error make(errc code, std::string_view where, std::string_view detail, std::string_view hint) {
  return {code, std::string(where), std::string(detail), std::string(hint), {}};
}

}  // namespace

bool is_refusal(std::int32_t code) {
  // BadValue, FailedToParse, TypeMismatch, Overflow, InvalidBSON, CannotCreateIndex's kin for keys (DollarPrefixed,
  // EmptyFieldName, DottedFieldName), DocumentValidationFailure, BSONObjectTooLarge, KeyTooLong, and two of old.
  constexpr std::array<std::int32_t, 12> refusals{2, 9, 14, 15, 22, 52, 56, 57, 121, 10334, 17280, 17419};
  return std::find(refusals.begin(), refusals.end(), code) != refusals.end();
}

bool is_unsupported(std::int32_t code) {
  // NotImplemented, CommandNotFound, CannotCreateIndex, InvalidIndexSpecificationOption, BadValue, CommandNotSupported.
  constexpr std::array<std::int32_t, 6> unsupported{238, 59, 67, 197, 2, 115};
  return std::find(unsupported.begin(), unsupported.end(), code) != unsupported.end();
}

error translate_code(std::int32_t code, std::string_view message, std::string_view where) {
  constexpr std::int32_t unauthorized = 13;
  constexpr std::int32_t authentication_failed = 18;
  constexpr std::int32_t out_of_disk_space = 14031;
  const auto detail = std::string(message) + " (code " + std::to_string(code) + ")";
  if (code == unauthorized) {
    return make(errc::invalid_configuration, where, detail,
                "give the user of EVD_STORE the role readWrite (and dbAdmin, for indexes) on its database");
  }
  if (code == authentication_failed) {
    return make(errc::invalid_configuration, where, detail, "check user, password and authSource in EVD_STORE");
  }
  if (code == out_of_disk_space) return make(errc::disk_full, where, detail, "make room on the server's disk");
  if (is_refusal(code)) return make(errc::invalid_input, where, detail, "the server refuses this document for ever");
  return make(errc::unavailable, where, detail, server_hint);
}

error translate(const bson_error_t& status, std::string_view where) {
  const std::string_view message = static_cast<const char*>(status.message);
  switch (status.domain) {
    case MONGOC_ERROR_CLIENT:
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM:
      if (status.code == MONGOC_ERROR_CLIENT_AUTHENTICATE || status.domain != MONGOC_ERROR_CLIENT) {
        return make(errc::invalid_configuration, where, message, "check user, password and authSource in EVD_STORE");
      }
      return make(errc::unavailable, where, message, server_hint);
    case MONGOC_ERROR_BSON:
      return make(errc::invalid_input, where, message, "the document cannot be sent");
    case MONGOC_ERROR_SERVER:
    case MONGOC_ERROR_COMMAND:
    case MONGOC_ERROR_WRITE_CONCERN:
    case MONGOC_ERROR_COLLECTION:
    case MONGOC_ERROR_QUERY:
      return translate_code(static_cast<std::int32_t>(status.code), message, where);
    case MONGOC_ERROR_PROTOCOL:
      if (status.code == MONGOC_ERROR_PROTOCOL_BAD_WIRE_VERSION) {
        return make(errc::incompatible, where, message, "use MongoDB 4.4 or newer");
      }
      return make(errc::unavailable, where, message, server_hint);
    default:
      return make(errc::unavailable, where, message, server_hint);
  }
}

}  // namespace evd::store_mongo
