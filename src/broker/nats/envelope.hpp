#pragma once
/// Commands, events and retries as messages: CloudEvents 1.0 attributes in headers, data in the body. The bytes are
/// specified in docs/reference/wire.md; a change here is a change there.
///
/// Threads: pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <evd/error.hpp>
#include <evd/port/log.hpp>
#include <evd/record.hpp>

namespace evd::broker_nats {

/// Headers in the order they are written. Values hold printable ASCII only.
using headers = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] headers encode(const event_record& event);
[[nodiscard]] headers encode(const command_record& command);
/// What a retry adds to its event's (or command's) headers.
void add_retry(const port::retry_request& retry, headers& to);

/// Where decoding looks for headers.
class header_source {
 public:
  virtual ~header_source() = default;
  [[nodiscard]] virtual std::optional<std::string_view> find(const char* name) const = 0;
  /// Every header whose name begins with `prefix`, with the rest of its name.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string_view>> all_with(
      std::string_view prefix) const = 0;
};

/// Errors: invalid_input, with what is missing or wrong. `subject` is the event's type as the message's subject has it.
[[nodiscard]] result<event_record> decode_event(const header_source& from, std::string_view data,
                                                std::string_view subject);
[[nodiscard]] result<command_record> decode_command(const header_source& from, std::string_view data);

/// What a retry's message says beside its event or command.
struct retry_head {
  std::uint32_t attempt = 2;
  log_position position;
  bool is_command = false;
  timestamp due;
};
[[nodiscard]] std::optional<retry_head> decode_retry(const header_source& from);

/// Printable ASCII but space, `"` and `%` stays; every other byte becomes `%XX` (CloudEvents HTTP binding, 3.1.3.2).
[[nodiscard]] std::string percent_encoded(std::string_view text);
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace evd::broker_nats
