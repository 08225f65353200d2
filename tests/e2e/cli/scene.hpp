#pragma once
/// The file that the tests look at: a small history made through the engine, with fixed ids and times.
///
/// A user's name changes. Blog follows, and publishes that it has; Comment fails five times, and its dead letter is
/// open. A second event waits, handled by nobody. A second command was refused.

#include <memory>
#include <string>

#include <evd/id.hpp>
#include <evd/port/log.hpp>
#include <evd/time.hpp>

#include "assembly/open.hpp"

namespace evd::test {

/// The present of the tests: EVD_NOW.
inline constexpr auto noon = "2026-03-05T12:00:00Z";

struct scene_ids {
  command_id renamed;  ///< the command of the chain
  command_id refused;
  event_id name_updated;
  event_id user_updated;  ///< what Blog published
  event_id waiting;       ///< the event that nobody has handled
  dead_letter_id dead_letter;
};

/// Opens or makes the file as an application does.
[[nodiscard]] std::unique_ptr<assembly::engine> open(const std::string& path);

/// Writes, waits, and fails the test if it cannot.
port::receipt commit(port::log& log, port::write what);

/// Plays the scene into `log`.
scene_ids play(port::log& log);

/// So many plain events of one subject in one write.
void publish_many(port::log& log, std::size_t count);

[[nodiscard]] subscription_record subscription(const std::string& module, const std::string& name,
                                               const std::string& filter,
                                               subscription_kind kind = subscription_kind::single);

}  // namespace evd::test
