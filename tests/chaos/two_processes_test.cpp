// Two processes share one file's work, and one of them is killed or stopped.

#include "scene.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

using two_applications = chaos_test;

TEST_F(two_applications, handle_everything_while_one_of_them_is_killed_now_and_then) {
  auto& steady = start({{"commands", "1000000"}, {"ends", "signal"}, {"threads", "1"}});
  ASSERT_TRUE(wait_until(steady.process, [&] { return steady.lines.accepted() > 0; }));
  for (int kills = 0; kills < 6; ++kills) {
    auto& mortal = start({{"commands", "1000000"}, {"ends", "signal"}, {"threads", "1"}});
    const auto enough = random(1, 60);
    ASSERT_TRUE(wait_until(mortal.process, [&] { return mortal.lines.accepted() >= enough; }))
        << "exit " << mortal.process.wait();
    let_pass(random_time(0, 200));
    mortal.process.kill();
  }
  const auto before = steady.lines.accepted();
  EXPECT_TRUE(wait_until(steady.process, [&] { return steady.lines.accepted() > before; })) << "the other goes on";
  steady.process.signal(SIGTERM);
  EXPECT_EQ(steady.process.wait(), 0);
  EXPECT_EQ(start({{"commands", "0"}}).process.wait(), 0);
  // Lines of two processes have no common order.
  EXPECT_THAT(what_is_wrong(file, all_lines(), {.in_order = false}), IsEmpty());
}

TEST_F(two_applications, lose_nothing_when_one_is_stopped_for_longer_than_ack_wait) {
  const std::map<std::string, std::string> how{
      {"commands", "1000000"}, {"ends", "signal"}, {"threads", "1"}, {"ack_wait", "500"}};
  auto& awake = start(how);
  auto& asleep = start(how);
  for (int times = 0; times < 3; ++times) {
    const auto enough = asleep.lines.accepted() + random(1, 60);
    ASSERT_TRUE(wait_until(asleep.process, [&] { return asleep.lines.accepted() >= enough; }));
    asleep.process.signal(SIGSTOP);
    let_pass(milliseconds(1'500));
    asleep.process.signal(SIGCONT);
  }
  for (auto* one : {&awake, &asleep}) {
    const auto before = one->lines.accepted();
    EXPECT_TRUE(wait_until(one->process, [&] { return one->lines.accepted() > before; })) << "both go on";
    one->process.signal(SIGTERM);
  }
  EXPECT_EQ(awake.process.wait(), 0);
  EXPECT_EQ(asleep.process.wait(), 0);
  EXPECT_EQ(start({{"commands", "0"}, {"ack_wait", "500"}}).process.wait(), 0);
  EXPECT_THAT(what_is_wrong(file, all_lines(), {.in_order = false}), IsEmpty());
}

}  // namespace
}  // namespace evd::chaos
