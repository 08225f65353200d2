#pragma once
/// Applying changes: made into documents first, then sent, the recorder's progress last.
///
/// There is no transaction around it (not every server has them): each write is harmless to repeat and minds only what
/// its own document holds, so that neither a crash in the middle nor a second recorder at the same records does harm.

#include <chrono>
#include <span>

#include <evd/port/store.hpp>

#include "store/mongo/client_pool.hpp"

namespace evd::store_mongo {

/// Errors: as `port::store::apply`.
[[nodiscard]] result<void> apply(client& with, std::chrono::milliseconds keep,
                                 std::span<const port::positioned_change> changes, const log_cursor& recorded);
[[nodiscard]] result<log_cursor> read_progress(client& with);
[[nodiscard]] result<void> quarantine(client& with, const port::quarantined_record& record);

}  // namespace evd::store_mongo
