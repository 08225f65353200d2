#pragma once
/// What a record of the log does to the event store. The recorder, the embedded engine and every test of a store use
/// this one function, so all stores agree.
///
/// Threads: pure.

#include <vector>

#include <evd/port/store.hpp>
#include <evd/record.hpp>

namespace evd::core {

/// Appends the changes that `record` makes: one, or two for an outcome after failed attempts, which also resolves the
/// pair's dead letter if there is one. In which order records are projected does not matter, as long as each change
/// carries the position of its record.
void project(const log_record& record, log_position position, std::vector<port::positioned_change>& changes);

/// The same, moving the record's content.
void project(log_record&& record, log_position position, std::vector<port::positioned_change>& changes);

/// The changes of one record.
[[nodiscard]] std::vector<port::change> project(const log_record& record);

}  // namespace evd::core
