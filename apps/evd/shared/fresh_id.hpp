#pragma once
/// Ids of commands that start here.

#include <random>

#include <evd/time.hpp>

#include "core/ids.hpp"

namespace evd::cli {

/// Errors: throws what `std::random_device` throws.
[[nodiscard]] inline command_id fresh_id(timestamp now) {
  std::random_device device;
  const auto high = static_cast<std::uint64_t>(device()) << 32U;
  return core::fresh_command_id(now, high | device());
}

}  // namespace evd::cli
