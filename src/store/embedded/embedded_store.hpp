#pragma once
/// The event store in one SQLite file: the log's own, or another one that a recorder fills.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <evd/error.hpp>
#include <evd/port/store.hpp>

#include "store/embedded/schema.hpp"

namespace evd::store_embedded {

enum class store_mode : std::uint8_t {
  create,      ///< made when it is not there
  read_write,  ///< must exist
  read_only,   ///< must exist; `apply` and `quarantine` fail with read_only
};

struct embedded_store_options {
  std::string path;
  store_mode mode = store_mode::create;
  store_embedded::synchronous synchronous = store_embedded::synchronous::full;
  bool checkpoints = true;                ///< false: somebody else in this process checkpoints the file
  std::chrono::milliseconds busy{5'000};  ///< how long one statement waits for another's short lock
};

/// Threads: the store is safe from any thread; reads run side by side, writes one at a time.
/// Errors: not_found, read_only, corrupt, incompatible, disk_full. Each names the path and the next step.
[[nodiscard]] result<std::unique_ptr<port::store>> open_embedded_store(const embedded_store_options& options);

}  // namespace evd::store_embedded
