// Two processes share one file's work, and one of them is killed or stopped.

#include <algorithm>

#include "scene.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

using two_applications = chaos_test;

constexpr std::size_t steady_one = 0;
const expectation as_two{.in_order = false};

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
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen, as_two), IsEmpty());
  const auto last = runs() - 1;
  const auto was_killed = [last](const handling& first, const handling& second) {
    return first.run != steady_one && first.run != last && first.run != second.run;
  };
  EXPECT_THAT(seen.handled_again(was_killed), IsEmpty()) << "only what a killed one had in work is handled again";
}

TEST_F(two_applications, handle_each_event_once_while_both_live) {
  const std::map<std::string, std::string> how{{"commands", "400"}, {"threads", "2"}};
  auto& one = start(how);
  auto& other = start(how);
  EXPECT_EQ(one.process.wait(), 0);
  EXPECT_EQ(other.process.wait(), 0);
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen, as_two), IsEmpty());
  const auto never = [](const handling&, const handling&) { return false; };
  EXPECT_THAT(seen.handled_again(never), IsEmpty());
  std::set<std::size_t> took_part;
  for (const auto& [pair, times] : seen.handled) took_part.insert(times.front().run);
  EXPECT_EQ(took_part.size(), 2U) << "one of them had nothing to do";
}

TEST_F(two_applications, lose_nothing_when_one_is_stopped_for_longer_than_ack_wait) {
  constexpr milliseconds ack_wait(1'000);
  const std::map<std::string, std::string> how{
      {"commands", "1000000"}, {"ends", "signal"}, {"threads", "1"}, {"ack_wait", std::to_string(ack_wait.count())}};
  auto& awake = start(how);
  auto& asleep = start(how);
  std::vector<std::int64_t> stops;
  for (int times = 0; times < 3; ++times) {
    const auto enough = asleep.lines.accepted() + random(1, 60);
    ASSERT_TRUE(wait_until(asleep.process, [&] { return asleep.lines.accepted() >= enough; }));
    stops.push_back(moment());
    asleep.process.signal(SIGSTOP);
    let_pass(2 * ack_wait + random_time(0, 500));
    asleep.process.signal(SIGCONT);
  }
  for (auto* one : {&awake, &asleep}) {
    const auto before = one->lines.accepted();
    EXPECT_TRUE(wait_until(one->process, [&] { return one->lines.accepted() > before; })) << "both go on";
    one->process.signal(SIGTERM);
  }
  EXPECT_EQ(awake.process.wait(), 0);
  EXPECT_EQ(asleep.process.wait(), 0);
  EXPECT_EQ(start({{"commands", "0"}, {"ack_wait", "1000"}}).process.wait(), 0);
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen, as_two), IsEmpty());
  // What the stopped one had may be handled again; but not before its ack wait, which it last began at most a third of
  // it before the stop.
  const auto had_lapsed = [&](const handling& before, const handling& after) {
    constexpr std::size_t stopped_one = 1;
    const auto lapses = std::chrono::microseconds(ack_wait).count() * 6 / 10;
    return (before.run == stopped_one || after.run == stopped_one) &&
           std::any_of(stops.begin(), stops.end(), [&](std::int64_t stop) {
             return before.at <= after.at && after.at >= stop + lapses && after.at < stop + 10'000'000;
           });
  };
  EXPECT_THAT(seen.handled_again(had_lapsed), IsEmpty());
}

}  // namespace
}  // namespace evd::chaos
