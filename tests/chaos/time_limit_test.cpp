// A handler that does not end is ended, and holds up nobody.

#include "scene.hpp"
#include "sqlite/database.hpp"

namespace evd::chaos {
namespace {

using testing::IsEmpty;

using hanging_application = chaos_test;

TEST_F(hanging_application, ends_handlers_at_their_time_limit_and_handles_all_others) {
  const auto before = moment();
  ASSERT_EQ(start({{"commands", "60"}, {"hangs", "11"}, {"deaf", "22"}, {"time_limit", "1000"}}).process.wait(), 0);
  EXPECT_LT(moment() - before, 60'000'000);
  const auto seen = all_lines();
  EXPECT_THAT(what_is_wrong(file, seen), IsEmpty());

  sqlite::database db(file, sqlite::open_as::read_only);
  const auto timed_out = [&](const char* number) {
    return db.integer((std::string("SELECT count(*) FROM attempts a JOIN events e ON e.id = a.event"
                                   " JOIN subscriptions s ON s.number = a.subscription WHERE s.module = 'Mail'"
                                   " AND a.failure_type = 'timed_out' AND e.data = '{\"number\":") +
                       number + "}'")
                          .c_str());
  };
  EXPECT_EQ(timed_out("11"), 3) << "one that listens is asked to end, each time";
  EXPECT_EQ(timed_out("22"), 1) << "one that does not is waited for no longer; its late end counts for nothing";
  EXPECT_EQ(db.integer("SELECT count(*) FROM attempts WHERE failure_type = 'timed_out'"), 4) << "and no others";
  EXPECT_EQ(db.text("SELECT e.data FROM dead_letters d JOIN events e ON e.id = d.event"
                    " JOIN subscriptions s ON s.number = d.subscription WHERE s.module = 'Mail'"),
            R"({"number":11})");
  const auto never = [](const handling&, const handling&) { return false; };
  EXPECT_EQ(seen.handled_again(never).size(), 1U) << "the deaf one, which came to its end after all";
}

}  // namespace
}  // namespace evd::chaos
