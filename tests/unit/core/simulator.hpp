#pragma once
/// A seeded world in which the core's machines run: a log that cuts writes in the middle, instances that crash, stop
/// and wake, callbacks that come late or twice, handlers that fail, hang and kill their process, a recorder that
/// crashes and a store that is away. One thread, one random source, its own clock: a seed is a schedule, and replays
/// exactly.

#include <cstdint>
#include <string>
#include <vector>

namespace evd::simulation {

/// Deliberate defects, to prove that the checks find what they are for.
enum class defect : std::uint8_t {
  none,
  acknowledges_first,    ///< the acknowledgement becomes durable before the rest of the write
  draws_ids,             ///< events get fresh ids instead of derived ones
  forgets_dead_letters,  ///< the last failure is acknowledged without its record
  forgets_order,         ///< deliveries of one key run side by side
  recorder_skips_ahead,  ///< the recorder notes its position before the store has the records
};

struct verdict {
  std::vector<std::string> violations;  ///< of the guarantees; empty: all held
  std::uint64_t trace_hash = 0;         ///< of everything that happened, in order
  std::uint64_t steps = 0;
};

[[nodiscard]] verdict simulate(std::uint64_t seed, defect with = defect::none);

}  // namespace evd::simulation
