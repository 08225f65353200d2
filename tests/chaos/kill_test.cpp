// Killed at any moment: what was accepted is there once, and all of it is handled in the end.

#include "scene.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

using killed_application = chaos_test;

TEST_F(killed_application, has_everything_once_after_thirty_kills_during_twenty_thousand_commands) {
  const auto kills = number_from("EVD_CHAOS_KILLS", 30);
  const auto commands = number_from("EVD_CHAOS_COMMANDS", 20'000);
  const auto share = commands / (kills + 1);
  for (std::uint64_t killed = 0; killed < kills; ++killed) {
    auto& one = start({{"commands", "1000000"}, {"ends", "signal"}});
    if (killed % 4 == 3) {
      // While it starts: recovering from the kill before is worth a kill as well.
      let_pass(random_time(20, 400));
    } else {
      const auto enough = random(1, 2 * share + 1);
      ASSERT_TRUE(wait_until(one.process, [&] { return one.lines.accepted() >= enough; }))
          << "exit " << one.process.wait();
      let_pass(random_time(0, 100));
    }
    ASSERT_TRUE(one.process.runs()) << "exit " << one.process.wait();
    one.process.kill();
  }
  const auto so_far = accepted();
  const auto rest = so_far < commands ? commands - so_far : 0;
  std::cout << so_far << " commands during " << kills << " kills, then " << rest << std::endl;
  auto& last = start({{"commands", std::to_string(rest)}});
  ASSERT_TRUE(wait_until(
                  last.process, [&] { return !last.process.runs(); }, std::chrono::minutes(5)) ||
              !last.process.runs())
      << "it never came to rest";
  EXPECT_EQ(last.process.wait(), 0);
  EXPECT_GE(accepted(), commands);
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen), IsEmpty());
  const auto was_killed = [](const handling& before, const handling& after) { return before.run != after.run; };
  EXPECT_THAT(seen.handled_again(was_killed), IsEmpty()) << "only what a killed run had in work is handled again";
}

// Once failed for another reason: a retry that was due could be handed out twice. See unit/embedded/retry_test.cpp.
TEST_F(killed_application, hands_nothing_out_again_when_it_was_asked_to_end_in_the_middle_of_its_work) {
  for (int times = 0; times < 3; ++times) {
    auto& one = start({{"commands", "1000000"}, {"ends", "signal"}});
    const auto enough = random(50, 400);
    ASSERT_TRUE(wait_until(one.process, [&] { return one.lines.accepted() >= enough; }));
    one.process.signal(SIGTERM);
    EXPECT_EQ(one.process.wait(), 0);
  }
  EXPECT_EQ(start({{"commands", "0"}}).process.wait(), 0);
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen), IsEmpty());
  const auto never = [](const handling&, const handling&) { return false; };
  EXPECT_THAT(seen.handled_again(never), IsEmpty()) << "of " << seen.handled.size();
}

}  // namespace
}  // namespace evd::chaos
