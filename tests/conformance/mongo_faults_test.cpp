// Servers that die, hang or are not there; recorders that meet. Each ends by looking at everything that was written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <evd/testing/inbox.hpp>

#include "mongo_scene.hpp"

namespace evd::testing {
namespace {

class mongo_faults : public mongo_scene {};
INSTANTIATE_TEST_SUITE_P(mongo, mongo_faults, ::testing::ValuesIn(mongo_server::kinds()), kind_name);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(mongo_faults);

/// Batches as a recorder makes them: chains with failures, dead letters and their ends.
struct history {
  std::vector<std::vector<port::positioned_change>> batches;
  port::store_totals totals;
  std::uint64_t sequence = 0;

  void add(std::vector<port::positioned_change>& to, port::change what) {
    to.push_back({{mongo_scene::epoch, ++sequence}, std::move(what)});
  }
  void add_chain(std::vector<port::positioned_change>& to) {
    const auto by = make_subscription();
    const auto command = make_command();
    const auto event = make_event("User.nameUpdated", command.id);
    const auto letter = make_dead_letter(event, by);
    add(to, port::insert_command{command});
    add(to, port::insert_event{event});
    add(to, port::insert_attempt{make_attempt(event, by)});
    add(to, port::open_dead_letter{letter});
    if (sequence % 2 == 0) {
      add(to, port::change_dead_letter{{letter.id, dead_letter_status::dismissed, present(), "ada"}});
    } else {
      ++totals.open_dead_letters;
    }
    add(to, port::insert_outcome{make_outcome(event, by)});
    add(to, port::close_command{make_command_outcome(command)});
    ++totals.commands, ++totals.events, ++totals.attempts, ++totals.outcomes;
  }
  explicit history(int batches_wanted) {
    for (int i = 0; i < batches_wanted; ++i) {
      std::vector<port::positioned_change> batch;
      for (int chain = 0; chain < 5; ++chain) add_chain(batch);
      batches.push_back(std::move(batch));
    }
  }
  [[nodiscard]] static log_cursor end_of(const std::vector<port::positioned_change>& batch) {
    return {batch.back().position, batch.back().position};
  }
};

void expect_all(port::store& store, const history& wanted) {
  const auto totals = store.totals();
  ASSERT_TRUE(totals) << totals.error().to_string();
  EXPECT_EQ(totals->commands, wanted.totals.commands);
  EXPECT_EQ(totals->events, wanted.totals.events);
  EXPECT_EQ(totals->attempts, wanted.totals.attempts);
  EXPECT_EQ(totals->outcomes, wanted.totals.outcomes);
  EXPECT_EQ(totals->open_dead_letters, wanted.totals.open_dead_letters);
  const auto recorded = store.recorded();
  ASSERT_TRUE(recorded);
  EXPECT_EQ(*recorded, history::end_of(wanted.batches.back()));
  const auto closed =
      store.commands({.name = "", .module = "", .status = command_status::succeeded}, {.limit = 10'000});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->items.size(), wanted.totals.commands) << "each with its end";
  const auto failed = store.events({.subject = "", .failed_only = true}, {.limit = 10'000});
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->items.size(), wanted.totals.events) << "each marked as failed";
}

/// As the recorder does: again and again, until it is written.
void write(port::store& store, const std::vector<port::positioned_change>& batch) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto done = store.apply(batch, history::end_of(batch));
    if (done) return;
    EXPECT_EQ(describe(done.error().code).what_to_do, remedy::retry) << done.error().to_string();
    ASSERT_LT(std::chrono::steady_clock::now(), until) << done.error().to_string();
  }
}

TEST_P(mongo_faults, a_server_killed_while_it_writes_loses_nothing_and_doubles_nothing) {
  const history all(60);
  const auto store = open("serverSelectionTimeoutMS=500&connectTimeoutMS=500");
  std::atomic<std::size_t> written{0};
  std::jthread recorder([&] {
    for (const auto& batch : all.batches) {
      write(*store, batch);
      ++written;
    }
  });
  for (std::size_t next = 10; next <= 50; next += 20) {
    while (written < next) std::this_thread::yield();
    server_.kill();
    server_.start();
  }
  recorder.join();
  expect_all(*store, all);
}

TEST_P(mongo_faults, a_server_that_hangs_is_unavailable_and_then_back) {
  const history all(2);
  const auto store = open("socketTimeoutMS=500&serverSelectionTimeoutMS=500&connectTimeoutMS=500");
  write(*store, all.batches[0]);
  server_.pause();
  const auto failed = store->apply(all.batches[1], history::end_of(all.batches[1]));
  server_.resume();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, errc::unavailable) << failed.error().to_string();
  EXPECT_FALSE(failed.error().hint.empty());
  write(*store, all.batches[1]);
  expect_all(*store, all);
}

TEST_P(mongo_faults, a_server_that_comes_later_is_waited_for) {
  const history all(1);
  server_.kill();
  const auto store = open("serverSelectionTimeoutMS=300&connectTimeoutMS=300");
  const auto failed = store->apply(all.batches[0], {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, errc::unavailable) << failed.error().to_string();
  EXPECT_FALSE(store->totals());
  server_.start();
  write(*store, all.batches[0]);
  expect_all(*store, all);
}

TEST_P(mongo_faults, recorders_that_write_the_same_at_once_double_nothing) {
  if (GetParam() == mongo_kind::ferretdb) {
    GTEST_SKIP()
        << "FerretDB 1.24 reads a document, changes it and writes it whole: of two changes at once it loses one";
  }
  const history all(10);
  {
    std::vector<std::jthread> recorders;
    for (int i = 0; i < 3; ++i) {
      recorders.emplace_back([&] {
        const auto store = open();
        for (const auto& batch : all.batches) write(*store, batch);
      });
    }
  }
  expect_all(*open(), all);
}

TEST_P(mongo_faults, recorders_that_bring_the_parts_in_any_order_agree) {
  if (GetParam() == mongo_kind::ferretdb) {
    GTEST_SKIP()
        << "FerretDB 1.24 reads a document, changes it and writes it whole: of two changes at once it loses one";
  }
  const history all(6);
  {
    std::vector<std::jthread> recorders;
    for (std::size_t first = 0; first < 3; ++first) {
      recorders.emplace_back([&, first] {
        const auto store = open();
        // Each brings every third change, the last ones first: changes come before their documents.
        for (const auto& batch : all.batches) {
          std::vector<port::positioned_change> part;
          for (std::size_t i = first; i < batch.size(); i += 3) part.insert(part.begin(), batch[i]);
          const auto done = store->apply(part, history::end_of(batch));
          EXPECT_TRUE(done) << done.error().to_string();
        }
      });
    }
  }
  expect_all(*open(), all);
}

}  // namespace
}  // namespace evd::testing
