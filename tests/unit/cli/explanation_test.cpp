#include "shared/explanation.hpp"

#include <gmock/gmock.h>

namespace evd::cli {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

class an_explanation : public ::testing::Test {
 protected:
  an_explanation() {
    facts_.event.subject = "User.nameUpdated";
    facts_.event.time = now_ - 1min;
    facts_.subscription.module = "Comment";
    facts_.subscription.name = "updateUser";
    facts_.subscription.filters = {"User.*"};
    facts_.subscription.registered_at = now_ - 1h;
    facts_.pending = 3;
  }
  [[nodiscard]] explanation said() const { return explain(facts_, now_); }

  timestamp now_{1'000'000s};
  delivery_facts facts_;
};

TEST_F(an_explanation, of_a_pending_event_asks_for_an_application) {
  EXPECT_EQ(said().state, "pending");
  EXPECT_THAT(said().sentences.front(), HasSubstr("3 events are pending for Comment.updateUser"));
  EXPECT_THAT(said().next, Contains("is an application with module Comment running?"));
}

TEST_F(an_explanation, of_an_event_it_is_not_subscribed_to_names_both_sides) {
  facts_.subscription.filters = {"Blog.*"};
  EXPECT_EQ(said().state, "not for it");
  EXPECT_EQ(said().sentences.front(), "Comment.updateUser takes Blog.*; the event's subject is User.nameUpdated");
}

TEST_F(an_explanation, of_an_event_from_before_a_subscription_that_starts_now) {
  facts_.subscription.from_now = true;
  facts_.event.time = now_ - 2h;
  EXPECT_EQ(said().state, "too old for it");
}

TEST_F(an_explanation, of_a_delayed_event_says_when) {
  facts_.event.not_before = now_ + 10s;
  EXPECT_EQ(said().state, "delayed");
  EXPECT_THAT(said().sentences.front(), HasSubstr("in 10s"));
}

TEST_F(an_explanation, of_a_failed_delivery_tells_when_the_next_attempt_is_and_why_the_last_failed) {
  facts_.state.retry = retry_record{{}, {}, "Comment", "updateUser", 3, now_ + 4s};
  attempt_record attempt;
  attempt.started_at = now_ - 2s;
  attempt.failure = {"std::runtime_error", "Test Error!!", ""};
  facts_.attempts = {attempt, attempt};
  EXPECT_EQ(said().state, "waiting for a retry");
  EXPECT_EQ(said().sentences.at(0), "attempt 3 is due in 4s");
  EXPECT_EQ(said().sentences.at(1), "failed 2 times, last 2s ago: std::runtime_error: Test Error!!");
}

TEST_F(an_explanation, of_a_retry_that_nobody_takes_up_says_so) {
  facts_.state.retry = retry_record{{}, {}, "Comment", "updateUser", 3, now_ - 1min};
  EXPECT_THAT(said().sentences.front(), HasSubstr("nobody has taken it up"));
  EXPECT_FALSE(said().next.empty());
}

TEST_F(an_explanation, of_work_in_progress_names_the_holder_and_the_suspicion) {
  facts_.state.in_work = true;
  facts_.state.holder = "host:1";
  facts_.state.deadline = now_ + 20s;
  facts_.state.handed_over = 3;
  EXPECT_EQ(said().state, "in work");
  EXPECT_EQ(said().sentences.front(), "in work at host:1");
  EXPECT_THAT(said().sentences.back(), HasSubstr("handed over 3 times"));
}

TEST_F(an_explanation, of_a_dead_letter_names_the_commands_that_help) {
  port::dead_letter_document letter;
  letter.dead_letter.attempts = 5;
  letter.dead_letter.at = now_ - 1min;
  facts_.dead_letter = letter;
  EXPECT_EQ(said().state, "dead letter");
  EXPECT_EQ(said().sentences.front(), "given up 1m ago after 5 attempts (attempts exhausted)");
  EXPECT_THAT(said().next.back(), HasSubstr("evd dlq retry "));
  facts_.dead_letter->status = dead_letter_status::dismissed;
  facts_.dead_letter->changed_by = "grace";
  EXPECT_EQ(said().state, "dismissed");
}

TEST_F(an_explanation, of_a_handled_event_forgets_the_failures_before) {
  facts_.dead_letter = port::dead_letter_document{};
  facts_.outcome = outcome_record{};
  facts_.outcome->attempt = 6;
  facts_.outcome->started_at = now_ - 1s;
  facts_.outcome->instance = "host:1";
  EXPECT_EQ(said().state, "handled");
  EXPECT_EQ(said().sentences.front(), "handled 1s ago at attempt 6, in 0µs, by host:1");
}

}  // namespace
}  // namespace evd::cli
