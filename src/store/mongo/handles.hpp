#pragma once
/// libmongoc's and libbson's objects as owners of themselves.

#include <mongoc/mongoc.h>

#include <memory>

namespace evd::store_mongo {

template <class T, void (*Destroy)(T*)>
struct destroyer {
  void operator()(T* what) const { Destroy(what); }
};
template <class T, void (*Destroy)(T*)>
using owned = std::unique_ptr<T, destroyer<T, Destroy>>;

using uri_handle = owned<mongoc_uri_t, mongoc_uri_destroy>;
using pool_handle = owned<mongoc_client_pool_t, mongoc_client_pool_destroy>;
using collection_handle = owned<mongoc_collection_t, mongoc_collection_destroy>;
using bulk_handle = owned<mongoc_bulk_operation_t, mongoc_bulk_operation_destroy>;
using cursor_handle = owned<mongoc_cursor_t, mongoc_cursor_destroy>;
using write_concern_handle = owned<mongoc_write_concern_t, mongoc_write_concern_destroy>;

}  // namespace evd::store_mongo
