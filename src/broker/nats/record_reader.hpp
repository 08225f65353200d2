#pragma once
/// Reads the log and its journal side by side, as the recorder wants them, with batched direct gets: from any
/// position, and without a consumer that somebody would have to keep and remove.
///
/// Threads: one call at a time waits for the server; safe from any. Lifetime: its connection outlives it.

#include <mutex>
#include <optional>
#include <vector>

#include <evd/port/log.hpp>

#include "broker/nats/api.hpp"
#include "broker/nats/names.hpp"

namespace evd::broker_nats {

/// One stream, from a sequence on.
class stream_reader {
 public:
  stream_reader(connection& over, std::string stream, std::chrono::milliseconds timeout);

  struct page {
    std::vector<stored_message> messages;
    bool is_last = false;  ///< there was nothing more at that time
  };
  /// Messages from `from` on, at most `limit`, in order. Empty: nothing there.
  [[nodiscard]] result<page> read(std::uint64_t from, std::size_t limit);

 private:
  [[nodiscard]] result<void> ask(std::uint64_t from, std::size_t limit);

  connection& over_;
  const std::string subject_;
  const std::chrono::milliseconds timeout_;
  std::string inbox_;
  subscription answers_;
  std::uint64_t number_ = 0;  ///< of requests: answers to an earlier one are not for the next
};

class record_reader {
 public:
  record_reader(connection& over, const names& called, std::chrono::milliseconds timeout);

  /// `log` and `journal` are the epochs of the streams: a cursor of another begins anew.
  [[nodiscard]] result<port::log_page> read(const log_cursor& after, std::size_t limit, std::uint64_t log_epoch,
                                            std::uint64_t journal_epoch);

 private:
  void take_log(stored_message& from, std::uint64_t epoch, port::log_page& into) const;
  void take_journal(stored_message& from, std::uint64_t epoch, port::log_page& into) const;

  const names& called_;
  std::mutex mutex_;
  stream_reader log_;
  stream_reader journal_;
};

}  // namespace evd::broker_nats
