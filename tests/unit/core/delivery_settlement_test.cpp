// What a verdict writes, and that its acknowledgement comes with it and last.

#include "core/settlement.hpp"

#include <gtest/gtest.h>

#include "core/ids.hpp"

namespace evd::core {
namespace {

using namespace std::chrono_literals;

struct settled {
  event_record event;
  port::delivery delivery;
  subscription_key key{"Comment", "updateAuthor"};
  delivery_state state;

  settled() {
    event.id = event_id{fresh_command_id(timestamp{1s}, 1)};
    event.command = fresh_command_id(timestamp{1s}, 2);
    event.subject = "User.nameUpdated";
    delivery.token = {4, 7};
    delivery.item = std::make_shared<const event_record>(event);
    state.attempt = 5;
    state.started_at = timestamp{10s};
    state.duration = 2ms;
    state.failure = {"std::runtime_error", "Test Error!!", "main"};
  }

  port::write write(verdict what, handler_yield yield = {}) {
    state.decided = what;
    port::write made;
    append_settlement(made, state, {delivery, key, "instance-1"}, std::move(yield), timestamp{11s});
    return made;
  }
};

TEST(settlement, of_a_success_is_events_outcome_acknowledgement) {
  settled it;
  event_record published;
  published.id = event_id{fresh_command_id(timestamp{1s}, 3)};
  const auto made = it.write(handled{}, {{published}, {}});
  EXPECT_EQ(made.events, std::vector{published});
  ASSERT_EQ(made.journal.size(), 1U);
  const outcome_record expected{
      it.event.id, it.event.command, "User.nameUpdated", "Comment", "updateAuthor", 5, timestamp{10s},
      2ms,         {published.id},   "instance-1"};
  EXPECT_EQ(std::get<outcome_record>(made.journal[0]), expected);
  EXPECT_TRUE(made.retries.empty());
  EXPECT_EQ(made.acknowledged, std::vector{it.delivery.token});
}

TEST(settlement, of_a_failure_is_attempt_retry_acknowledgement) {
  settled it;
  const auto made = it.write(retry{6, timestamp{60s}}, {{event_record{}}, {}});
  EXPECT_TRUE(made.events.empty()) << "a failed attempt leaves no events behind";
  ASSERT_EQ(made.journal.size(), 1U);
  const auto& attempt = std::get<attempt_record>(made.journal[0]);
  EXPECT_EQ(attempt.number, 5U);
  EXPECT_EQ(attempt.failure, it.state.failure);
  EXPECT_EQ(attempt.retry_at, timestamp{60s});
  const retry_record expected{it.event.id, it.event.command, "Comment", "updateAuthor", 6, timestamp{60s}};
  ASSERT_EQ(made.retries.size(), 1U);
  EXPECT_EQ(static_cast<const retry_record&>(made.retries[0]), expected);
  EXPECT_EQ(made.retries[0].item, it.delivery.item) << "the log may have let go of the event";
  EXPECT_EQ(made.acknowledged, std::vector{it.delivery.token});
}

TEST(settlement, of_an_ordered_failure_is_its_attempt_alone) {
  settled it;
  const auto made = it.write(retry_in_place{6, timestamp{60s}});
  EXPECT_EQ(made.journal.size(), 1U);
  EXPECT_TRUE(made.retries.empty());
  EXPECT_TRUE(made.acknowledged.empty());
}

TEST(settlement, of_the_last_failure_is_attempt_dead_letter_acknowledgement) {
  settled it;
  const auto made = it.write(dead_letter{dead_letter_reason::crashes});
  ASSERT_EQ(made.journal.size(), 2U);
  EXPECT_EQ(std::get<attempt_record>(made.journal[0]).retry_at, std::nullopt);
  const auto& letter = std::get<dead_letter_record>(made.journal[1]);
  EXPECT_EQ(letter.id, derive_dead_letter_id(it.event.id, "Comment", "updateAuthor"));
  EXPECT_EQ(letter.reason, dead_letter_reason::crashes);
  EXPECT_EQ(letter.attempts, 5U);
  EXPECT_EQ(letter.at, timestamp{11s});
  EXPECT_EQ(made.acknowledged, std::vector{it.delivery.token});
}

TEST(settlement, of_a_durable_command_closes_it) {
  settled it;
  command_record command;
  command.id = fresh_command_id(timestamp{1s}, 9);
  command.name = "rebuild";
  command.module = "Blog";
  it.delivery.item = std::make_shared<const command_record>(command);

  const auto success = it.write(handled{}, {{}, {"42"}});
  const auto& outcome = std::get<command_outcome_record>(success.journal.at(0));
  EXPECT_EQ(outcome.status, command_status::succeeded);
  EXPECT_EQ(outcome.result.text, "42");
  EXPECT_EQ(outcome.failure, std::nullopt);

  const auto again = it.write(retry{6, timestamp{60s}});
  EXPECT_EQ(again.retries.at(0).event, event_id{command.id});

  const auto end = it.write(dead_letter{});
  EXPECT_EQ(std::get<command_outcome_record>(end.journal.at(1)).status, command_status::failed);
}

TEST(settlement, cuts_a_failure_that_is_too_long_between_characters) {
  settled it;
  it.state.failure.message = std::string(max_failure_message - 10, 'x');
  for (int i = 0; i < 100; ++i) it.state.failure.message += "\xc3\xa4";
  const auto made = it.write(retry{6, timestamp{60s}});
  const auto& message = std::get<attempt_record>(made.journal[0]).failure.message;
  EXPECT_LE(message.size(), max_failure_message);
  EXPECT_EQ(message.substr(message.size() - 9), "... (cut)");
  const auto last = static_cast<unsigned char>(message[message.size() - 10]);
  EXPECT_TRUE(last == 'x' || last == 0xa4) << "no half character";
}

TEST(settlement, several_go_into_one_write) {
  settled it;
  it.state.decided = handled{};
  port::write made;
  append_settlement(made, it.state, {it.delivery, it.key, "i"}, {}, timestamp{11s});
  append_settlement(made, it.state, {it.delivery, it.key, "i"}, {}, timestamp{11s});
  EXPECT_EQ(made.journal.size(), 2U);
  EXPECT_EQ(made.acknowledged.size(), 2U);
}

}  // namespace
}  // namespace evd::core
