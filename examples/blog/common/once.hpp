#pragma once
/// Handling an event once although it may come twice.
///
/// A subscription gets every event at least once: when a process dies after its handler's transaction and before the
/// acknowledgement, the event comes again. So the event's id is written in the same transaction as what the handler
/// changes, and an id that is there already means that nothing is left to change.

#include <string_view>

#include <evd/context.hpp>

#include "common/sqlite.hpp"

namespace once {

/// Part of the schema of every module that handles events this way.
inline constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS handled (event TEXT, handler TEXT, PRIMARY KEY (event, handler)) WITHOUT ROWID;";

/// Whether this handler has not yet handled the event of `ctx`; from now on it has.
/// REQUIRES: called inside the transaction that makes the handler's changes.
inline bool first_time(const sqlite::session& in, std::string_view handler, const evd::context& ctx) {
  return in.run("INSERT OR IGNORE INTO handled VALUES (?, ?)", ctx.record()->id.to_string(), handler) == 1;
}

}  // namespace once
