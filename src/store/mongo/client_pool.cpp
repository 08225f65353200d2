#include "store/mongo/client_pool.hpp"

#include "store/mongo/status.hpp"

namespace evd::store_mongo {

result<std::unique_ptr<client_pool>> client_pool::open(address where) {
  bson_error_t failed{};
  pool_handle pool{mongoc_client_pool_new_with_error(where.uri.get(), &failed)};
  if (!pool) {
    return error{errc::invalid_configuration,
                 "store (EVD_STORE)",
                 static_cast<const char*>(failed.message),
                 "docs/reference/mongodb.md lists what the address may say",
                 {}};
  }
  mongoc_client_pool_set_error_api(pool.get(), MONGOC_ERROR_API_VERSION_2);
  return std::unique_ptr<client_pool>(new client_pool(std::move(where), std::move(pool)));
}

result<client> client_pool::take() {
  auto* lent = mongoc_client_pool_pop(pool_.get());
  if (lent == nullptr) {
    return error{errc::busy,
                 "store",
                 "all connections to " + where_.servers + " are in use",
                 "raise maxPoolSize or waitQueueTimeoutMS in EVD_STORE",
                 {}};
  }
  return client(lent, pool_.get(), where_.database);
}

collection_handle client::collection(std::string_view name) {
  return collection_handle{mongoc_client_get_collection(client_.get(), database_->c_str(), std::string(name).c_str())};
}

result<void> client::drain(mongoc_cursor_t* cursor, std::string_view where,
                           const std::function<bool(document_view)>& each) {
  const bson_t* found = nullptr;
  while (mongoc_cursor_next(cursor, &found)) {
    if (!each({found})) return {};
  }
  bson_error_t failed{};
  if (mongoc_cursor_error(cursor, &failed)) return translate(failed, where);
  return {};
}

result<void> client::find(const find_spec& what, const std::function<bool(document_view)>& each) {
  const auto from = collection(what.collection);
  const cursor_handle cursor{
      mongoc_collection_find_with_opts(from.get(), what.filter.get(), what.options.get(), nullptr)};
  return drain(cursor.get(), "read " + what.collection, each);
}

result<void> client::aggregate(std::string_view name, const std::vector<document>& pipeline,
                               const std::function<bool(document_view)>& each) {
  const auto from = collection(name);
  document stages;
  stages.list("pipeline", pipeline);
  const cursor_handle cursor{
      mongoc_collection_aggregate(from.get(), MONGOC_QUERY_NONE, stages.get(), nullptr, nullptr)};
  return drain(cursor.get(), "sum up " + std::string(name), each);
}

result<std::uint64_t> client::estimated_count(std::string_view name) {
  const auto from = collection(name);
  bson_error_t failed{};
  const auto found = mongoc_collection_estimated_document_count(from.get(), nullptr, nullptr, nullptr, &failed);
  if (found < 0) return translate(failed, "count " + std::string(name));
  return static_cast<std::uint64_t>(found);
}

result<std::uint64_t> client::count(std::string_view name, const document& filter) {
  document what;
  what.text("count", name).nested("query", filter);
  document reply;
  if (auto counted = command(what, &reply); !counted) return std::move(counted).error();
  bson_iter_t at;
  if (!bson_iter_init_find(&at, reply.get(), "n")) return std::uint64_t{0};
  return static_cast<std::uint64_t>(bson_iter_as_int64(&at));
}

result<void> client::command(const document& what, document* reply, std::int32_t* code) {
  bson_error_t failed{};
  document answer;
  bson_destroy(answer.get());  // libmongoc initialises it, whatever happens
  const bool done =
      mongoc_client_command_simple(client_.get(), database_->c_str(), what.get(), nullptr, answer.get(), &failed);
  bson_iter_t name;
  const std::string where =
      bson_iter_init(&name, what.get()) && bson_iter_next(&name) ? bson_iter_key(&name) : "command";
  if (!done && code != nullptr && failed.domain == MONGOC_ERROR_SERVER) *code = static_cast<std::int32_t>(failed.code);
  if (!done) return translate(failed, where);
  if (reply != nullptr) *reply = std::move(answer);
  return {};
}

result<std::uint64_t> client::remove(std::string_view name, const document& filter) {
  const auto from = collection(name);
  bson_error_t failed{};
  document reply;
  bson_destroy(reply.get());
  if (!mongoc_collection_delete_many(from.get(), filter.get(), nullptr, reply.get(), &failed)) {
    return translate(failed, "remove from " + std::string(name));
  }
  bson_iter_t at;
  if (!bson_iter_init_find(&at, reply.get(), "deletedCount")) return std::uint64_t{0};
  return static_cast<std::uint64_t>(bson_iter_as_int64(&at));
}

}  // namespace evd::store_mongo
