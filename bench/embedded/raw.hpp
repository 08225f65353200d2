#pragma once
/// What plain SQLite does with the rows that the engine writes for the same work. Each function makes `path` and
/// answers in the unit of its counterpart in `end_to_end/`. Errors: std::runtime_error.

#include <cstddef>
#include <string>

#include "raw_sqlite.hpp"
#include "shared/measure.hpp"

namespace evd::bench {

/// One thread, `batch` events a transaction.
[[nodiscard]] outcome raw_publish_batches(const std::string& path, synchronous how, std::size_t batch,
                                          std::size_t count);

/// `callers` threads that hand an event each to one writer and wait; it commits all that is there (group commit).
[[nodiscard]] outcome raw_publish_from_callers(const std::string& path, synchronous how, std::size_t callers,
                                               std::size_t count);

/// One thread; two transactions a command: the command; its outcome and `events` events.
[[nodiscard]] outcome raw_call_commands(const std::string& path, synchronous how, std::size_t events,
                                        std::size_t count);

/// One thread; a hundred events at a time are read, then a hundred outcomes and the cursor written in a transaction.
[[nodiscard]] outcome raw_consume(const std::string& path, synchronous how, std::size_t count);

/// Four threads that wake each other: the caller writes a command, then its outcome and the first event; each of three
/// others reads the event from the file and writes its outcome and, but for the last, the next event. The end is the
/// last one's having read its event. Values as `chain_of_three`.
[[nodiscard]] outcome raw_chain_of_three(const std::string& path, synchronous how, std::size_t count);

}  // namespace evd::bench
