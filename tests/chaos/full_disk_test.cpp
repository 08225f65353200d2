// The disk becomes full in the middle of the load, and has space again after a while.

#include <algorithm>

#include "scene.hpp"
#include "unit/embedded/small_disk.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

class application_on_a_full_disk : public chaos_test {
 protected:
  void SetUp() override {
    const auto place = folder() / "disk";
    std::filesystem::create_directory(place);
    disk.emplace(place, 48 << 20);
    if (!disk->problem().empty()) GTEST_SKIP() << disk->problem();
    file = place / "evd.db";
  }
  static bool is_refused(run& one) {
    const auto& lines = one.lines.all();
    return std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("R "); });
  }

  std::optional<test::small_disk> disk;
};

TEST_F(application_on_a_full_disk, refuses_commands_and_goes_on_by_itself_with_nothing_lost) {
  for (int times = 0; times < 2; ++times) {
    auto& one = start({{"commands", "1000000"}, {"ends", "signal"}});
    const auto some = random(50, 400);
    ASSERT_TRUE(wait_until(one.process, [&] { return one.lines.accepted() >= some; }));
    disk->fill();
    ASSERT_TRUE(wait_until(one.process, [&] { return is_refused(one); })) << "it never became full";
    let_pass(random_time(0, 2'500));
    ASSERT_TRUE(one.process.runs()) << "exit " << one.process.wait();
    disk->free();
    const auto before = one.lines.accepted();
    EXPECT_TRUE(wait_until(one.process, [&] { return one.lines.accepted() > before + 50; })) << "it does not go on";
    one.process.signal(SIGTERM);
    EXPECT_EQ(one.process.wait(), 0);
  }
  EXPECT_EQ(start({{"commands", "0"}}).process.wait(), 0);
  const auto seen = all_lines();
  // A command that had run when the disk became full, and whose events could not be written within its time limit.
  const expectation refused{.refusals = {"the disk is full", "nobody knows how it ended"}};
  EXPECT_THAT(what_is_wrong(file, seen, refused), IsEmpty());
  const auto never = [](const handling&, const handling&) { return false; };
  EXPECT_THAT(seen.handled_again(never), IsEmpty());
}

}  // namespace
}  // namespace evd::chaos
