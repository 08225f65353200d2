// Stories of one delivery. Time begins at 0 s; the log gives 30 s and is told every 10 s.

#include "core/delivery.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace evd::core {
namespace {

using namespace std::chrono_literals;

struct story {
  delivery_rules rules{.retry = {.attempts = 3, .first_delay = 1s, .max_delay = 60s, .jitter = 0.0},
                       .ack_wait = 30s,
                       .time_limit = 25s,
                       .stop_grace = 5s,
                       .max_crashes = 4};
  delivery_state state;

  std::string at(std::chrono::milliseconds when, delivery_input input) {
    std::ostringstream text;
    text << step(state, rules, std::move(input), timestamp{when});
    return text.str();
  }
  std::string arrives(std::uint32_t attempt = 1, std::uint32_t handed_over = 1) {
    return at(0s, arrived{attempt, handed_over, timestamp{30s}});
  }
  std::string succeeds(std::chrono::milliseconds when) { return at(when, handler_succeeded{state.serial}); }
  std::string fails(std::chrono::milliseconds when, failure_kind kind = failure_kind::ordinary) {
    return at(when,
              handler_failed{.serial = state.serial, .why = {"std::runtime_error", "Test Error!!", ""}, .kind = kind});
  }
  std::string is_committed(std::chrono::milliseconds when) { return at(when, committed{state.serial}); }
  std::string is_refused(std::chrono::milliseconds when, errc code) {
    return at(when, commit_failed{state.serial, {code, "commit", "", "", {}}});
  }
};

TEST(delivery, a_handler_succeeds) {
  story it;
  EXPECT_EQ(it.arrives(), "run{attempt 1}");
  EXPECT_EQ(it.succeeds(2s), "settle handled");
  EXPECT_EQ(it.is_committed(3s), "finish");
  EXPECT_EQ(it.state.duration, 2s);
}

TEST(delivery, a_failed_attempt_is_followed_by_a_retry) {
  story it;
  it.arrives(2);
  EXPECT_EQ(it.fails(1500ms), "settle retry{attempt 3, at 3.5s}");
  EXPECT_EQ(it.state.failure.message, "Test Error!!");
  EXPECT_EQ(it.is_committed(2s), "finish");
}

TEST(delivery, the_last_failed_attempt_is_dead_lettered) {
  story it;
  it.arrives(3);
  EXPECT_EQ(it.fails(1s), "settle dead_letter{attempts_exhausted}");
  EXPECT_EQ(it.is_committed(1s), "finish");
}

TEST(delivery, what_can_never_succeed_is_dead_lettered_at_once) {
  story permanent;
  permanent.arrives();
  EXPECT_EQ(permanent.fails(1s, failure_kind::permanent), "settle dead_letter{permanent}");
  story undecodable;
  undecodable.arrives();
  EXPECT_EQ(undecodable.fails(1s, failure_kind::undecodable), "settle dead_letter{undecodable}");
}

TEST(delivery, retry_after_sets_the_delay_and_counts_as_an_attempt) {
  story it;
  it.arrives();
  EXPECT_EQ(it.at(1s, handler_failed{.serial = 1, .why = {}, .kind = failure_kind::retry_after, .delay = 40s}),
            "settle retry{attempt 2, at 41s}");
  story last;
  last.arrives(3);
  EXPECT_EQ(last.fails(1s, failure_kind::retry_after), "settle dead_letter{attempts_exhausted}");
}

TEST(delivery, a_delay_beyond_all_time_is_cut) {
  story it;
  it.arrives();
  EXPECT_EQ(
      it.at(1s,
            handler_failed{
                .serial = 1, .why = {}, .kind = failure_kind::retry_after, .delay = std::chrono::milliseconds::max()}),
      "settle retry{attempt 2, at 315360001s}");
}

TEST(delivery, an_event_of_a_newer_version_is_tried_until_a_build_knows_it) {
  story it;
  it.arrives(70);
  EXPECT_EQ(it.fails(1s, failure_kind::newer_version), "settle retry{attempt 71, at 61s}");
}

TEST(delivery, an_environment_that_fails_is_no_attempt) {
  story it;
  it.arrives();
  EXPECT_EQ(it.fails(1s, failure_kind::environment), "");
  EXPECT_EQ(it.at(1099ms, tick{}), "");
  EXPECT_EQ(it.at(1100ms, tick{}), "run{attempt 1}");
  EXPECT_EQ(it.fails(2s, failure_kind::environment), "");
  EXPECT_EQ(it.at(2200ms, tick{}), "run{attempt 1}");
  EXPECT_EQ(it.succeeds(3s), "settle handled");
}

TEST(delivery, the_log_is_told_every_third_of_the_ack_wait) {
  story it;
  it.arrives();
  EXPECT_EQ(next_tick(it.state), timestamp{10s});
  EXPECT_EQ(it.at(9999ms, tick{}), "");
  EXPECT_EQ(it.at(10s, tick{}), "extend");
  EXPECT_EQ(it.at(11s, tick{}), "");
  EXPECT_EQ(it.at(20s, tick{}), "extend");
}

TEST(delivery, what_lay_in_the_client_for_long_is_extended_at_once) {
  story it;
  EXPECT_EQ(it.at(15s, arrived{1, 1, timestamp{30s}}), "run{attempt 1}, extend");
}

TEST(delivery, what_lay_in_the_client_longer_than_the_ack_wait_is_dropped) {
  story it;
  EXPECT_EQ(it.at(30s, arrived{1, 1, timestamp{30s}}), "drop");
}

TEST(delivery, beyond_its_time_limit_a_handler_is_asked_to_stop_and_has_failed) {
  story it;
  it.arrives();
  it.at(10s, tick{});
  it.at(20s, tick{});
  EXPECT_EQ(next_tick(it.state), timestamp{25s});
  EXPECT_EQ(it.at(25s, tick{}), "request_stop");
  EXPECT_EQ(it.succeeds(26s), "settle retry{attempt 2, at 27s}");
  EXPECT_EQ(it.state.failure.type, "timed_out");
}

TEST(delivery, a_handler_that_does_not_stop_is_left_behind) {
  story it;
  it.arrives(3);
  it.at(10s, tick{});
  it.at(20s, tick{});
  it.at(25s, tick{});
  EXPECT_EQ(it.at(30s, tick{}), "extend, abandon, settle dead_letter{attempts_exhausted}");
  EXPECT_EQ(it.at(31s, handler_succeeded{1}), "") << "what it reports later is ignored";
  EXPECT_EQ(it.is_committed(32s), "finish");
}

TEST(delivery, from_the_third_handing_over_on_it_runs_alone) {
  story second;
  EXPECT_EQ(second.arrives(1, 2), "run{attempt 1}");
  story third;
  EXPECT_EQ(third.arrives(1, 3), "run_alone{attempt 1}");
}

TEST(delivery, what_has_ended_too_many_processes_is_dead_lettered_without_being_run) {
  story enough;
  EXPECT_EQ(enough.arrives(1, 4), "run_alone{attempt 1}");
  story too_often;
  EXPECT_EQ(too_often.arrives(1, 5), "settle dead_letter{crashes}");
  EXPECT_EQ(too_often.is_committed(1s), "finish");
}

TEST(delivery, a_commit_that_fails_is_made_again_and_the_handler_is_not) {
  story it;
  it.arrives();
  it.succeeds(1s);
  EXPECT_EQ(it.is_refused(2s, errc::log_full), "");
  EXPECT_EQ(it.at(2099ms, tick{}), "");
  EXPECT_EQ(it.at(2100ms, tick{}), "commit_again");
  EXPECT_EQ(it.at(2150ms, tick{}), "") << "one is under way";
  EXPECT_EQ(it.is_refused(3s, errc::unavailable), "");
  EXPECT_EQ(it.at(3199ms, tick{}), "");
  EXPECT_EQ(it.at(3200ms, tick{}), "commit_again");
  EXPECT_EQ(it.at(11s, tick{}), "extend") << "the lease is kept meanwhile";
  EXPECT_EQ(it.is_committed(12s), "finish");
}

TEST(delivery, what_the_log_will_never_take_is_dead_lettered) {
  story it;
  it.arrives();
  it.succeeds(1s);
  EXPECT_EQ(it.is_refused(2s, errc::payload_too_large), "settle dead_letter{permanent}");
  EXPECT_EQ(it.state.failure.type, "payload_too_large");
}

TEST(delivery, a_closing_log_leaves_it_to_the_next) {
  story it;
  it.arrives();
  it.succeeds(1s);
  EXPECT_EQ(it.is_refused(2s, errc::shutting_down), "drop");
}

TEST(delivery, past_its_deadline_nothing_is_written) {
  // A process that was stopped and goes on later finds its deadline passed.
  story running;
  running.arrives();
  EXPECT_EQ(running.at(30s, tick{}), "request_stop, abandon, drop");
  EXPECT_EQ(running.succeeds(31s), "");

  story failed;
  failed.arrives(3);
  EXPECT_EQ(failed.fails(30s), "request_stop, abandon, drop") << "no dead letter";

  story settling;
  settling.arrives();
  settling.succeeds(1s);
  settling.is_refused(2s, errc::unavailable);
  EXPECT_EQ(settling.at(40s, tick{}), "drop") << "not committed again";
}

TEST(delivery, what_the_log_has_given_to_another_is_dropped) {
  story it;
  it.arrives();
  EXPECT_EQ(it.at(1s, lapsed{}), "request_stop, abandon, drop");
  EXPECT_EQ(it.at(2s, lapsed{}), "");
}

TEST(delivery, reports_from_the_past_are_ignored) {
  story it;
  it.rules.in_place = true;
  it.arrives();
  it.fails(1s);
  it.is_committed(1s);
  EXPECT_EQ(it.at(2s, tick{}), "run{attempt 2}");
  EXPECT_EQ(it.at(2s, handler_succeeded{1}), "") << "of the first attempt";
  EXPECT_EQ(it.at(2s, committed{2}), "") << "of the first attempt's record";
  EXPECT_EQ(it.succeeds(3s), "settle handled");
  EXPECT_EQ(it.at(3s, committed{2}), "");
  EXPECT_EQ(it.is_committed(4s), "finish");
  EXPECT_EQ(it.is_committed(4s), "") << "doubled";
}

TEST(delivery, an_ordered_one_is_tried_again_where_it_is) {
  story it;
  it.rules.in_place = true;
  EXPECT_EQ(it.arrives(), "run{attempt 1}");
  EXPECT_EQ(it.fails(1s), "settle retry_in_place{attempt 2, at 2s}");
  EXPECT_EQ(it.is_committed(1s), "");
  EXPECT_EQ(next_tick(it.state), timestamp{2s});
  EXPECT_EQ(it.at(2s, tick{}), "run{attempt 2}");
  EXPECT_EQ(it.fails(3s), "settle retry_in_place{attempt 3, at 5s}");
  it.is_committed(3s);
  EXPECT_EQ(it.at(5s, tick{}), "run{attempt 3}");
  EXPECT_EQ(it.fails(6s), "settle dead_letter{attempts_exhausted}");
  EXPECT_EQ(it.is_committed(6s), "finish");
}

TEST(delivery, an_ordered_one_that_waits_is_kept_alive) {
  story it;
  it.rules.in_place = true;
  it.rules.retry.first_delay = 50s;
  it.arrives();
  it.fails(1s);
  it.is_committed(1s);
  EXPECT_EQ(it.at(10s, tick{}), "extend");
  EXPECT_EQ(it.at(20s, tick{}), "extend");
}

TEST(delivery, an_ordered_one_behind_another_of_its_key_is_held_and_kept_alive) {
  story it;
  it.rules.in_place = true;
  EXPECT_EQ(it.at(0s, arrived{.attempt = 1, .handed_over = 1, .deadline = timestamp{30s}, .held = true}), "");
  EXPECT_EQ(next_tick(it.state), timestamp{10s});
  EXPECT_EQ(it.at(10s, tick{}), "extend");
  EXPECT_EQ(it.at(12s, admitted{}), "run{attempt 1}");
  EXPECT_EQ(it.at(12s, admitted{}), "");
  EXPECT_EQ(it.succeeds(13s), "settle handled");
}

TEST(delivery, an_ending_instance_hands_back_what_waits_and_finishes_what_runs) {
  story waiting;
  waiting.rules.in_place = true;
  waiting.arrives();
  waiting.fails(1s);
  waiting.is_committed(1s);
  EXPECT_EQ(waiting.at(1500ms, ending{}), "release");

  story running;
  running.rules.in_place = true;
  running.arrives();
  EXPECT_EQ(running.at(1s, ending{}), "");
  EXPECT_EQ(running.fails(2s), "settle retry_in_place{attempt 2, at 3s}");
  EXPECT_EQ(running.is_committed(2s), "release");
}

TEST(delivery, actions_compare) {
  EXPECT_EQ((delivery_actions{run{1, 1}, extend{}}), (delivery_actions{run{1, 1}, extend{}}));
  EXPECT_FALSE((delivery_actions{run{1, 1}}) == (delivery_actions{run{2, 1}}));
  EXPECT_FALSE((delivery_actions{run{1, 1}}) == delivery_actions{});
}

}  // namespace
}  // namespace evd::core
