#pragma once
/// Requests to `$JS.API`, as JSON: nats.c 3.4.1 does not know many of the settings that are needed.
///
/// Threads: safe from any thread; each call waits for its answer. Lifetime: its connection outlives it.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <evd/error.hpp>
#include <evd/time.hpp>

#include "broker/nats/connection.hpp"
#include "broker/nats/status.hpp"

namespace evd::broker_nats {

struct account_info {
  int api_level = 0;  ///< of JetStream: 2 came with nats-server 2.12
};

struct stream_info {
  std::uint64_t epoch = 0;  ///< when it was made, in microseconds since 1970: a stream made anew has another
  std::uint64_t first = 0, last = 0, messages = 0, bytes = 0;
  std::uint64_t max_bytes = 0;  ///< 0: no limit
  std::uint32_t replicas = 1;
  std::chrono::nanoseconds duplicate_window{};
  bool allows_schedules = false, allows_direct = false, refuses_when_full = false;
  std::string server_version;                     ///< that made or last changed it; empty: not said
  std::map<std::string, std::uint64_t> subjects;  ///< with how many messages; only when asked for
};

struct consumer_info {
  std::string name;
  std::map<std::string, std::string> metadata;
  std::vector<std::string> filters;
  std::string deliver_policy;
  std::chrono::nanoseconds ack_wait{};
  std::uint64_t pending = 0;      ///< not delivered yet
  std::uint64_t ack_pending = 0;  ///< delivered, and neither acknowledged nor due again
  std::uint64_t delivered = 0;    ///< stream sequence of the newest delivered
  std::uint64_t ack_floor = 0;    ///< stream sequence up to which all of its are acknowledged
  std::string pinned;             ///< the pin id of the owner, of an ordered one
};

/// A message of a stream, as a direct get answers it.
struct stored_message {
  message content;
  std::uint64_t sequence = 0;
  std::string subject;
};

class api {
 public:
  api(connection& over, std::chrono::milliseconds timeout) : over_(over), timeout_(timeout) {}

  [[nodiscard]] result<account_info> account();

  /// None: there is no such stream.
  [[nodiscard]] result<std::optional<stream_info>> stream(const std::string& name, std::string_view subjects = {});
  [[nodiscard]] result<stream_info> create_stream(const std::string& name, const std::string& config);
  /// Removes everything up to `upto`.
  [[nodiscard]] result<void> purge_to(const std::string& stream, std::uint64_t upto);
  [[nodiscard]] result<void> purge_subject(const std::string& stream, const std::string& subject);

  /// None: there is no such consumer.
  [[nodiscard]] result<std::optional<consumer_info>> consumer(const std::string& stream, const std::string& name);
  [[nodiscard]] result<std::vector<consumer_info>> consumers(const std::string& stream);
  /// Made, or changed to `config`.
  [[nodiscard]] result<consumer_info> put_consumer(const std::string& stream, const std::string& name,
                                                   const std::string& config);
  /// The owner is an owner no more; the next to ask is.
  [[nodiscard]] result<void> unpin(const std::string& stream, const std::string& consumer, const std::string& group);

  /// The last message of a subject. None: there is none.
  [[nodiscard]] result<std::optional<stored_message>> last_of(const std::string& stream, const std::string& subject);
  /// The first message from `sequence` on that passes `filter`.
  [[nodiscard]] result<std::optional<stored_message>> next_of(const std::string& stream, std::uint64_t sequence,
                                                              const std::string& filter);

 private:
  [[nodiscard]] result<message> ask(const std::string& subject, std::string_view body, std::string_view where);
  [[nodiscard]] result<std::optional<stored_message>> direct(const std::string& subject, std::string_view body);

  connection& over_;
  std::chrono::milliseconds timeout_;
};

/// An answer to a publish: where it lies, or why not.
struct publish_ack {
  std::uint64_t sequence = 0;
  bool duplicate = false;
};
[[nodiscard]] std::variant<publish_ack, api_error> parse_publish_ack(std::string_view json);

/// `text` as a JSON string, with its quotes.
[[nodiscard]] std::string json_string(std::string_view text);
/// A JSON array of strings.
[[nodiscard]] std::string json_string(const std::vector<std::string>& texts);

}  // namespace evd::broker_nats
