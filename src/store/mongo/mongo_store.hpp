#pragma once
/// The event store in MongoDB, or in a server that speaks its protocol.
///
/// What the documents look like, which indexes there are and what the address may say is in
/// `docs/reference/mongodb.md`.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <evd/error.hpp>
#include <evd/logger.hpp>
#include <evd/port/store.hpp>

namespace evd::store_mongo {

enum class store_mode : std::uint8_t {
  create,     ///< collections and indexes are made when they are not there; a server that is away is waited for later
  existing,   ///< must be there
  read_only,  ///< must be there; `apply` and `quarantine` fail with read_only
};

struct mongo_store_options {
  std::string url;  ///< `mongodb://` or `mongodb+srv://`, with MongoDB's options and ours, see `is_mongo_url`
  store_mode mode = store_mode::create;
  log_sink* log = nullptr;               ///< null: `standard_log()`; outlives the store
  std::chrono::seconds sweep_every{60};  ///< how often what has expired is removed, where the server does not itself
};

/// Whether `url` is of the kind that this store opens:
/// `mongodb://[user:password@]host[:port],.../[database][?options]`. Without a database it is `evd`. Options are
/// MongoDB's, and `evdKeep=90d`: how long documents are kept; without it, for ever.
[[nodiscard]] bool is_mongo_url(std::string_view url);

/// Writes are acknowledged by a majority, in the journal, unless the address says otherwise (`w`, `journal`).
///
/// Threads: the store is safe from any thread; calls run side by side, on up to `maxPoolSize` connections.
/// Errors: invalid_configuration (the address, or what the user may do), unavailable, incompatible (written by a newer
///   build), not_found (`existing` and `read_only`: nothing is there). With `create` a server that cannot be reached is
///   no error: each call answers unavailable until it can. No error shows a password.
[[nodiscard]] result<std::unique_ptr<port::store>> open_mongo_store(const mongo_store_options& options);

}  // namespace evd::store_mongo
