// Deliveries whose processes ended before: from the third handing over on they may be the reason.

#include "place.hpp"

namespace evd::test {
namespace {

// Found by the chaos test of a poison event. Everything that was in hand beside the poison was counted with it at every
// crash, so that all of it reached `max_crashes` together and was dead-lettered together.
TEST_F(embedded_test, of_suspects_a_process_has_one_in_work_at_a_time) {
  options.durability = broker_embedded::durability::process;
  const auto opened = must_open();
  auto& log = opened->log();
  constexpr std::size_t events = 15;
  publish_many(log, events);
  const auto one = subscription();
  const auto two = subscription(milliseconds(30'000), "other");
  // A consumer that goes with its work unfinished is what a crash is to the log.
  for (int crashes = 0; crashes < 2; ++crashes) {
    for (const auto& what : {one, two}) {
      testing::inbox into;
      const auto consumer = log.subscribe(what, into.sink()).value();
      consumer->request(100);
      ASSERT_EQ(into.wait(events).size(), events) << "who is no suspect is not held up";
    }
  }
  testing::inbox into;
  const auto first = log.subscribe(one, into.sink()).value();
  const auto second = log.subscribe(two, into.sink()).value();
  first->request(100);
  second->request(100);
  for (std::size_t had = 1; had <= 2 * events; ++had) {
    const auto given = into.wait(had);
    ASSERT_EQ(given.size(), had);
    ASSERT_TRUE(into.stays_at(had, milliseconds(had % 10 == 1 ? 100 : 2))) << "another one beside it";
    EXPECT_EQ(given.back().handed_over, 3U) << "waiting for its turn has not counted";
    port::write write;
    write.acknowledged = {given.back().token};
    ASSERT_TRUE(testing::commit(log, std::move(write)));
  }
  EXPECT_TRUE(publish(log, event_of_size(10)));
  EXPECT_EQ(into.wait(2 * events + 2).size(), 2 * events + 2);
}

TEST_F(embedded_test, a_suspect_that_is_handed_back_or_lapses_makes_room_for_the_next) {
  options.durability = broker_embedded::durability::process;
  const auto opened = must_open();
  auto& log = opened->log();
  publish_many(log, 3);
  const auto what = subscription(milliseconds(300));
  for (int crashes = 0; crashes < 2; ++crashes) {
    testing::inbox into;
    const auto consumer = log.subscribe(what, into.sink()).value();
    consumer->request(100);
    ASSERT_EQ(into.wait(3).size(), 3U);
  }
  testing::inbox into;
  const auto consumer = log.subscribe(what, into.sink()).value();
  consumer->request(100);
  const auto handed_back = into.wait(1);
  ASSERT_EQ(handed_back.size(), 1U);
  consumer->release(std::span(&handed_back[0].token, 1));
  const auto again = into.wait(2);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].handed_over, 3U);
  EXPECT_EQ(into.wait(3).size(), 3U) << "that one has lapsed";
}

}  // namespace
}  // namespace evd::test
