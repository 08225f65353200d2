// The lock that processes take turns by, and by which they see who lives.

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "sqlite/error.hpp"
#include "sqlite/file_lock.hpp"
#include "unit/sqlite/temporary_folder.hpp"

namespace evd::sqlite {
namespace {

using test::temporary_folder;
using testing::HasSubstr;

TEST(file_lock, excludes_every_other_object_also_of_the_same_process) {
  const temporary_folder folder;
  file_lock one(folder / "lock");
  file_lock other(folder / "lock");
  one.lock();
  EXPECT_FALSE(other.try_lock());
  EXPECT_TRUE(file_lock::is_held(folder / "lock"));
  one.unlock();
  EXPECT_FALSE(file_lock::is_held(folder / "lock"));
  EXPECT_TRUE(other.try_lock());
}

TEST(file_lock, is_waited_for) {
  const temporary_folder folder;
  file_lock one(folder / "lock");
  one.lock();
  auto waits = std::async(std::launch::async, [&] {
    file_lock other(folder / "lock");
    other.lock();
  });
  EXPECT_EQ(waits.wait_for(std::chrono::milliseconds{50}), std::future_status::timeout);
  one.unlock();
  waits.get();
}

TEST(file_lock, ends_with_the_process_that_held_it) {
  const temporary_folder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto child = ::fork();
  if (child == 0) {
    file_lock held(folder / "lock");
    held.lock();
    (void)!::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(file_lock::is_held(folder / "lock"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(file_lock::is_held(folder / "lock"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(file_lock, that_is_not_there_is_held_by_nobody) {
  const temporary_folder folder;
  EXPECT_FALSE(file_lock::is_held(folder / "lock"));
  EXPECT_FALSE(file_lock::is_held(folder / "no/folder"));
}

// `is_held` answered "no" whenever the file could not be opened. A process that had used up its descriptors took every
// other process for dead with that, and had their deliveries handed out a second time.
TEST(file_lock, that_cannot_be_looked_at_counts_as_held) {
  const temporary_folder folder;
  file_lock one(folder / "lock");
  one.lock();
  ::rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const ::rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool held = file_lock::is_held(folder / "lock");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(held);
}

TEST(file_lock, that_cannot_be_made_says_which_file) {
  const temporary_folder folder;
  const auto made = guarded([&] { file_lock{folder / "no/lock"}; });
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::not_found);
  EXPECT_THAT(made.error().to_string(), HasSubstr(folder / "no/lock"));
}

}  // namespace
}  // namespace evd::sqlite
