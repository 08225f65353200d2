#include "core/project.hpp"

#include <gtest/gtest.h>

#include "core/ids.hpp"

namespace evd::core {
namespace {

using namespace std::chrono_literals;

TEST(project, each_record_makes_its_change) {
  EXPECT_TRUE(std::holds_alternative<port::insert_command>(project(command_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::insert_event>(project(event_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::insert_attempt>(project(attempt_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::insert_outcome>(project(outcome_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::close_command>(project(command_outcome_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::open_dead_letter>(project(dead_letter_record{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::change_dead_letter>(project(dead_letter_change{}).at(0)));
  EXPECT_TRUE(std::holds_alternative<port::put_subscription>(project(subscription_record{}).at(0)));
}

TEST(project, a_first_success_is_one_change) {
  EXPECT_EQ(project(outcome_record{}).size(), 1U);
}

TEST(project, a_success_after_failures_also_resolves_the_dead_letter_of_the_pair) {
  outcome_record outcome;
  outcome.event = event_id{fresh_command_id(timestamp{1s}, 1)};
  outcome.module = "Comment";
  outcome.subscription = "updateAuthor";
  outcome.attempt = 6;
  outcome.started_at = timestamp{10s};
  outcome.duration = 2s;
  const auto changes = project(outcome);
  ASSERT_EQ(changes.size(), 2U);
  const auto& resolved = std::get<port::resolve_dead_letter>(changes[0]);
  EXPECT_EQ(resolved.id, derive_dead_letter_id(outcome.event, "Comment", "updateAuthor"));
  EXPECT_EQ(resolved.at, timestamp{12s});
  EXPECT_EQ(std::get<port::insert_outcome>(changes[1]).document, outcome);
}

TEST(project, appends_with_the_records_position_and_moves_what_is_given_away) {
  event_record event;
  event.data.text = std::string(1000, 'x');
  const auto* text = event.data.text.data();
  std::vector<port::positioned_change> changes(1);
  project(log_record{std::move(event)}, {3, 9}, changes);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[1].position, (log_position{3, 9}));
  EXPECT_EQ(std::get<port::insert_event>(changes[1].change).document.data.text.data(), text) << "not copied";
}

}  // namespace
}  // namespace evd::core
