#pragma once
/// Collections, their indexes, and the version of it all.

#include <cstdint>
#include <string_view>
#include <vector>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

/// What `schema` says; a build refuses a newer one.
inline constexpr std::int64_t schema_version = 1;

namespace collections {
inline constexpr std::string_view commands = "commands";
inline constexpr std::string_view events = "events";
inline constexpr std::string_view attempts = "attempts";
inline constexpr std::string_view outcomes = "outcomes";
inline constexpr std::string_view dead_letters = "dead_letters";
inline constexpr std::string_view subscriptions = "subscriptions";
inline constexpr std::string_view subjects = "subjects";
inline constexpr std::string_view quarantine = "quarantine";
inline constexpr std::string_view progress = "progress";
inline constexpr std::string_view schema = "schema";
}  // namespace collections

/// Those whose documents end some day.
inline constexpr std::string_view expiring[] = {collections::commands, collections::events, collections::attempts,
                                                collections::outcomes, collections::dead_letters};

/// What `_id` is found by needs no index here.
struct index {
  std::string_view collection;
  std::string_view name;
  std::vector<std::pair<std::string_view, int>> keys;
  std::string_view only_where = {};  ///< a member that is true in the documents to index; empty: all of them
};
[[nodiscard]] const std::vector<index>& indexes();

/// Who removes what has expired.
enum class expiry : std::uint8_t { by_server, by_us };

/// Makes what is not there. Errors: incompatible, unavailable, invalid_configuration.
[[nodiscard]] result<void> create_schema(client& with);

/// Errors: not_found: there is no store of ours; incompatible.
[[nodiscard]] result<void> check_schema(client& with, std::string_view place);

/// Makes the TTL indexes, or finds that the server has no such thing.
[[nodiscard]] result<expiry> create_expiry(client& with);

}  // namespace evd::store_mongo
