#include "core/ordered.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <map>
#include <set>

namespace evd::core {
namespace {

using handles = std::vector<delivery_handle>;

constexpr timestamp now{std::chrono::seconds{100}};
constexpr timestamp fresh{std::chrono::seconds{200}};

log_position at(std::uint64_t sequence) {
  return {1, sequence};
}

TEST(ordered, keys_run_side_by_side_and_one_key_one_after_another) {
  ordered_keys keys(4, 100);
  EXPECT_EQ(keys.arrived(1, "a", at(1), fresh).begin, handles{1});
  EXPECT_EQ(keys.arrived(2, "a", at(2), fresh).begin, handles{});
  EXPECT_EQ(keys.arrived(3, "b", at(3), fresh).begin, handles{3});
  EXPECT_EQ(keys.over(1, how_over::settled, now).begin, handles{2});
  EXPECT_EQ(keys.over(2, how_over::settled, now).begin, handles{});
}

TEST(ordered, a_failing_event_holds_its_key_and_no_other) {
  ordered_keys keys(1, 100);
  EXPECT_EQ(keys.arrived(1, "a", at(1), fresh).begin, handles{1});
  EXPECT_EQ(keys.arrived(2, "a", at(2), fresh).begin, handles{});
  EXPECT_EQ(keys.arrived(3, "b", at(3), fresh).begin, handles{}) << "one at a time";
  EXPECT_EQ(keys.pauses(1).begin, handles{3});
  keys.resumes(1);
  EXPECT_EQ(keys.over(3, how_over::settled, now).begin, handles{});
  EXPECT_EQ(keys.over(1, how_over::settled, now).begin, handles{2});
}

TEST(ordered, what_comes_again_goes_before_what_is_held) {
  ordered_keys keys(4, 100);
  (void)keys.arrived(1, "a", at(5), fresh);
  (void)keys.arrived(2, "a", at(7), fresh);
  (void)keys.arrived(3, "a", at(6), fresh);
  EXPECT_EQ(keys.over(1, how_over::settled, now).begin, handles{3});
}

TEST(ordered, when_one_is_gone_those_behind_it_are_given_back) {
  ordered_keys keys(4, 100);
  (void)keys.arrived(1, "a", at(1), fresh);
  (void)keys.arrived(2, "a", at(2), fresh);
  (void)keys.arrived(3, "a", at(3), fresh);
  (void)keys.arrived(4, "b", at(4), fresh);
  EXPECT_EQ(keys.over(1, how_over::gone, now), (ordered_actions{{}, {2, 3}}));
  EXPECT_EQ(keys.held(), 0U);
  EXPECT_EQ(keys.active(), 1U);
  EXPECT_EQ(keys.arrived(5, "a", at(1), fresh).begin, handles{5});
}

TEST(ordered, what_was_on_its_way_when_one_was_gone_is_given_back) {
  // n lapses while n+1, handed over later, is still on its way: n+1 must not run before n has come again.
  using namespace std::chrono_literals;
  ordered_keys keys(4, 100, 1s);
  (void)keys.arrived(1, "a", at(1), now - 30s);
  EXPECT_EQ(keys.over(1, how_over::gone, now), (ordered_actions{}));
  EXPECT_EQ(keys.arrived(2, "a", at(2), now - 20s), (ordered_actions{{}, {2}}));
  EXPECT_EQ(keys.demand(now), 0U);
  EXPECT_EQ(keys.demand(now + 1s), 4U);
  EXPECT_EQ(keys.arrived(3, "a", at(1), now + 1s).begin, handles{3});
}

TEST(ordered, one_that_is_held_may_be_gone_too) {
  ordered_keys keys(4, 100);
  (void)keys.arrived(1, "a", at(1), fresh);
  (void)keys.arrived(2, "a", at(2), fresh);
  (void)keys.arrived(3, "a", at(3), fresh);
  EXPECT_EQ(keys.over(2, how_over::gone, now), (ordered_actions{{}, {3}}));
  EXPECT_EQ(keys.over(1, how_over::settled, now), (ordered_actions{}));
}

TEST(ordered, demand_ends_where_there_is_no_room_to_hold) {
  ordered_keys keys(8, 3);
  EXPECT_EQ(keys.demand(fresh), 3U);
  for (delivery_handle i = 1; i <= 4; ++i) (void)keys.arrived(i, "a", at(i), fresh);
  EXPECT_EQ(keys.held(), 3U);
  EXPECT_EQ(keys.demand(fresh), 0U);
  (void)keys.over(1, how_over::settled, now);
  EXPECT_EQ(keys.demand(fresh), 1U);
}

TEST(ordered, what_is_not_known_is_ignored) {
  ordered_keys keys(1, 1);
  EXPECT_EQ(keys.over(9, how_over::settled, now), (ordered_actions{}));
  EXPECT_EQ(keys.pauses(9), (ordered_actions{}));
  keys.resumes(9);
  EXPECT_EQ(keys.active(), 0U);
}

// A log that hands over by position, and deliveries that pause, resume, end and vanish at random.
TEST(ordered, under_any_course_of_things_each_key_is_handled_in_order_and_nothing_is_left) {
  const bool held_true = rc::check([] {
    const auto concurrency = *rc::gen::inRange<std::size_t>(1, 5);
    const auto max_held = *rc::gen::inRange<std::size_t>(1, 6);
    ordered_keys keys(concurrency, max_held);
    const auto of = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
    std::set<std::uint64_t> in_log;
    for (std::uint64_t i = 0; i < of.size(); ++i) in_log.insert(i);
    std::map<delivery_handle, std::uint64_t> in_hand;
    std::set<delivery_handle> active;
    std::set<delivery_handle> paused;
    std::map<int, std::uint64_t> last;
    delivery_handle next = 1;

    const auto obey = [&](const ordered_actions& actions) {
      for (const auto handle : actions.give_back) {
        in_log.insert(in_hand.at(handle));
        in_hand.erase(handle);
      }
      for (const auto handle : actions.begin) {
        RC_ASSERT(in_hand.count(handle) == 1U);
        const auto key = of[in_hand.at(handle)];
        for (const auto other : active) RC_ASSERT(of[in_hand.at(other)] != key);
        for (const auto other : paused) RC_ASSERT(of[in_hand.at(other)] != key);
        active.insert(handle);
      }
    };
    const auto settle = [&](delivery_handle handle) {
      const auto position = in_hand.at(handle);
      const auto key = of[position];
      if (last.count(key) != 0U) RC_ASSERT(last[key] < position);
      last[key] = position;
      active.erase(handle);
      in_hand.erase(handle);
      obey(keys.over(handle, how_over::settled, now));
    };
    const auto deliver = [&] {
      if (keys.demand(fresh) == 0 || in_log.empty()) return;
      const auto position = *in_log.begin();
      in_log.erase(in_log.begin());
      in_hand[next] = position;
      const auto handle = next++;
      obey(keys.arrived(handle, std::to_string(of[position]), at(position), fresh));
      RC_ASSERT(keys.held() <= max_held);
    };

    const auto course = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 10));
    for (const int what : course) {
      if (what < 5) {
        deliver();
      } else if (what < 7 && !active.empty()) {
        settle(*active.begin());
      } else if (what == 7 && !active.empty()) {
        const auto handle = *active.rbegin();
        active.erase(handle);
        paused.insert(handle);
        obey(keys.pauses(handle));
      } else if (what == 8 && !paused.empty()) {
        const auto handle = *paused.begin();
        paused.erase(handle);
        active.insert(handle);
        keys.resumes(handle);
      } else if (what == 9 && !active.empty()) {
        const auto handle = *active.begin();
        in_log.insert(in_hand.at(handle));
        active.erase(handle);
        in_hand.erase(handle);
        obey(keys.over(handle, how_over::gone, now));
      }
    }
    // Whatever has happened: from here on everything comes to its end.
    for (std::size_t i = 0; i < 3 * of.size() + 3; ++i) {
      deliver();
      if (!paused.empty()) {
        const auto handle = *paused.begin();
        paused.erase(handle);
        active.insert(handle);
        keys.resumes(handle);
      }
      if (!active.empty()) settle(*active.begin());
    }
    RC_ASSERT(in_log.empty());
    RC_ASSERT(in_hand.empty());
    RC_ASSERT(keys.held() == 0U);
    RC_ASSERT(keys.active() == 0U);
  });
  EXPECT_TRUE(held_true);
}

}  // namespace
}  // namespace evd::core
