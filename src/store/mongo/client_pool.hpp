#pragma once
/// Connections to the servers, lent to one call at a time.
///
/// Threads: the pool is safe from any thread, a client belongs to one. Lifetime: clients end before their pool.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <evd/error.hpp>

#include "store/mongo/address.hpp"
#include "store/mongo/document.hpp"

namespace evd::store_mongo {

/// A find: which documents of which collection, in which order and how many.
struct find_spec {
  std::string collection;
  document filter;
  document options;  ///< as `mongoc_collection_find_with_opts` has them: sort, limit, projection
};

class client {
 public:
  [[nodiscard]] collection_handle collection(std::string_view name);

  /// Calls `each` with every document found, until it answers false.
  result<void> find(const find_spec& what, const std::function<bool(document_view)>& each);
  result<void> aggregate(std::string_view collection, const std::vector<document>& pipeline,
                         const std::function<bool(document_view)>& each);
  /// By the collection's own books: costs nothing, whatever its size.
  result<std::uint64_t> estimated_count(std::string_view collection);
  result<std::uint64_t> count(std::string_view collection, const document& filter);
  /// Runs a command of the database. The reply goes to `reply`, the server's code of a failure to `code`, where they
  /// are not null.
  result<void> command(const document& what, document* reply = nullptr, std::int32_t* code = nullptr);
  result<std::uint64_t> remove(std::string_view collection, const document& filter);

 private:
  friend class client_pool;
  struct giver {
    mongoc_client_pool_t* pool = nullptr;
    void operator()(mongoc_client_t* back) const { mongoc_client_pool_push(pool, back); }
  };
  client(mongoc_client_t* lent, mongoc_client_pool_t* from, const std::string& database)
      : client_(lent, giver{from}), database_(&database) {}
  result<void> drain(mongoc_cursor_t* cursor, std::string_view where, const std::function<bool(document_view)>& each);

  std::unique_ptr<mongoc_client_t, giver> client_;
  const std::string* database_;
};

class client_pool {
 public:
  /// Errors: invalid_configuration. No server is asked yet.
  static result<std::unique_ptr<client_pool>> open(address where);

  /// Errors: busy: every connection is lent out, for `waitQueueTimeoutMS`.
  [[nodiscard]] result<client> take();

  [[nodiscard]] const std::string& database() const { return where_.database; }
  [[nodiscard]] const std::string& servers() const { return where_.servers; }
  [[nodiscard]] std::chrono::milliseconds keep() const { return where_.keep; }

 private:
  client_pool(address where, pool_handle pool) : where_(std::move(where)), pool_(std::move(pool)) {}
  const address where_;
  const pool_handle pool_;
};

}  // namespace evd::store_mongo
