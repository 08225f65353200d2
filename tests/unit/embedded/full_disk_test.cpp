// A full disk: what was accepted stays, what is refused is refused whole and says why, and once there is space again
// everything goes on by itself.

#include "broker/embedded/lease_table.hpp"
#include "place.hpp"
#include "small_disk.hpp"
#include "sqlite/error.hpp"
#include "store/embedded/embedded_store.hpp"

namespace evd::test {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

void expect_full(const error& why) {
  EXPECT_EQ(describe(why.code).name, describe(errc::disk_full).name) << why.to_string();
  EXPECT_EQ(describe(why.code).http_status, 507);
  EXPECT_THAT(why.hint, HasSubstr("it goes on by itself"));
}

class full_disk : public embedded_test {
 protected:
  /// Publishes until it is refused. What was accepted.
  static std::set<id> publish_until_refused(port::log& log, std::optional<error>& why) {
    std::set<id> accepted;
    for (int at = 0; at < 100'000 && !why; ++at) {
      auto event = event_of_size(1'000);
      const auto one = event.id;
      if (auto done = publish(log, std::move(event)); done) {
        accepted.insert(one);
      } else {
        why = done.error();
      }
    }
    EXPECT_TRUE(why) << "it never became full";
    return accepted;
  }

  /// Fills the disk while a worker works, gives space back, and expects all that was accepted and nothing else.
  void fill_and_recover(const std::function<void()>& fill, const std::function<void()>& free) {
    const auto opened = must_open();
    auto& log = opened->log();
    worker all(log, subscription(500ms));
    auto accepted = publish_many(log, 50);
    fill();
    std::optional<error> why;
    accepted.merge(publish_until_refused(log, why));
    expect_full(*why);
    EXPECT_THAT(why->detail, HasSubstr(options.path));
    // Again and again: nothing piles up behind it.
    for (int times = 0; times < 20; ++times) {
      const auto again = publish(log, event_of_size(1'000));
      ASSERT_FALSE(again);
      expect_full(again.error());
    }
    EXPECT_EQ(stored(opened->store()), accepted) << "reading goes on";
    free();
    EXPECT_TRUE(all.wait_for(accepted.size())) << all.handled().size() << " of " << accepted.size();
    auto event = event_of_size(1'000);
    const auto one = event.id;
    EXPECT_TRUE(publish(log, std::move(event)));
    accepted.insert(one);
    EXPECT_TRUE(all.wait_for(accepted.size()));
    EXPECT_EQ(stored(opened->store()), accepted);
    EXPECT_EQ(all.handled(), accepted);
    EXPECT_TRUE(wait_until([&] { return log.status().has_value(); })) << log.status().error().to_string();
    const auto lags = log.lags();
    ASSERT_TRUE(lags);
    EXPECT_EQ(lags->at(0).pending, 0U);
  }
};

class full_tmpfs : public full_disk {
 protected:
  void SetUp() override {
    disk.emplace(folder.path(), 3 << 20);
    if (!disk->problem().empty()) GTEST_SKIP() << disk->problem();
  }
  std::optional<small_disk> disk;
};

TEST_F(full_tmpfs, loses_nothing_and_goes_on_once_there_is_space) {
  fill_and_recover([&] { disk->fill(); }, [&] { disk->free(); });
}

TEST_F(full_tmpfs, loses_nothing_when_a_commit_need_not_survive_a_loss_of_power) {
  options.durability = broker_embedded::durability::process;
  fill_and_recover([&] { disk->fill(); }, [&] { disk->free(); });
}

TEST_F(full_tmpfs, keeps_what_was_accepted_when_the_process_is_started_again_while_it_is_full) {
  std::set<id> accepted;
  {
    const auto opened = must_open();
    accepted = publish_many(opened->log(), 50);
    disk->fill();
    std::optional<error> why;
    accepted.merge(publish_until_refused(opened->log(), why));
  }
  disk->fill();
  {
    // It may open or say why not: what it opens is whole.
    const auto opened = open();
    if (opened) {
      EXPECT_EQ(stored((*opened)->store()), accepted);
    } else {
      expect_full(opened.error());
    }
  }
  disk->free();
  const auto opened = must_open();
  worker all(opened->log(), subscription());
  EXPECT_TRUE(all.wait_for(accepted.size()));
  EXPECT_EQ(stored(opened->store()), accepted);
}

TEST_F(full_tmpfs, cannot_take_a_new_file_and_can_once_there_is_space) {
  for (int pages_left = 0; pages_left < 60; pages_left += 3) {
    {
      // So much space that it fails later and later on its way.
      std::ofstream(folder / "room") << std::string(static_cast<std::size_t>(pages_left) * 4096, 'r');
      disk->fill();
      std::filesystem::remove(folder / "room");
      const auto opened = open();
      if (!opened) expect_full(opened.error());
    }
    disk->free();
    ASSERT_TRUE(open()) << open().error().to_string();
    for (const auto& name : folder.names()) std::filesystem::remove_all(folder / name);
  }
}

TEST_F(full_tmpfs, stops_a_recorder_only_until_there_is_space) {
  auto made = store_embedded::open_embedded_store({.path = options.path});
  ASSERT_TRUE(made) << made.error().to_string();
  auto& store = **made;
  disk->fill();
  const log_cursor nowhere{{1, 1}, {1, 1}};
  std::vector<port::positioned_change> changes;
  result<void> done;
  for (std::uint64_t at = 1; done && at < 10'000; ++at) {
    changes.assign(1, {{1, at}, port::insert_event{event_of_size(1'000)}});
    done = store.apply(changes, {.log = {1, at}, .journal = {}});
  }
  ASSERT_FALSE(done);
  expect_full(done.error());
  disk->free();
  EXPECT_TRUE(store.apply(changes, nowhere)) << "the same call again";
}

// A claim that needed a new page of the leases' file and got none left those before it claimed: handed over to nobody,
// yet counted. After `max_crashes` tries on a full disk, events nobody had ever handled were dead-lettered as crashes.
TEST_F(full_tmpfs, counts_no_handing_over_that_never_happened) {
  constexpr std::size_t in_first_page = 4096 / sizeof(broker_embedded::lease);
  const auto path = folder / "leases";
  const auto alive = [](std::uint32_t) { return true; };
  broker_embedded::lease_table leases(path, alive);
  const auto until = broker_embedded::lease_clock::now() + 1h;
  std::vector<std::uint64_t> items(in_first_page - 10);
  for (std::size_t at = 0; at < items.size(); ++at) items[at] = at + 1;
  ASSERT_THAT(leases.claim(1, 1, items, until), Each(1U));

  disk->fill();
  std::vector<std::uint64_t> more(20);
  for (std::size_t at = 0; at < more.size(); ++at) more[at] = 1'000 + at;
  for (int times = 0; times < 12; ++times) {
    const auto claimed = sqlite::guarded([&] { (void)leases.claim(1, 1, more, until); });
    ASSERT_FALSE(claimed);
    expect_full(claimed.error());
  }
  // What was written before it is there, whole, for another process too: it reads by mmap, and a page that the full
  // tmpfs could not give would end it with SIGBUS.
  broker_embedded::lease_table other(path, alive);
  EXPECT_EQ(other.in_work()[1], items.size());
  EXPECT_EQ(leases.in_work()[1], items.size());

  disk->free();
  EXPECT_THAT(leases.claim(1, 1, more, until), Each(1U)) << "the first time";
  EXPECT_EQ(other.in_work()[1], items.size() + more.size());
}

using limited_file_size = full_disk;

TEST_F(limited_file_size, loses_nothing_and_goes_on_once_files_may_grow_again) {
  std::optional<size_limit> limit;
  fill_and_recover([&] { limit.emplace(1 << 20); }, [&] { limit.reset(); });
}

}  // namespace
}  // namespace evd::test
