#include <evd/time.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace {

using namespace std::chrono_literals;

evd::timestamp at(std::int64_t micros) {
  return evd::timestamp{std::chrono::microseconds{micros}};
}

TEST(Rfc3339, HasAsManyFractionalDigitsAsTheValueNeeds) {
  EXPECT_EQ(evd::to_rfc3339(at(1'772'712'000'000'000)), "2026-03-05T12:00:00Z");
  EXPECT_EQ(evd::to_rfc3339(at(1'772'712'000'120'000)), "2026-03-05T12:00:00.120Z");
  EXPECT_EQ(evd::to_rfc3339(at(1'772'712'000'000'001)), "2026-03-05T12:00:00.000001Z");
  EXPECT_EQ(evd::to_rfc3339(at(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Rfc3339, WhatHasNoFourDigitYearIsCutToTheNearestThatHas) {
  EXPECT_EQ(evd::to_rfc3339(evd::timestamp::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(evd::to_rfc3339(evd::timestamp::min()), "0000-01-01T00:00:00Z");
}

TEST(Rfc3339, AnyOffsetAndAnyNumberOfDigitsIsRead) {
  const auto noon = at(1'772'712'000'000'000);
  for (const char* text :
       {"2026-03-05T12:00:00Z", "2026-03-05t12:00:00z", "2026-03-05 12:00:00Z", "2026-03-05T13:30:00+01:30",
        "2026-03-05T07:00:00.000-05:00", "2026-03-05T12:00:00.0000009Z"}) {
    EXPECT_EQ(evd::parse_rfc3339(text).value(), noon) << text;
  }
  EXPECT_EQ(evd::parse_rfc3339("2026-03-05T12:00:00.5Z").value(), noon + 500ms);
  EXPECT_EQ(evd::parse_rfc3339("2016-12-31T23:59:60Z").value(), evd::parse_rfc3339("2017-01-01T00:00:00Z").value());
}

TEST(Rfc3339, AnythingElseIsRefused) {
  for (const char* text :
       {"", "2026-03-05", "2026-03-05T12:00:00", "2026-03-05T12:00Z", "2026-3-05T12:00:00Z", "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z", "2026-03-05T24:00:00Z", "2026-03-05T12:60:00Z", "2026-03-05T12:00:61Z",
        "2026-03-05T12:00:00.Z", "2026-03-05T12:00:00Z ", "2026-03-05T12:00:00+0100", "2026-03-05T12:00:00+24:00",
        "+026-03-05T12:00:00Z", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"}) {
    EXPECT_FALSE(evd::parse_rfc3339(text)) << text;
  }
}

RC_GTEST_PROP(Rfc3339, AnyTimeWithAFourDigitYearComesBack, ()) {
  const auto time = at(*rc::gen::inRange<std::int64_t>(-62'167'219'200'000'000, 253'402'300'800'000'000));
  RC_ASSERT(evd::parse_rfc3339(evd::to_rfc3339(time)).value() == time);
}

TEST(Duration, IsWrittenInTheLargestUnitThatHoldsItExactly) {
  EXPECT_EQ(evd::to_string(250ms), "250ms");
  EXPECT_EQ(evd::to_string(10s), "10s");
  EXPECT_EQ(evd::to_string(90s), "90s");
  EXPECT_EQ(evd::to_string(5min), "5m");
  EXPECT_EQ(evd::to_string(2h), "2h");
  EXPECT_EQ(evd::to_string(168h), "7d");
  EXPECT_EQ(evd::to_string(0ms), "0s");
}

TEST(Duration, IsReadWithItsUnit) {
  EXPECT_EQ(evd::parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(evd::parse_duration("7d").value(), 168h);
  EXPECT_EQ(evd::parse_duration("3000us").value(), 3ms);
  EXPECT_EQ(evd::parse_duration("0s").value(), 0ms);
}

TEST(Duration, WithoutAUnitOrWithSomethingElseIsRefused) {
  for (const char* text : {"", "5", "s", "5 s", "5S", "5w", "1.5s", "-5s", "+5s", "1us", "5ss", "99999999999999999999s",
                           "999999999999d"}) {
    EXPECT_FALSE(evd::parse_duration(text)) << text;
  }
  EXPECT_THAT(evd::parse_duration("5").error().to_string(),
              testing::HasSubstr("\"5\" has no unit (write a whole number and a unit"));
}

RC_GTEST_PROP(Duration, AnyDurationComesBack, (std::int64_t count)) {
  const std::chrono::milliseconds duration{count & std::numeric_limits<std::int64_t>::max()};
  RC_ASSERT(evd::parse_duration(evd::to_string(duration)).value() == duration);
}

}  // namespace
