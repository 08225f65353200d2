#pragma once
/// What an evd file looks like inside, and opening one.
///
/// The log's tables are the store's: `broker/embedded` appends to them, `store/embedded` reads them, and a store behind
/// a log in another file has the same ones. Columns bear the names of the records' members; times are microseconds
/// since 1970, ids 12 bytes; the views (`event_view`, ...) show both as people read them.

#include <chrono>
#include <cstdint>
#include <string>

#include "sqlite/database.hpp"

namespace evd::store_embedded {

/// `PRAGMA application_id` of an evd file: "evd1".
inline constexpr std::int64_t application_id = 0x65766431;
/// `PRAGMA user_version`: a build refuses files of a newer one.
inline constexpr std::int64_t schema_version = 1;

enum class synchronous : std::uint8_t {
  normal,  ///< a commit survives the end of the process; a loss of power may take the last ones
  full,    ///< a commit survives a loss of power
};

struct file_options {
  std::string path;
  store_embedded::synchronous synchronous = store_embedded::synchronous::full;
  std::chrono::milliseconds busy{5'000};  ///< how long one statement waits for a reader's or writer's short lock
};

/// Opens `path` for writing and makes the tables when the file is new. REQUIRES: the caller holds the file's write
/// lock. Throws failure_exception: corrupt (no SQLite file, or a foreign one), incompatible (newer), read_only,
/// disk_full.
[[nodiscard]] sqlite::database open_for_writing(const file_options& options, sqlite::open_as mode);

/// Opens an existing evd file for reading. Also where its folder cannot be written, as long as nobody writes it.
[[nodiscard]] sqlite::database open_for_reading(const std::string& path, std::chrono::milliseconds busy);

/// Throws when `path` is an existing file that is none of ours; makes nothing beside it.
void check_file(const std::string& path, std::chrono::milliseconds busy);

/// The lock around every write transaction and checkpoint, and why it exists: SQLite up to 3.51.2 can damage the WAL
/// when a checkpoint resets it beside another connection's commit.
[[nodiscard]] inline std::string lock_path(const std::string& path) {
  return path + "-lock";
}

}  // namespace evd::store_embedded
