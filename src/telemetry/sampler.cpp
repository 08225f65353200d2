#include "telemetry/sampler.hpp"

namespace evd::telemetry {

bool sampler::samples(const core::trace_id& trace, const std::optional<core::trace_context>& parent) const {
  if (parent_based && parent) return parent->sampled;
  switch (root) {
    case root_kind::always_on:
      return true;
    case root_kind::always_off:
      return false;
    case root_kind::ratio:
      break;
  }
  // As other SDKs do it: 63 bits of the id's second half against the share of their range.
  std::uint64_t low = 0;
  for (std::size_t i = 8; i < trace.size(); ++i) low = low << 8U | trace.at(i);
  constexpr double range = 9223372036854775808.0;  // 2^63
  return static_cast<double>(low >> 1U) < ratio * range;
}

}  // namespace evd::telemetry
