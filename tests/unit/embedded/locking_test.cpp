// The file's lock: SQLite up to 3.51.2 can damage a WAL that a checkpoint resets beside another process's commit, so
// writes and checkpoints take turns.

#include "place.hpp"
#include "sqlite/database.hpp"
#include "sqlite/file_lock.hpp"
#include "sqlite/statement.hpp"
#include "store/embedded/checkpointer.hpp"
#include "store/embedded/schema.hpp"

namespace evd::test {
namespace {

using store_embedded::open_for_writing;

class the_files_lock : public embedded_test {
 protected:
  the_files_lock() { options.durability = broker_embedded::durability::process; }
  [[nodiscard]] std::uintmax_t file_size() const { return std::filesystem::file_size(options.path); }
  [[nodiscard]] std::uintmax_t wal_size() const { return std::filesystem::file_size(options.path + "-wal"); }
  [[nodiscard]] store_embedded::file_options file() const {
    return {options.path, store_embedded::synchronous::normal, milliseconds(5'000)};
  }
  /// Whether somebody waits for the lock, as the kernel lists them. None: the kernel does not list them here.
  [[nodiscard]] static std::optional<bool> somebody_waits() {
    std::ifstream locks("/proc/locks");
    if (!locks) return std::nullopt;
    bool any = false;
    for (std::string line; std::getline(locks, line);) {
      any = any || (line.find("-> FLOCK") != std::string::npos &&
                    line.find(' ' + std::to_string(::getpid()) + ' ') != std::string::npos);
    }
    return any;
  }
};

TEST_F(the_files_lock, is_held_by_whoever_writes_and_readers_need_none) {
  const auto opened = must_open();
  const auto before = publish_many(opened->log(), 10);
  sqlite::file_lock lock(store_embedded::lock_path(options.path));
  lock.lock();
  auto waits = std::async(std::launch::async, [&] { return publish(opened->log(), event_of_size(10)); });
  EXPECT_EQ(stored(opened->store()), before);
  EXPECT_EQ(stored(must_open(opened_as::read_only)->store()), before);
  EXPECT_EQ(waits.wait_for(milliseconds(50)), std::future_status::timeout);
  lock.unlock();
  EXPECT_TRUE(waits.get());
}

TEST_F(the_files_lock, is_held_by_whoever_checkpoints) {
  make_file(1);
  auto db = open_for_writing(file(), sqlite::open_as::existing);
  db.execute("CREATE TABLE filler (x)");
  sqlite::statement add(db, "INSERT INTO filler VALUES (zeroblob(1000000))");
  for (int times = 0; times < 5; ++times) add.run();
  const auto size = file_size();
  sqlite::file_lock lock(store_embedded::lock_path(options.path));
  lock.lock();
  {
    store_embedded::checkpointer checkpoints(file());
    checkpoints.wal_has(1'000'000);
    const bool waits = wait_until([] { return somebody_waits().value_or(true); });
    const bool listed = somebody_waits().has_value();
    EXPECT_TRUE(waits) << "it does not take the lock";
    EXPECT_EQ(file_size(), size) << "it checkpoints without the lock";
    lock.unlock();
    EXPECT_TRUE(wait_until([&] { return file_size() > size + 4'000'000; })) << "and then it checkpoints";
    if (!listed) GTEST_SKIP() << "the kernel does not list those who wait for a lock (/proc/locks)";
  }
}

TEST_F(the_files_lock, is_why_closing_a_connection_checkpoints_nothing) {
  make_file(1);
  const auto size = file_size();
  {
    auto db = open_for_writing(file(), sqlite::open_as::existing);
    db.execute("CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(1000000))");
  }
  EXPECT_EQ(file_size(), size);
  EXPECT_GT(wal_size(), 1'000'000U);
  {
    auto db = store_embedded::open_for_reading(options.path, milliseconds(100));
    EXPECT_EQ(db.integer("SELECT count(*) FROM filler"), 1);
  }
  EXPECT_GT(wal_size(), 1'000'000U);
}

TEST_F(the_files_lock, is_no_obstacle_to_the_checkpoints_that_keep_the_wal_small) {
  const auto opened = must_open();
  publish_many(opened->log(), 20'000, 4'000);
  // 80 MB and more were written; a passive checkpoint follows every few tens of them.
  EXPECT_TRUE(wait_until([&] { return file_size() > 30'000'000; })) << file_size();
  EXPECT_LT(wal_size(), 60'000'000U);
}

TEST_F(the_files_lock, is_let_go_with_the_last_checkpoint_when_the_log_is_closed) {
  const auto ids = make_file(2'000);
  EXPECT_EQ(wal_size(), 0U) << "everything is in the file itself, which can be copied";
  EXPECT_FALSE(sqlite::file_lock::is_held(store_embedded::lock_path(options.path)));
  const auto copy = folder / "copy.db";
  std::filesystem::copy_file(options.path, copy);
  options.path = copy;
  EXPECT_EQ(stored(must_open(opened_as::read_only)->store()), ids);
}

}  // namespace
}  // namespace evd::test
