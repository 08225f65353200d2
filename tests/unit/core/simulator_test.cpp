// The guarantees of ARCHITECTURE.md under thousands of schedules of crashes, stops, cuts, losses and delays.
//
//   EVD_SIMULATOR_RUNS=100000   as many schedules instead
//   EVD_SIMULATOR_SEED=4711     this one schedule alone: what a failure prints

#include "simulator.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace evd::simulation {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(simulator, the_guarantees_hold_under_every_schedule) {
  const auto only = number_from("EVD_SIMULATOR_SEED", 0);
  const auto first = only != 0 ? only : 1;
  const auto count = only != 0 ? 1 : number_from("EVD_SIMULATOR_RUNS", 200);
  for (auto seed = first; seed < first + count; ++seed) {
    const auto result = simulate(seed);
    for (const auto& violation : result.violations) {
      ADD_FAILURE() << "guarantee " << violation << "\nreplay it with EVD_SIMULATOR_SEED=" << seed;
    }
    if (!result.violations.empty()) break;
  }
}

TEST(simulator, a_seed_replays_exactly) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto once = simulate(seed);
    const auto again = simulate(seed);
    EXPECT_EQ(once.trace_hash, again.trace_hash);
    EXPECT_EQ(once.steps, again.steps);
    EXPECT_NE(once.trace_hash, simulate(seed + 100).trace_hash);
  }
}

// The checks must be able to fail: each defect is found, by the guarantee that it breaks.
class simulator_finds : public testing::TestWithParam<std::pair<defect, char>> {};

TEST_P(simulator_finds, the_defect) {
  const auto [with, guarantee] = GetParam();
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    for (const auto& violation : simulate(seed, with).violations) {
      if (violation.front() == guarantee) return;
    }
  }
  FAIL() << "200 schedules with the defect, and nothing was noticed";
}

INSTANTIATE_TEST_SUITE_P(each, simulator_finds,
                         testing::Values(std::pair{defect::acknowledges_first, '2'}, std::pair{defect::draws_ids, '2'},
                                         std::pair{defect::forgets_dead_letters, '2'},
                                         std::pair{defect::forgets_order, '8'},
                                         std::pair{defect::recorder_skips_ahead, '4'}));

}  // namespace
}  // namespace evd::simulation
