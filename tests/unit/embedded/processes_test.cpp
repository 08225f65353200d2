// Several processes with one file: what one leaves behind when it is killed, and what the others do while it works, is
// stopped, or is gone.

#include "other_process.hpp"
#include "place.hpp"
#include "sqlite/file_lock.hpp"
#include "store/embedded/schema.hpp"

namespace evd::test {
namespace {

class processes : public embedded_test {
 protected:
  processes() { options.durability = broker_embedded::durability::process; }

  /// The ids that a writer said were accepted.
  static std::set<id> accepted(const std::vector<std::string>& lines) {
    std::set<id> ids;
    for (const auto& line : lines) {
      EXPECT_FALSE(line.starts_with("failed")) << line;
      ids.insert(id::parse(line.substr(line.find(' ') + 1)).value_or(id{}));
    }
    return ids;
  }
  static std::set<id> handled(const std::vector<std::string>& lines) {
    std::set<id> ids;
    for (const auto& line : lines) ids.insert(id::parse(line).value_or(id{}));
    return ids;
  }
  /// All of `some` are in `all`.
  static void expect_within(const std::set<id>& some, const std::set<id>& all) {
    EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
  }
  /// The numbers of the events that are in the file, which a writer counts up from 0.
  static std::vector<std::string> data_in_order(port::store& store) {
    std::vector<std::string> all;
    port::page_request page;
    page.limit = 500;
    page.oldest_first = true;
    do {
      const auto listed = store.events({}, page);
      EXPECT_TRUE(listed);
      for (const auto& each : listed->items) all.push_back(each.event.data.text);
      page.after = listed->next;
    } while (!page.after.empty());
    return all;
  }
};

TEST_F(processes, what_a_killed_one_had_accepted_is_there_and_is_handled) {
  std::set<id> all;
  for (int times = 0; times < 3; ++times) {
    other_process writer(options.path, "write");
    ASSERT_GE(writer.lines(200).size(), 200U);
    all.merge(accepted(writer.kill()));
    ASSERT_GT(std::filesystem::file_size(options.path + "-wal"), 0U) << "it left its WAL behind";
    ASSERT_TRUE(std::filesystem::exists(options.path + "-shm"));
    expect_within(all, stored(must_open(opened_as::read_only)->store()));
  }
  const auto opened = must_open();
  const auto in_file = stored(opened->store());
  expect_within(all, in_file);
  worker one(opened->log(), subscription());
  EXPECT_TRUE(one.wait_for(in_file.size()));
  for (const auto& [which, times] : one.given()) EXPECT_EQ(times, 1) << which.to_string();
}

TEST_F(processes, what_a_killed_one_left_in_its_wal_is_read_without_the_right_to_write) {
  other_process writer(options.path, "write");
  ASSERT_GE(writer.lines(100).size(), 100U);
  const auto all = accepted(writer.kill());
  std::filesystem::remove(options.path + "-shm");
  expect_within(all, stored(must_open(opened_as::read_only)->store()));
}

TEST_F(processes, a_wal_that_was_cut_short_costs_the_last_commits_and_no_others) {
  other_process writer(options.path, "write");
  ASSERT_GE(writer.lines(300).size(), 300U);
  const auto all = accepted(writer.kill());
  const auto wal = options.path + "-wal";
  for (const int percent : {95, 70, 40}) {
    std::filesystem::resize_file(wal, std::filesystem::file_size(wal) * static_cast<unsigned>(percent) / 100);
    std::filesystem::remove(options.path + "-shm");
    const auto left = data_in_order(must_open(opened_as::read_only)->store());
    EXPECT_LT(left.size(), all.size());
    EXPECT_GT(left.size(), 0U);
    for (std::size_t at = 0; at < left.size(); ++at) {
      ASSERT_EQ(left[at], "{\"number\":" + std::to_string(at) + "}");
    }
  }
  EXPECT_TRUE(publish(must_open()->log(), event_of_size(10))) << "and it goes on from there";
}

TEST_F(processes, that_write_and_read_one_file_at_once_see_all_of_each_others) {
  other_process one(options.path, "write");
  other_process two(options.path, "write");
  const auto opened = must_open();
  worker here(opened->log(), subscription());
  auto own = publish_many(opened->log(), 300);
  (void)one.lines(300);
  (void)two.lines(300);
  EXPECT_EQ(one.end(), 0);
  EXPECT_EQ(two.end(), 0);
  auto all = own;
  all.merge(accepted(one.lines()));
  all.merge(accepted(two.lines()));
  EXPECT_TRUE(here.wait_for(all.size())) << here.handled().size() << " of " << all.size();
  EXPECT_EQ(here.handled(), all);
  EXPECT_EQ(stored(opened->store()), all);
  for (const auto& [which, times] : here.given()) EXPECT_EQ(times, 1) << which.to_string();
}

// Who looked at a file while another made its tables saw the tables without the mark that says whose they are, and
// refused it as another program's.
TEST_F(processes, that_start_at_once_on_a_new_file_make_it_once) {
  for (int times = 0; times < 30; ++times) {
    options.path = folder / ("new" + std::to_string(times) + ".db");
    std::vector<std::future<result<engine>>> opening;
    for (int at = 0; at < 4; ++at) opening.push_back(std::async(std::launch::async, [&] { return open(); }));
    std::vector<engine> all;
    for (auto& each : opening) {
      auto opened = each.get();
      ASSERT_TRUE(opened) << opened.error().to_string();
      all.push_back(*std::move(opened));
    }
    const auto ids = publish_many(all[0]->log(), 3);
    EXPECT_EQ(stored(all[3]->store()), ids);
  }
}

TEST_F(processes, of_one_subscription_share_its_events) {
  const auto opened = must_open();
  other_process two(options.path, "work");
  worker here(opened->log(), subscription(milliseconds(700)));
  std::set<id> all;
  // Until the other one has come and taken its part.
  ASSERT_TRUE(wait_until([&] {
    all.merge(publish_many(opened->log(), 100));
    return two.lines().size() > 100;
  }));
  EXPECT_TRUE(wait_until([&] {
    auto both = here.handled();
    both.merge(handled(two.lines()));
    return both.size() == all.size();
  }));
  std::vector<id> twice;
  const auto mine = here.handled();
  const auto theirs = handled(two.lines());
  std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(twice));
  EXPECT_TRUE(twice.empty()) << twice.size() << " handled by both, though nobody's ack wait has passed";
  EXPECT_EQ(two.end(), 0);
}

TEST_F(processes, of_which_one_is_stopped_or_killed_leave_nothing_undone) {
  const auto opened = must_open();
  std::set<id> all;
  {
    other_process two(options.path, "work");
    worker here(opened->log(), subscription(milliseconds(700)));
    ASSERT_TRUE(wait_until([&] {
      all.merge(publish_many(opened->log(), 100));
      return two.lines().size() > 20;
    }));
    // Not while it holds a lock: that others wait then is a stated exemption, and has a test of its own.
    {
      sqlite::file_lock writes(store_embedded::lock_path(options.path));
      sqlite::file_lock leases(options.path + "-leases");
      writes.lock();
      leases.lock();
      two.stop();
    }
    all.merge(publish_many(opened->log(), 500));
    // As the file says: a process that is stopped between its commit and its line says nothing.
    const auto everything_is_done = [&] {
      const auto totals = opened->store().totals();
      return totals && totals->outcomes == all.size();
    };
    EXPECT_TRUE(wait_until(everything_is_done)) << "what the stopped one had is handled after its ack wait";
    two.go_on();
    all.merge(publish_many(opened->log(), 300));
    EXPECT_TRUE(wait_until(everything_is_done));
    all.merge(publish_many(opened->log(), 300));
    two.kill();
    EXPECT_TRUE(wait_until(everything_is_done)) << "what the killed one had is handled";
  }
  const auto lags = opened->log().lags();
  ASSERT_TRUE(lags);
  for (const auto& each : *lags) EXPECT_EQ(each.pending, 0U);
  EXPECT_EQ(stored(opened->store()), all);
}

TEST_F(processes, wait_with_their_writes_for_one_that_was_stopped_in_the_middle_of_its_own_and_still_read) {
  const auto opened = must_open();
  const auto before = publish_many(opened->log(), 10);
  other_process holder(options.path, "hold");
  ASSERT_EQ(holder.lines(1).at(0), "held");
  holder.stop();
  auto event = event_of_size(10);
  const auto one = event.id;
  auto waits = std::async(std::launch::async, [&] { return publish(opened->log(), std::move(event)); });
  EXPECT_EQ(stored(opened->store()), before);
  EXPECT_TRUE(opened->log().status());
  EXPECT_EQ(stored(must_open(opened_as::read_only)->store()), before);
  EXPECT_EQ(waits.wait_for(milliseconds(100)), std::future_status::timeout);
  holder.kill();
  EXPECT_TRUE(waits.get()) << "and goes on once that one is gone";
  EXPECT_TRUE(stored(opened->store()).contains(one));
}

}  // namespace
}  // namespace evd::test
