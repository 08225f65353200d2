#pragma once
/// What may become of a dead letter. Pure.

#include <cstdint>
#include <optional>
#include <string>

#include <evd/record.hpp>

namespace evd::store_mongo {

/// A dead letter, or a change that waits for it.
struct dead_letter {
  std::optional<dead_letter_record> record;
  log_position position;  ///< of the record
  dead_letter_status status = dead_letter_status::open;
  timestamp changed_at{};
  std::string changed_by;
  log_position changed_position;
  std::int64_t revision = 0;  ///< rises with every write of the document; 0: there is none yet
};

enum class asked_by : std::uint8_t {
  person,   ///< applies to all but resolved ones
  success,  ///< of a later attempt: applies to open and retrying ones
};

/// Each answers whether anything changed.
bool open(dead_letter& letter, const dead_letter_record& record, log_position position);
bool change(dead_letter& letter, const dead_letter_change& to, log_position position, asked_by whom);

/// Whether its event is still needed.
[[nodiscard]] inline bool holds_event(const dead_letter& letter) {
  return letter.record && (letter.status == dead_letter_status::open || letter.status == dead_letter_status::retrying);
}

}  // namespace evd::store_mongo
