#pragma once
/// Where ids come from. A command's id is fresh; every other id is derived, so that doing the same again yields the
/// same.
///
/// Threads: all functions are pure.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <evd/id.hpp>
#include <evd/record.hpp>
#include <evd/time.hpp>

namespace evd::core {

/// 4 bytes of seconds, big endian, then the 8 bytes of `random`.
[[nodiscard]] command_id fresh_command_id(timestamp now, std::uint64_t random);

/// What the id of an event is derived from.
struct event_origin {
  command_id command;           ///< gives the first four bytes; none: they are zero
  std::span<const id> parents;  ///< what its handler was given
  std::string_view module;
  std::string_view subscription;  ///< empty: the command's own handler
  std::string_view subject;
  std::string_view key;      ///< empty: `data` counts
  std::string_view data;     ///< as `canonical_json` has it; ignored where there is a key
  std::uint32_t number = 0;  ///< among equals without a key: 0, 1, 2...
};

/// The command's 4-byte time, then SipHash-2-4 of the origin, big endian.
///
/// What is hashed, in order: the byte 'e'; the number of parents and each parent's 12 bytes; module, subscription and
/// subject; then either the byte 'k' and the key, or the byte 'd', the data and `number`. Numbers are 4 bytes, little
/// endian; a text is preceded by its length as such a number. The key of the hash is the ASCII text "evd event-driven".
[[nodiscard]] event_id derive_event_id(const event_origin& origin);

/// The id for an event whose own id was found to belong to another event: the next hash. Derived from the id that is
/// taken (the byte 'n' and its 12 bytes), so that a redelivery, which finds the same, goes the same way.
[[nodiscard]] event_id next_event_id(const event_id& taken);

/// The event's 4-byte time, then the hash, likewise, of: the byte 'x', the event's 12 bytes, module, subscription.
[[nodiscard]] dead_letter_id derive_dead_letter_id(const event_id& event, std::string_view module,
                                                   std::string_view subscription);

/// Gives ids to what one running of a handler has published; everything else in the records is there already.
///
/// The ids do not depend on the order of the events. Equal events (same subject, same data, no key) are told apart by
/// number. A key names its event: of several with one subject and key the first stays and the others are removed.
/// In a batch handler this serves `publish_for`, for the events of one item at a time.
void assign_ids(std::vector<event_record>& published);

/// The same for `publish_for_all`. These ids come from module, subscription, subject and key alone, and their first
/// four bytes are zero: which events share a batch, and thus which command comes first, is chance and differs when the
/// batch is delivered again.
///
/// REQUIRES: every event has a key.
void assign_batch_ids(std::vector<event_record>& published);

}  // namespace evd::core
