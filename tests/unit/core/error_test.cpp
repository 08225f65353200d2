#include <evd/error.hpp>

#include <gtest/gtest.h>

namespace {

TEST(Error, IsOneLineForAPerson) {
  const evd::error full{evd::errc::disk_full, "open log", "/var/evd.db: 0 bytes free", "make room", {}};
  EXPECT_EQ(full.to_string(), "open log: the disk is full: /var/evd.db: 0 bytes free (make room)");
  EXPECT_EQ((evd::error{evd::errc::busy, {}, {}, {}, {}}).to_string(), "another process holds what is needed");
}

TEST(Error, ShowsTheFirstProblemsAndCountsTheOthers) {
  evd::error wrong{evd::errc::invalid_input, "read x", {}, {}, {{"", "is no JSON"}}};
  EXPECT_EQ(wrong.to_string(), "read x: the input does not have the expected form: is no JSON");
  wrong.problems.assign(7, {"/a", "is missing"});
  EXPECT_EQ(
      wrong.to_string(),
      "read x: the input does not have the expected form: /a is missing; /a is missing; /a is missing; /a is missing; "
      "/a is missing; and 2 more");
}

TEST(Error, EveryCodeHasItsRow) {
  for (std::size_t i = 0; i < std::size(evd::error_table); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(evd::error_table[i].code), i);
    EXPECT_FALSE(evd::error_table[i].text.empty());
  }
}

TEST(Result, ThrowsItsErrorWhereAValueIsDemanded) {
  evd::result<int> failed = evd::error{evd::errc::not_found, "look", {}, {}, {}};
  try {
    (void)std::move(failed).value();
    FAIL();
  } catch (const evd::failure_exception& thrown) {
    EXPECT_EQ(thrown.error().code, evd::errc::not_found);
    EXPECT_STREQ(thrown.what(), "look: there is no such thing");
  }
}

}  // namespace
