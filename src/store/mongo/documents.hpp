#pragma once
/// What the documents of each collection look like. The one place that knows members that no record has: `position`,
/// `status`, `outcome`, `failed`, `incomplete`, `expires`...

#include <chrono>
#include <optional>

#include <evd/port/store.hpp>

#include "store/mongo/record_bson.hpp"

namespace evd::store_mongo {

/// Makes documents. Threads: one at a time.
class document_maker {
 public:
  /// `keep` as in the address; 0: nothing expires.
  explicit document_maker(std::chrono::milliseconds keep, json_form form = json_form::nested)
      : keep_(keep), writer_(form) {}

  /// `outcome`: it is closed already; with the position of its outcome.
  [[nodiscard]] document command(const command_record& record, log_position position,
                                 const command_outcome_record* outcome, log_position outcome_position);
  /// The members `status`, `outcome` and `outcomePosition`.
  [[nodiscard]] document closing(const command_outcome_record& outcome, log_position position);
  [[nodiscard]] document event(const event_record& record, log_position position, bool failed);
  [[nodiscard]] document attempt(const attempt_record& record);
  [[nodiscard]] document outcome(const outcome_record& record);
  [[nodiscard]] document subscription(const subscription_record& record, log_position position);
  [[nodiscard]] document quarantined(const port::quarantined_record& record);

  /// `expires`, for what is from `then`.
  void expiry(document& to, timestamp then) const;
  [[nodiscard]] std::chrono::milliseconds keep() const { return keep_; }
  record_writer& records() { return writer_; }

 private:
  std::chrono::milliseconds keep_;
  record_writer writer_;
};

/// False: a change that waits for its document.
[[nodiscard]] bool is_complete(const bson_t& from);
/// Its `_id`; none, where that is no ObjectId.
[[nodiscard]] id read_id(const bson_t& from);
[[nodiscard]] command_status read_status(const bson_t& from);
[[nodiscard]] log_position read_position(const bson_t& from, const char* name);

[[nodiscard]] port::command_document read_command(const bson_t& from);
[[nodiscard]] port::event_document read_event(const bson_t& from);

/// The id of an attempt's document: the event's time, then a hash of all that tells attempts apart.
[[nodiscard]] id attempt_id(const attempt_record& record);

}  // namespace evd::store_mongo
