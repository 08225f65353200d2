#pragma once
/// What libmongoc and servers say, as `evd::error`. Here and nowhere else.

#include <bson/bson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <evd/error.hpp>

namespace evd::store_mongo {

/// MongoDB's codes that are told apart (`src/mongo/base/error_codes.yml` of the server).
inline constexpr std::int32_t duplicate_key = 11000;

/// Whether a server that answers this to a document will answer it for ever.
[[nodiscard]] bool is_refusal(std::int32_t code);

/// Whether a server that answers this to `createIndexes` has no such kind of index.
[[nodiscard]] bool is_unsupported(std::int32_t code);

/// Errors: unavailable, disk_full, invalid_input (a refusal), invalid_configuration (who we are, what we may do).
[[nodiscard]] error translate(const bson_error_t& status, std::string_view where);

/// Of one write in a bulk.
[[nodiscard]] error translate_code(std::int32_t code, std::string_view message, std::string_view where);

}  // namespace evd::store_mongo
