#include "store/mongo/bulk.hpp"

#include <algorithm>
#include <functional>
#include <span>

#include "store/mongo/status.hpp"

namespace evd::store_mongo {
namespace {

// FerretDB 1.24 keeps a database connection open for every update of a command, and waits for ever when it has none
// left. Updates are the rare case: most of what is written is inserted.
constexpr std::size_t updates_at_once = 8;

struct bulk_reply {
  std::vector<unwritten> failed;
  std::int64_t inserted = 0;
  std::int64_t matched = 0;
  std::int64_t upserted = 0;
};

std::int64_t number(const bson_t& from, const char* name) {
  bson_iter_t at;
  return bson_iter_init_find(&at, &from, name) ? bson_iter_as_int64(&at) : 0;
}

unwritten read_unwritten(const bson_t& from) {
  unwritten one;
  one.index = static_cast<std::size_t>(number(from, "index"));
  one.code = static_cast<std::int32_t>(number(from, "code"));
  bson_iter_t at;
  if (bson_iter_init_find(&at, &from, "errmsg") && BSON_ITER_HOLDS_UTF8(&at)) {
    one.message = bson_iter_utf8(&at, nullptr);
  }
  return one;
}

void each_document(const bson_t& from, const char* name, const std::function<void(document_view)>& each) {
  bson_iter_t at;
  bson_iter_t child;
  if (!bson_iter_init_find(&at, &from, name) || !BSON_ITER_HOLDS_ARRAY(&at) || !bson_iter_recurse(&at, &child)) return;
  while (bson_iter_next(&child)) {
    std::uint32_t bytes = 0;
    const std::uint8_t* data = nullptr;
    if (!BSON_ITER_HOLDS_DOCUMENT(&child)) continue;
    bson_iter_document(&child, &bytes, &data);
    bson_t one;
    if (bson_init_static(&one, data, bytes)) each({&one});
  }
}

// What a majority did not confirm counts as not written.
result<void> check_concern(const bson_t& reply, const std::string& where) {
  result<void> checked;
  each_document(reply, "writeConcernErrors", [&](const bson_t& failed) {
    const auto one = read_unwritten(failed);
    checked = error{errc::unavailable,
                    where,
                    one.message + " (code " + std::to_string(one.code) + ")",
                    "a majority of the replica set has to confirm writes",
                    {}};
  });
  return checked;
}

result<bulk_reply> execute(mongoc_bulk_operation_t* bulk, const std::string& where) {
  bson_error_t status{};
  document reply;
  bson_destroy(reply.get());  // libmongoc initialises it, whatever happens
  const bool sent = mongoc_bulk_operation_execute(bulk, reply.get(), &status) != 0;
  if (auto confirmed = check_concern(*reply.get(), where); !confirmed) return std::move(confirmed).error();
  bulk_reply read;
  each_document(*reply.get(), "writeErrors", [&](const bson_t& one) { read.failed.push_back(read_unwritten(one)); });
  read.inserted = number(*reply.get(), "nInserted");
  read.matched = number(*reply.get(), "nMatched");
  read.upserted = number(*reply.get(), "nUpserted");
  if (!sent && read.failed.empty()) return translate(status, where);
  for (const auto& one : read.failed) {
    if (one.code != duplicate_key && !is_refusal(one.code)) return translate_code(one.code, one.message, where);
  }
  return read;
}

bulk_handle begin(mongoc_collection_t* collection) {
  document options;
  options.flag("ordered", false);
  return bulk_handle{mongoc_collection_create_bulk_operation_with_opts(collection, options.get())};
}

result<void> add(mongoc_bulk_operation_t* bulk, const update& what, const std::string& where) {
  document options;
  if (what.upsert) options.flag("upsert", true);
  bson_error_t failed{};
  const auto call =
      what.replace ? mongoc_bulk_operation_replace_one_with_opts : mongoc_bulk_operation_update_one_with_opts;
  if (!call(bulk, what.filter.get(), what.change.get(), options.get(), &failed)) return translate(failed, where);
  return {};
}

result<bulk_reply> update_some(client& with, std::string_view name, std::span<const update> updates) {
  const auto where = "change " + std::string(name);
  const auto collection = with.collection(name);
  const auto bulk = begin(collection.get());
  for (const auto& each : updates) {
    if (auto added = add(bulk.get(), each, where); !added) return std::move(added).error();
  }
  return execute(bulk.get(), where);
}

}  // namespace

result<std::vector<unwritten>> insert_all(client& with, std::string_view name, const std::vector<document>& documents) {
  if (documents.empty()) return std::vector<unwritten>{};
  const auto where = "write " + std::string(name);
  const auto collection = with.collection(name);
  const auto bulk = begin(collection.get());
  // The driver would look into every document for names with dots and dollars, which servers take by now.
  document unchecked;
  unchecked.flag("validate", false);
  for (const auto& each : documents) {
    bson_error_t failed{};
    if (!mongoc_bulk_operation_insert_with_opts(bulk.get(), each.get(), unchecked.get(), &failed)) {
      return translate(failed, where);
    }
  }
  auto done = execute(bulk.get(), where);
  if (!done) return std::move(done).error();
  // Several messages may have been sent, and a later one may have been lost.
  if (static_cast<std::size_t>(done->inserted) + done->failed.size() < documents.size()) {
    return error{
        errc::unavailable,
        where,
        "of " + std::to_string(documents.size()) + " documents " + std::to_string(done->inserted) + " were confirmed",
        "repeat the call",
        {}};
  }
  return std::move(done->failed);
}

result<std::vector<unwritten>> update_all(client& with, std::string_view name, const std::vector<update>& updates) {
  std::vector<unwritten> failed;
  for (std::size_t begin = 0; begin < updates.size(); begin += updates_at_once) {
    const auto count = std::min(updates_at_once, updates.size() - begin);
    auto done = update_some(with, name, std::span(updates).subspan(begin, count));
    if (!done) return std::move(done).error();
    for (auto& each : done->failed) {
      each.index += begin;
      failed.push_back(std::move(each));
    }
  }
  return failed;
}

result<bool> update_one(client& with, std::string_view name, const update& what) {
  auto done = update_some(with, name, std::span(&what, 1));
  if (!done) return std::move(done).error();
  for (const auto& each : done->failed) {
    if (each.code != duplicate_key) return translate_code(each.code, each.message, "change " + std::string(name));
  }
  return done->matched + done->upserted > 0;
}

}  // namespace evd::store_mongo
