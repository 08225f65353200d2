// What may become of a dead letter, whatever the order in which its records come.
#include "store/mongo/dead_letter.hpp"

#include <gtest/gtest.h>

#include <evd/testing/records.hpp>

namespace evd::store_mongo {
namespace {

log_position at(std::uint64_t sequence) {
  return {1, sequence};
}

dead_letter_record letter() {
  return testing::make_dead_letter(testing::make_event(), testing::make_subscription());
}

dead_letter_change to(dead_letter_status status) {
  return {{}, status, testing::present(), "ada"};
}

TEST(dead_letter, opens_and_is_changed_by_later_records_alone) {
  dead_letter it;
  EXPECT_TRUE(open(it, letter(), at(10)));
  EXPECT_EQ(it.status, dead_letter_status::open);
  EXPECT_TRUE(change(it, to(dead_letter_status::retrying), at(12), asked_by::person));
  EXPECT_FALSE(change(it, to(dead_letter_status::dismissed), at(11), asked_by::person));
  EXPECT_FALSE(change(it, to(dead_letter_status::dismissed), at(12), asked_by::person)) << "the same once more";
  EXPECT_EQ(it.status, dead_letter_status::retrying);
  EXPECT_EQ(it.changed_by, "ada");
}

TEST(dead_letter, a_change_that_came_first_stands) {
  dead_letter it;
  EXPECT_TRUE(change(it, to(dead_letter_status::dismissed), at(12), asked_by::person));
  EXPECT_FALSE(holds_event(it)) << "its event is not known yet";
  EXPECT_TRUE(open(it, letter(), at(10)));
  EXPECT_EQ(it.status, dead_letter_status::dismissed);
  EXPECT_TRUE(it.record);
}

TEST(dead_letter, a_success_resolves_what_is_open_or_retrying) {
  for (const auto before : {dead_letter_status::open, dead_letter_status::retrying}) {
    dead_letter it;
    open(it, letter(), at(10));
    if (before != dead_letter_status::open) change(it, to(before), at(11), asked_by::person);
    EXPECT_TRUE(holds_event(it));
    EXPECT_TRUE(change(it, to(dead_letter_status::resolved), at(12), asked_by::success));
    EXPECT_FALSE(holds_event(it));
  }
  dead_letter dismissed;
  open(dismissed, letter(), at(10));
  change(dismissed, to(dead_letter_status::dismissed), at(11), asked_by::person);
  EXPECT_FALSE(change(dismissed, to(dead_letter_status::resolved), at(12), asked_by::success));
}

TEST(dead_letter, what_is_resolved_stays_so_until_it_fails_anew) {
  dead_letter it;
  open(it, letter(), at(10));
  change(it, to(dead_letter_status::resolved), at(11), asked_by::success);
  EXPECT_FALSE(change(it, to(dead_letter_status::retrying), at(12), asked_by::person));
  EXPECT_FALSE(open(it, letter(), at(9)));
  EXPECT_TRUE(open(it, letter(), at(13)));
  EXPECT_EQ(it.status, dead_letter_status::open);
  EXPECT_EQ(it.changed_by, "");
}

}  // namespace
}  // namespace evd::store_mongo
