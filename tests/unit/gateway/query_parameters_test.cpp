// The conversion of query parameters to JSON, alone.

#include <gtest/gtest.h>

#include <evd/json.hpp>

#include "gateway/http/query_parameters.hpp"

namespace evd::test {

struct search {
  std::string text;
  std::optional<std::int64_t> limit;
  double score = 0;
  bool exact = false;
  std::vector<int> years;
  std::optional<std::vector<std::string>> tags;
};

namespace {

std::string converted(std::string_view query) {
  const auto json = gateway::query_to_json(query, table_of<search>());
  return json ? *json : "error: " + json.error().to_string();
}

std::vector<problem> problems_of(std::string_view query) {
  const auto json = gateway::query_to_json(query, table_of<search>());
  return json ? std::vector<problem>{} : json.error().problems;
}

TEST(query_parameters, values_are_of_the_members_types) {
  EXPECT_EQ(converted("text=12&limit=12&score=-1.5e3&exact=false"),
            R"({"text":"12","limit":12,"score":-1.5e3,"exact":false})");
}

TEST(query_parameters, a_repeated_one_is_a_list) {
  EXPECT_EQ(converted("years=1990&tags=a&years=1991"), R"({"years":[1990,1991],"tags":["a"]})");
}

TEST(query_parameters, a_plus_is_a_blank_and_percent_codes_are_bytes) {
  EXPECT_EQ(converted("text=J%C3%BCrgen+M%2B"), R"({"text":"Jürgen M+"})");
}

TEST(query_parameters, a_bare_name_is_true_where_a_boolean_is_wanted) {
  EXPECT_EQ(converted("exact&text"), R"({"exact":true,"text":""})");
}

TEST(query_parameters, an_optional_number_left_empty_is_absent) {
  EXPECT_EQ(converted("limit=&text="), R"({"text":""})");
}

TEST(query_parameters, what_does_not_fit_stays_a_string_for_the_reader_to_report) {
  EXPECT_EQ(converted("limit=ten&exact=yes&nobody=1"), R"({"limit":"ten","exact":"yes","nobody":"1"})");
  for (const auto* no_number : {"01", "+1", "1.", ".5", "1e", "-", "0x10", "NaN", "1 ", "1,2", "1}", "-1.5e533"}) {
    EXPECT_EQ(converted("limit=" + std::string(no_number == std::string_view("+1") ? "%2B1" : no_number)),
              R"({"limit":")" + std::string(no_number) + R"("})");
  }
}

TEST(query_parameters, whatever_comes_is_valid_json) {
  for (const auto* query : {"", "&", "=", "&&a&=b&", "text=%22%7D&text2=\\", "a=%00%0A", "%22=%22", "years=%5D"}) {
    const auto json = converted(query);
    EXPECT_TRUE(check_json(json)) << query << " became " << json;
  }
}

TEST(query_parameters, all_that_is_wrong_is_reported_at_once) {
  EXPECT_EQ(problems_of("text=%zz&a%2Fb=%FF&limit=1&limit=2&%C3=1&text=%4"),
            (std::vector<problem>{{"/text", "its value is no percent-encoded UTF-8"},
                                  {"/a~1b", "its value is no percent-encoded UTF-8"},
                                  {"", "a parameter's name is no percent-encoded UTF-8"},
                                  {"/text", "its value is no percent-encoded UTF-8"},
                                  {"/limit", "is given more than once, and is no list"}}));
}

}  // namespace
}  // namespace evd::test
