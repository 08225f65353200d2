#include <evd/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

enum class colour : std::uint8_t { dark_red, green, unknown = 9 };
enum class size : std::int8_t { none = -1, small, very_large };

struct address {
  std::string street_name;
  std::optional<int> house_number;
};

struct person {
  std::string user_id;
  std::uint8_t age{};
  colour favourite{};
  std::vector<address> addresses;
  std::map<std::string, double> scores;
  std::optional<std::string> nick_name;
};

struct renamed {
  static constexpr evd::json_name json_names[] = {{"user_id", "uid"}};
  std::string user_id;
  std::string class_;
  std::string _kept;
};

struct tree {
  std::string name;
  std::vector<tree> children;
};

template <class T>
struct one {
  T value{};
};

template <class T>
T read(std::string_view text) {
  return evd::from_json<one<T>>("{\"value\":" + std::string(text) + "}").value().value;
}
template <class T>
std::string problem(std::string_view text, evd::unknown_fields unknown = evd::unknown_fields::refuse) {
  const auto value = evd::from_json<T>(text, unknown);
  if (value) return "no problem";
  std::string all;
  for (const auto& each : value.error().problems) all += (all.empty() ? "" : "|") + each.pointer + ' ' + each.message;
  return all;
}
template <class T>
std::string problem_of(std::string_view text, evd::unknown_fields unknown = evd::unknown_fields::refuse) {
  return problem<one<T>>("{\"value\":" + std::string(text) + "}", unknown);
}
template <class T>
std::string written(const T& value) {
  return evd::to_json(value);
}

TEST(Json, NamesAreCamelCaseAndEmptyOptionalsAreLeftOut) {
  person someone{"u1", 30, colour::dark_red, {{"High Street", 7}, {"Low Street", {}}}, {{"b", 2}, {"a", 1.5}}, {}};
  const std::string text =
      R"({"userId":"u1","age":30,"favourite":"darkRed","addresses":[{"streetName":"High Street","houseNumber":7},)"
      R"({"streetName":"Low Street"}],"scores":{"a":1.5,"b":2}})";
  EXPECT_EQ(written(someone), text);
  EXPECT_EQ(written(evd::from_json<person>(text).value()), text);
}

TEST(Json, ATypeMaySayAnotherName) {
  EXPECT_EQ(written(renamed{"1", "2", "3"}), R"({"uid":"1","class":"2","_kept":"3"})");
}

TEST(Json, ATypeMayHoldItself) {
  const std::string text = R"({"name":"a","children":[{"name":"b","children":[]}]})";
  EXPECT_EQ(written(evd::from_json<tree>(text).value()), text);
}

TEST(Json, AllProblemsAreReportedAtOnceWithTheirPlaces) {
  EXPECT_EQ(problem<person>(
                R"({"age":300,"favourite":"blue","addresses":[{"streetName":1},{}],"scores":{"a/b~":"x"},"zip":1})"),
            "/age is out of range: 0 to 255 fit|/favourite should be one of darkRed, green, unknown|"
            "/addresses/0/streetName should be a string, is a number|/addresses/1/streetName is missing|"
            "/scores/a~1b~0 should be a number, is a string|/zip is not known|/userId is missing");
}

TEST(Json, AtMostAHundredProblemsAreListed) {
  std::string text = "{\"value\":[";
  for (int i = 0; i < 500; ++i) text += i == 0 ? "\"x\"" : ",\"x\"";
  const auto value = evd::from_json<one<std::vector<int>>>(text + "]}");
  EXPECT_EQ(value.error().problems.size(), evd::max_json_problems);
}

TEST(Json, EventsIgnoreWhatTheyDoNotKnowAndCommandsRefuseIt) {
  const std::string text = R"({"streetName":"x","later":{"deep":[1,{"a":null}]}})";
  EXPECT_EQ(evd::from_json<address>(text, evd::unknown_fields::ignore).value().street_name, "x");
  EXPECT_EQ(problem<address>(text), "/later is not known");
  EXPECT_EQ(evd::from_json<one<colour>>(R"({"value":"blue"})", evd::unknown_fields::ignore).value().value,
            colour::unknown);
  EXPECT_EQ(problem_of<size>("\"huge\"", evd::unknown_fields::ignore),
            "/value should be one of none, small, veryLarge");
}

TEST(Json, AKeyTwiceIsRefusedWhereverItStands) {
  EXPECT_EQ(problem<one<int>>(R"({"value":1,"value":2})"), "/value is there twice");
  EXPECT_EQ(problem<one<int>>(R"({"value":1,"v\u0061lue":2})"), "/value is there twice");
  const auto ignore = evd::unknown_fields::ignore;
  EXPECT_EQ(problem<one<int>>(R"({"value":1,"x":1,"y":2,"x":3})", ignore), "/x is there twice");
  EXPECT_EQ(problem<one<int>>(R"({"value":1,"x":{"a":{"b":1,"b":2}}})", ignore), "/x/a/b is there twice");
  EXPECT_EQ((problem_of<std::map<std::string, int>>(R"({"a":1,"a":2})")), "/value/a is there twice");
  EXPECT_EQ(problem_of<evd::json_text>(R"([{"k":1,"\u006b":2}])"), "/value/0/k is there twice");
}

TEST(Json, NullIsAnAbsentOptionalAndNothingElse) {
  EXPECT_EQ(read<std::optional<int>>("null"), std::nullopt);
  EXPECT_EQ(problem_of<int>("null"), "/value should be a whole number, is null");
  EXPECT_EQ(problem_of<std::string>("null"), "/value should be a string, is null");
  EXPECT_EQ(problem<one<int>>("{}"), "/value is missing");
  EXPECT_EQ(problem<one<std::optional<int>>>("{}"), "no problem");
}

TEST(Json, IntegersAreExactOrRefused) {
  EXPECT_EQ(read<int>("1.0"), 1);
  EXPECT_EQ(read<int>("-2e2"), -200);
  EXPECT_EQ(problem_of<int>("1.5"), "/value should be a whole number");
  EXPECT_EQ(problem_of<int>("2147483648"), "/value is out of range: -2147483648 to 2147483647 fit");
  EXPECT_EQ(problem_of<unsigned>("-1"), "/value is out of range: 0 to 4294967295 fit");
  EXPECT_EQ(problem_of<std::int8_t>("128"), "/value is out of range: -128 to 127 fit");
  EXPECT_EQ(problem_of<int>("\"1\""), "/value should be a whole number, is a string");
  EXPECT_EQ(read<unsigned>("-0"), 0U);
  EXPECT_EQ(problem_of<std::uint64_t>("18446744073709551616"), "/value is out of range: 0 to 18446744073709551615 fit");
  EXPECT_EQ(problem_of<std::int64_t>("99999999999999999999999999"),
            "/value is out of range: -9223372036854775808 to 9223372036854775807 fit");
  EXPECT_EQ(problem_of<int>("0.1"), "/value should be a whole number");
  EXPECT_EQ(problem_of<int>("-1e-99999999999999999999"), "/value should be a whole number");
  EXPECT_EQ(problem_of<std::int64_t>("1.00000000000000000001"), "/value should be a whole number");
  EXPECT_EQ(problem_of<std::int64_t>("1e300"),
            "/value is out of range: -9223372036854775808 to 9223372036854775807 fit");
  EXPECT_EQ(read<int>("-0.0e5"), 0);
  EXPECT_EQ(read<int>("120.0E-1"), 12);
  EXPECT_EQ(read<std::int64_t>("9007199254740993.0"), 9007199254740993);
  EXPECT_EQ(read<std::uint64_t>("18446744073709551.615e+3"), ~0ULL);
}

TEST(Json, IntegersBeyond53BitsAreStringsAndEitherFormIsRead) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  EXPECT_EQ(written(one<std::int64_t>{exact}), R"({"value":9007199254740992})");
  EXPECT_EQ(written(one<std::int64_t>{exact + 1}), R"({"value":"9007199254740993"})");
  EXPECT_EQ(written(one<std::int64_t>{-exact - 1}), R"({"value":"-9007199254740993"})");
  EXPECT_EQ(written(one<std::uint64_t>{~0ULL}), R"({"value":"18446744073709551615"})");
  EXPECT_EQ(read<std::uint64_t>("18446744073709551615"), ~0ULL);
  EXPECT_EQ(read<std::uint64_t>("\"18446744073709551615\""), ~0ULL);
  EXPECT_EQ(read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read<std::int64_t>("\"7\""), 7);
  EXPECT_EQ(problem_of<std::int64_t>("\"\""), "/value should be a whole number");
  EXPECT_EQ(problem_of<std::int64_t>("\"1.0\""), "/value should be a whole number");
  EXPECT_EQ(problem_of<std::int64_t>("\" 1\""), "/value should be a whole number");
  EXPECT_EQ(problem_of<std::int64_t>("\"--1\""), "/value should be a whole number");
}

TEST(Json, DoublesAreReadAndWrittenExactly) {
  for (const double number : {0.1, -0.0, 5e-324, 1.7976931348623157e308, 123456789012345680000.0, 1e21, 1e22, 3.0, 1e15,
                              123456789012345678.0, 9007199254740993.0}) {
    const auto text = written(one<double>{number});
    const auto again = evd::from_json<one<double>>(text).value().value;
    EXPECT_EQ(std::memcmp(&again, &number, sizeof number), 0) << text;
  }
  EXPECT_EQ(read<double>("123456789012345678901234567890"), 123456789012345678901234567890.0);
  EXPECT_EQ(read<double>("1e-400"), 0.0);
  EXPECT_EQ(read<float>("0.1"), 0.1F);
  EXPECT_EQ(written(one<float>{0.1F}), R"({"value":0.1})");
  EXPECT_EQ(problem_of<float>("1e39"), "/value is out of range: too large for a float");
  EXPECT_EQ(read<float>("1e-60"), 0.0F);
}

TEST(Json, InfinityAndNotANumberAreRefusedAndWrittenAsNull) {
  EXPECT_THAT(problem_of<double>("1e999"), testing::HasSubstr("too large for a double"));
  EXPECT_THAT(problem_of<double>(std::string(400, '9')), testing::HasSubstr("too large for a double"));
  EXPECT_THAT(problem_of<double>("NaN"), testing::HasSubstr("is not JSON"));
  EXPECT_EQ(problem_of<double>("\"NaN\""), "/value should be a number, is a string");
  EXPECT_EQ(written(one<double>{std::numeric_limits<double>::infinity()}), R"({"value":null})");
}

TEST(Json, TimesAreUtcAndFinerOnesThanTheTypeAreRefused) {
  using std::chrono::sys_seconds;
  const auto noon = sys_seconds{std::chrono::seconds{1772712000}};
  EXPECT_EQ(written(one<sys_seconds>{noon}), R"({"value":"2026-03-05T12:00:00Z"})");
  EXPECT_EQ(read<sys_seconds>("\"2026-03-05T13:00:00+01:00\""), noon);
  EXPECT_EQ(problem_of<sys_seconds>("\"2026-03-05T13:00:00.5Z\""), "/value is too fine or too large for this type");
  EXPECT_EQ(problem_of<evd::timestamp>("\"yesterday\""), "/value should be a time like 2026-03-05T12:00:00Z");
}

TEST(Json, DurationsAreStringsInTheirLargestExactUnit) {
  using namespace std::chrono_literals;
  EXPECT_EQ(written(one<std::chrono::microseconds>{1500us}), R"({"value":"1500us"})");
  EXPECT_EQ(written(one<std::chrono::milliseconds>{90'000ms}), R"({"value":"90s"})");
  EXPECT_EQ(written(one<std::chrono::nanoseconds>{0ns}), R"({"value":"0s"})");
  EXPECT_EQ(read<std::chrono::seconds>("\"2m\""), 120s);
  EXPECT_EQ(read<std::chrono::microseconds>("\"-5ms\""), -5ms);
  EXPECT_EQ(problem_of<std::chrono::seconds>("\"5ms\""),
            "/value should be a duration like 250ms: \"5ms\" is finer than s");
  EXPECT_EQ(problem_of<std::chrono::seconds>("5"), "/value should be a string, a duration like 250ms, is a number");
}

TEST(Json, NoIdIsAnEmptyString) {
  const auto some = evd::event_id::parse("622303733628c902f133004b").value();
  EXPECT_EQ(written(one<evd::event_id>{some}), R"({"value":"622303733628c902f133004b"})");
  EXPECT_EQ(read<evd::event_id>("\"622303733628C902F133004B\""), some);
  EXPECT_EQ(written(one<evd::event_id>{}), R"({"value":""})");
  EXPECT_TRUE(read<evd::id>("\"\"").is_none());
  EXPECT_EQ(problem_of<evd::id>("\"123\""), "/value should be an id of 24 hexadecimal digits");
}

TEST(Json, SecretsAreReadAndNeverWritten) {
  EXPECT_EQ(read<evd::secret>("\"hunter2\"").value, "hunter2");
  EXPECT_EQ(written(one<evd::secret>{{"hunter2"}}), R"({"value":"***"})");
}

TEST(Json, EmbeddedJsonKeepsItsNumbersAndKeys) {
  const std::string embedded = R"({"b":1.10,"a":[12345678901234567890123,1E5],"\u00e9":"\ud83d\ude00"})";
  EXPECT_EQ(read<evd::json_text>(embedded).text, embedded);
  EXPECT_EQ(read<evd::json_text>(" [ 1 , { \"a b\" : \" \" } ] ").text, R"([1,{"a b":" "}])");
  EXPECT_EQ(read<evd::json_text>("null").text, "null");
}

TEST(Json, ArraysHaveTheirSize) {
  EXPECT_EQ((read<std::array<int, 2>>("[1,2]")), (std::array<int, 2>{1, 2}));
  EXPECT_EQ((problem_of<std::array<int, 2>>("[1]")), "/value should have 2 elements, has 1");
  EXPECT_EQ((problem_of<std::array<int, 2>>("[1,2,3]")), "/value should have 2 elements, has 3");
}

TEST(Json, EnumeratorsWithoutANameAreWrittenAsNumbers) {
  EXPECT_EQ(written(one<colour>{static_cast<colour>(77)}), R"({"value":77})");
  EXPECT_EQ(written(one<size>{size::none}), R"({"value":"none"})");
}

TEST(Json, ScalarsAndListsStandAlone) {
  EXPECT_EQ(written(std::vector<int>{1, 2}), "[1,2]");
  EXPECT_EQ(evd::from_json<std::string>("\"a\"").value(), "a");
  EXPECT_EQ(written(std::optional<int>{}), "null");
}

}  // namespace
