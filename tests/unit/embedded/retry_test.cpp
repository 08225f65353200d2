// Retries that become due while others of their subscription are in work.

#include <random>

#include "place.hpp"

namespace evd::test {
namespace {

// Found by the chaos test of SIGTERM, and has nothing to do with it. The engine's thread reads the rows that are due
// and then leaves out those that are in work. A row that was settled between the two looked new, and one on its way to
// a consumer was in none of the places looked at: both were handed out a second time.
TEST_F(embedded_test, a_retry_is_handed_out_once_however_many_are_due_at_once) {
  options.durability = broker_embedded::durability::process;
  const auto opened = must_open();
  auto& log = opened->log();
  const auto what = subscription();
  constexpr std::size_t rounds = 20;
  constexpr std::size_t events = 100;
  struct counts {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::pair<id, std::uint32_t>, int> given;  // by event and attempt
    std::size_t ended = 0;
  } seen;
  constexpr std::uint32_t attempts = 6;
  std::mt19937 random{1};
  auto consumer = log.subscribe(what, [&](std::vector<port::delivery> deliveries) {
    for (auto& each : deliveries) {
      const auto& event = *std::get<std::shared_ptr<const event_record>>(each.item);
      const bool last = each.attempt == attempts;
      {
        const std::lock_guard hold{seen.mutex};
        ++seen.given[{event.id, each.attempt}];
      }
      port::write write;
      write.acknowledged = {each.token};
      if (last) {
        write.journal.emplace_back(testing::make_outcome(event, what, each.attempt));
      } else {
        write.journal.emplace_back(testing::make_attempt(event, what, each.attempt));
        // Rows that have been read are looked at in the order in which they were due: new ones before those in work.
        const auto due = testing::present() - milliseconds(random() % 10'000);
        write.retries.push_back(testing::make_retry(event, what, each.attempt + 1, due));
      }
      log.commit(std::move(write), [&seen, last](const result<port::receipt>& done) {
        EXPECT_TRUE(done);
        const std::lock_guard hold{seen.mutex};
        if (last) ++seen.ended;
        seen.changed.notify_all();
      });
    }
  });
  ASSERT_TRUE(consumer);
  (*consumer)->request(10 * rounds * events);
  for (std::size_t round = 1; round <= rounds; ++round) {
    publish_many(log, events, 10);
    std::unique_lock hold{seen.mutex};
    ASSERT_TRUE(seen.changed.wait_for(hold, testing::patience, [&] { return seen.ended >= round * events; }));
  }
  const auto lags = log.lags();
  ASSERT_TRUE(lags);
  for (const auto& each : *lags) EXPECT_EQ(each.pending, 0U);
  const std::lock_guard hold{seen.mutex};
  EXPECT_EQ(seen.given.size(), rounds * events * attempts);
  for (const auto& [which, times] : seen.given) EXPECT_EQ(times, 1) << "attempt " << which.second;
}

}  // namespace
}  // namespace evd::test
