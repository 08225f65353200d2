// Reading while others write: every answer is one moment's, and nobody waits for anybody.

#include "place.hpp"

namespace evd::test {
namespace {

class reading : public embedded_test {
 protected:
  reading() { options.durability = broker_embedded::durability::process; }
};

TEST_F(reading, sees_all_of_a_write_or_nothing_of_it) {
  const auto opened = must_open();
  const auto beside = must_open(opened_as::read_only);
  std::atomic<bool> ending{false};
  std::atomic<std::uint64_t> writes{0};
  std::thread writer([&] {
    while (!ending) {
      port::write write;
      write.commands.push_back(testing::make_command());
      for (int at = 0; at < 3; ++at) write.events.push_back(testing::make_event("Blog.read", write.commands[0].id));
      EXPECT_TRUE(testing::commit(opened->log(), std::move(write)));
      ++writes;
    }
  });
  std::uint64_t last = 0;
  for (int times = 0; times < 300 || writes < 200; ++times) {
    auto& store = times % 2 == 0 ? opened->store() : beside->store();
    const auto totals = store.totals();
    if (!totals) {
      ADD_FAILURE() << totals.error().to_string();
      break;
    }
    EXPECT_EQ(totals->events, 3 * totals->commands);
    EXPECT_GE(totals->commands, last) << "what was seen once stays";
    last = totals->commands;
    const auto newest = store.commands({}, {.limit = 1, .after = {}, .oldest_first = false});
    if (!newest || newest->items.empty()) continue;
    const auto chain = store.chain(newest->items[0].command.id);
    ASSERT_TRUE(chain && *chain);
    EXPECT_EQ((*chain)->events.size(), 3U);
  }
  ending = true;
  writer.join();
  EXPECT_EQ(beside->store().totals()->events, 3 * writes);
}

TEST_F(reading, a_long_list_page_by_page_while_it_grows_misses_and_repeats_nothing) {
  const auto opened = must_open();
  const auto there = publish_many(opened->log(), 2'000);
  std::atomic<bool> ending{false};
  std::thread writer([&] {
    while (!ending) EXPECT_TRUE(publish(opened->log(), event_of_size(10)));
  });
  for (const bool oldest_first : {true, false}) {
    std::set<id> seen;
    port::page_request page;
    page.limit = 50;
    page.oldest_first = oldest_first;
    do {
      const auto listed = opened->store().events({}, page);
      ASSERT_TRUE(listed) << listed.error().to_string();
      for (const auto& each : listed->items) EXPECT_TRUE(seen.insert(each.event.id).second);
      page.after = listed->next;
    } while (!page.after.empty() && !std::includes(seen.begin(), seen.end(), there.begin(), there.end()));
    EXPECT_TRUE(std::includes(seen.begin(), seen.end(), there.begin(), there.end()));
  }
  ending = true;
  writer.join();
}

TEST_F(reading, from_many_threads_at_once_is_safe_while_events_are_handled) {
  const auto opened = must_open();
  worker all(opened->log(), subscription());
  std::atomic<bool> ending{false};
  std::vector<std::thread> threads;
  for (int at = 0; at < 4; ++at) {
    threads.emplace_back([&] {
      while (!ending) {
        EXPECT_TRUE(opened->store().events({}, {.limit = 20, .after = {}, .oldest_first = false}));
        EXPECT_TRUE(opened->store().subscriptions());
        EXPECT_TRUE(opened->log().lags());
        EXPECT_TRUE(opened->log().status());
      }
    });
  }
  const auto ids = publish_many(opened->log(), 2'000);
  EXPECT_TRUE(all.wait_for(ids.size()));
  ending = true;
  for (auto& each : threads) each.join();
  for (const auto& [which, times] : all.given()) EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace evd::test
