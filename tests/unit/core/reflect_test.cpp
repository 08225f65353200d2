#include <evd/describe.hpp>
#include <evd/event.hpp>
#include <evd/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/describe/class.hpp>

#include <string>
#include <utility>

namespace others {

// A type that we cannot change: no aggregate.
class point {
 public:
  point() = default;
  point(int x, int y) : x_axis(x), y_axis(y) {}
  int x_axis = 0;
  int y_axis = 0;
};
EVD_MEMBERS(point, x_axis, y_axis)

enum class level { low, high };
constexpr std::array<evd::json_name, 1> evd_json_names(evd::type<level>) {
  return {{{"high", "HIGH"}}};
}

}  // namespace others

namespace evd {
using string_pair = std::pair<std::string, std::string>;
EVD_MEMBERS(string_pair, first, second)
}  // namespace evd

namespace {

class account {
 public:
  account() = default;
  account(std::string name, int balance) : user_name(std::move(name)), balance_(balance) {}
  std::string user_name;

 private:
  int balance_ = 0;
  BOOST_DESCRIBE_CLASS(account, (), (user_name), (), (balance_))
};

struct base {
  int id_number = 0;
};
struct derived : base {
  derived() = default;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(base, (), (id_number))
BOOST_DESCRIBE_STRUCT(derived, (base), (text))

struct forty {
  int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9;
  int c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9;
};
struct empty {};

struct mixed {
  std::optional<std::vector<std::string>> maybe_list;
  std::array<int, 3> three_numbers{};
  others::point where;
  std::chrono::microseconds took{};
  std::map<std::string, std::vector<others::level>> levels_by_name;
  bool ok = false;
};

std::vector<std::string> names(const evd::type_table& table) {
  std::vector<std::string> found;
  for (const auto& member : table.members) found.emplace_back(member.name);
  return found;
}

TEST(Reflect, MembersOfAnAggregateAreFoundByThemselves) {
  EXPECT_THAT(names(evd::table_of<mixed>()),
              testing::ElementsAre("maybe_list", "three_numbers", "where", "took", "levels_by_name", "ok"));
  EXPECT_EQ(evd::table_of<mixed>().members[4].json_name, "levelsByName");
  EXPECT_FALSE(evd::table_of<mixed>().members[0].required);
  EXPECT_THAT(evd::table_of<mixed>().name, testing::EndsWith("::mixed"));
}

TEST(Reflect, FortyMembersAndNone) {
  const auto all = names(evd::table_of<forty>());
  ASSERT_EQ(all.size(), 40U);
  EXPECT_EQ(all[39], "d9");
  EXPECT_EQ(evd::to_json(empty{}), "{}");
  EXPECT_TRUE(evd::from_json<empty>("{}"));
}

TEST(Reflect, ValuesAreMadeCopiedAndDestroyedWithoutTheirType) {
  const auto& table = evd::table_of<mixed>();
  void* made = table.make();
  static_cast<mixed*>(made)->maybe_list = {"a", "b"};
  void* copied = table.copy(made);
  table.destroy(made);
  EXPECT_EQ(static_cast<mixed*>(copied)->maybe_list->at(1), "b");
  table.destroy(copied);
}

TEST(Members, AMacroBesideServesTypesOfOthers) {
  EXPECT_EQ(evd::to_json(others::point{1, 2}), R"({"xAxis":1,"yAxis":2})");
  EXPECT_EQ(evd::from_json<others::point>(R"({"xAxis":1,"yAxis":2})").value().y_axis, 2);
  EXPECT_EQ(evd::to_json(std::pair<std::string, std::string>{"a", "b"}), R"({"first":"a","second":"b"})");
}

TEST(Members, EnumsOfOthersMayBeRenamed) {
  EXPECT_EQ(evd::to_json(std::vector{others::level::low, others::level::high}), R"(["low","HIGH"])");
}

TEST(Describe, ServesPrivateMembers) {
  EXPECT_EQ(evd::to_json(account{"Ada", 5}), R"({"userName":"Ada","balance":5})");
  EXPECT_EQ(evd::to_json(evd::from_json<account>(R"({"userName":"Ada","balance":5})").value()),
            R"({"userName":"Ada","balance":5})");
}

TEST(Describe, ServesInheritedMembers) {
  derived value;
  value.id_number = 7;
  value.text = "x";
  EXPECT_THAT(evd::check_json(evd::to_json(value)).value().text, testing::HasSubstr(R"("idNumber":7)"));
}

TEST(JsonSchema, IsMadeOfTheTable) {
  EXPECT_EQ(
      evd::json_schema(evd::table_of<others::point>()),
      R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#/$defs/others::point",)"
      R"("$defs":{"others::point":{"type":"object","properties":{"xAxis":{"type":"integer","minimum":-2147483648,)"
      R"("maximum":2147483647},"yAxis":{"type":"integer","minimum":-2147483648,"maximum":2147483647}},)"
      R"("required":["xAxis","yAxis"]}}})");
  EXPECT_TRUE(evd::check_json(evd::json_schema(evd::table_of<evd::event_record>())));
  EXPECT_TRUE(evd::check_json(evd::json_schema(evd::table_of<mixed>())));
}

}  // namespace
