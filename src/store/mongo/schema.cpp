#include "store/mongo/schema.hpp"

#include <optional>
#include <string>

#include "store/mongo/bulk.hpp"
#include "store/mongo/status.hpp"

namespace evd::store_mongo {
namespace {

constexpr std::string_view schema_id = "store";

enum class extent : std::uint8_t { partial, whole };

document index_description(const index& what, extent how) {
  document keys;
  for (const auto& [name, direction] : what.keys) {
    bson_append_int32(keys.get(), name.data(), static_cast<int>(name.size()), direction);
  }
  document description;
  description.nested("key", keys).text("name", what.name);
  if (how == extent::partial && !what.only_where.empty()) {
    document where;
    where.flag(what.only_where, true);
    description.nested("partialFilterExpression", where);
  }
  return description;
}

// Making one that is there already does nothing. False: the server has no such kind.
result<bool> create_index(client& with, std::string_view collection, const document& description) {
  document command;
  command.text("createIndexes", collection).list("indexes", {description});
  std::int32_t code = 0;
  auto made = with.command(command, nullptr, &code);
  if (made) return true;
  if (is_unsupported(code)) return false;
  return std::move(made).error();
}

result<void> create_index(client& with, const index& what) {
  for (const auto how : {extent::partial, extent::whole}) {
    const auto made = create_index(with, what.collection, index_description(what, how));
    if (!made) return made.error();
    if (*made) return {};
  }
  return error{errc::incompatible,
               "create index",
               "the server refuses the index " + std::string(what.name) + " of " + std::string(what.collection),
               "docs/explanation/tested-with.md names the servers that do",
               {}};
}

result<std::optional<std::int64_t>> found_version(client& with) {
  std::optional<std::int64_t> version;
  find_spec what{std::string(collections::schema), {}, {}};
  what.filter.text("_id", schema_id);
  auto read = with.find(what, [&](const bson_t& found) {
    bson_iter_t at;
    version = bson_iter_init_find(&at, &found, "version") ? bson_iter_as_int64(&at) : 0;
    return false;
  });
  if (!read) return std::move(read).error();
  return version;
}

result<void> check_version(std::int64_t version) {
  if (version <= schema_version) return {};
  return error{errc::incompatible,
               "open store",
               "its documents have version " + std::to_string(version) + ", this build knows up to " +
                   std::to_string(schema_version),
               "use the build that wrote them, or a newer one",
               {}};
}

}  // namespace

const std::vector<index>& indexes() {
  using namespace collections;
  static const std::vector<index> all{
      // Newest first, all of them or of one name, module, status.
      {commands, "position", {{"position.epoch", -1}, {"position.sequence", -1}}},
      {commands, "name", {{"name", 1}, {"position.epoch", -1}, {"position.sequence", -1}}},
      {commands, "module", {{"module", 1}, {"position.epoch", -1}, {"position.sequence", -1}}},
      {commands, "status", {{"status", 1}, {"position.epoch", -1}, {"position.sequence", -1}}},
      {commands, "incomplete", {{"incomplete", 1}}, "incomplete"},
      // Newest first, all of them or of one subject; a chain; those that failed.
      {events, "position", {{"position.epoch", -1}, {"position.sequence", -1}}},
      {events, "subject", {{"subject", 1}, {"position.epoch", -1}, {"position.sequence", -1}}},
      {events, "chain", {{"command", 1}, {"position.epoch", 1}, {"position.sequence", 1}}},
      {events, "linked", {{"linked", 1}}},
      {events, "failed", {{"failed", 1}, {"position.epoch", -1}, {"position.sequence", -1}}, "failed"},
      {events, "incomplete", {{"incomplete", 1}}, "incomplete"},
      // What became of an event; sums by subject and subscription.
      {attempts, "event", {{"event", 1}}},
      {attempts, "subject", {{"subject", 1}}},
      {attempts, "subscription", {{"module", 1}, {"subscription", 1}}},
      {outcomes, "event", {{"event", 1}}},
      {outcomes, "subscription", {{"module", 1}, {"subscription", 1}, {"duration", 1}}},
      // Newest first, all of them or of one status; what holds an event back from expiring.
      {dead_letters, "at", {{"at", -1}, {"_id", -1}}},
      {dead_letters, "status", {{"status", 1}, {"at", -1}, {"_id", -1}}},
      {dead_letters, "event", {{"event", 1}}},
  };
  return all;
}

result<void> create_schema(client& with) {
  const auto version = found_version(with);
  if (!version) return version.error();
  if (*version) return check_version(**version);
  for (const auto& each : indexes()) {
    if (auto made = create_index(with, each); !made) return made;
  }
  update note;
  note.filter.text("_id", schema_id);
  document set;
  set.integer("version", schema_version);
  note.change.nested("$set", set);
  note.upsert = true;
  if (auto noted = update_one(with, collections::schema, note); !noted) return std::move(noted).error();
  return {};
}

result<void> check_schema(client& with, std::string_view place) {
  const auto version = found_version(with);
  if (!version) return version.error();
  if (*version) return check_version(**version);
  return error{errc::not_found,
               "open store",
               "there is nothing of evd in " + std::string(place),
               "start the application once with this EVD_STORE, which makes it",
               {}};
}

result<expiry> create_expiry(client& with) {
  for (const auto collection : expiring) {
    document key;
    bson_append_int32(key.get(), "expires", -1, 1);
    document description;
    description.nested("key", key).text("name", "expires");
    bson_append_int32(description.get(), "expireAfterSeconds", -1, 0);
    const auto made = create_index(with, collection, description);
    if (!made) return made.error();
    if (!*made) return expiry::by_us;
  }
  return expiry::by_server;
}

}  // namespace evd::store_mongo
