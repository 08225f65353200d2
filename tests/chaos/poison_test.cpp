// An event that kills whoever handles it takes nobody else down with it.

#include "scene.hpp"
#include "sqlite/database.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

using poisoned_application = chaos_test;

TEST_F(poisoned_application, dead_letters_the_event_after_max_crashes_and_handles_all_others) {
  // Without the module that it kills, so that many events wait for it.
  ASSERT_EQ(start({{"commands", "60"}, {"first", "1"}, {"mail", "no"}}).process.wait(), 0);

  constexpr int max_crashes = 3;
  constexpr int killed = 128 + SIGKILL;
  int crashes = 0;
  int ended = killed;
  for (; ended == killed && crashes <= 2 * max_crashes; ++crashes) {
    ended = start({{"commands", "0"}, {"poison", "20"}}).process.wait();
  }
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(crashes - 1, max_crashes);

  EXPECT_THAT(what_is_wrong(file, all_lines(), {.dead_letter_reasons = {"attemptsExhausted", "crashes"}}), IsEmpty());
  sqlite::database db(file, sqlite::open_as::read_only);
  EXPECT_EQ(db.integer("SELECT count(*) FROM dead_letters WHERE reason = 2"), 1) << "none but the poison";
  EXPECT_EQ(db.text("SELECT e.data FROM dead_letters d JOIN events e ON e.id = d.event WHERE d.reason = 2"),
            R"({"number":20})");
}

}  // namespace
}  // namespace evd::chaos
