#include <evd/event.hpp>
#include <evd/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

enum class channel : std::uint8_t { mail, unknown };

struct name_updated_v1 {
  static constexpr evd::event event{"User.nameUpdated"};
  std::string user_id, name;
};
struct name_updated_v2 {
  static constexpr evd::event event{"User.nameUpdated", 2};
  using previous = name_updated_v1;
  std::string user_id, first_name, last_name;
};
struct name_updated {
  static constexpr evd::event event{"User.nameUpdated", 3};
  using previous = name_updated_v2;
  std::string user_id, first_name, last_name;
  channel by{};
};

name_updated_v2 upcast(const name_updated_v1& old) {
  const auto space = old.name.find(' ');
  if (space == std::string::npos) throw std::runtime_error("one name only");
  return {old.user_id, old.name.substr(0, space), old.name.substr(space + 1)};
}
name_updated upcast(const name_updated_v2& old) {
  return {old.user_id, old.first_name, old.last_name, channel::mail};
}

evd::result<std::shared_ptr<const void>> decode(std::uint32_t version, std::string_view json) {
  return evd::decode_event(evd::event_info_of<name_updated>(), version, json);
}

TEST(Event, InfoTellsSubjectVersionAndSteps) {
  const auto& info = evd::event_info_of<name_updated>();
  EXPECT_EQ(info.subject, "User.nameUpdated");
  EXPECT_EQ(info.version, 3U);
  EXPECT_EQ(info.previous, &evd::event_info_of<name_updated_v2>());
  EXPECT_EQ(info.previous->previous->previous, nullptr);
  EXPECT_EQ(&info.data, &evd::table_of<name_updated>());
}

TEST(Event, IsDecodedAsItWasWritten) {
  const auto text = evd::to_json(name_updated{"u1", "Ada", "Lovelace", channel::mail});
  const auto value = decode(3, text).value();
  EXPECT_EQ(evd::to_json(*static_cast<const name_updated*>(value.get())), text);
}

TEST(Event, FieldsAndEnumeratorsOfALaterVersionAreNoReasonToRefuseIt) {
  const auto value = decode(3, R"({"userId":"u1","firstName":"A","lastName":"L","by":"pigeon","more":[1]})").value();
  EXPECT_EQ(static_cast<const name_updated*>(value.get())->by, channel::unknown);
}

TEST(Upcast, GoesOneStepAtATime) {
  const auto value = decode(1, R"({"userId":"u1","name":"Ada Lovelace"})").value();
  EXPECT_EQ(evd::to_json(*static_cast<const name_updated*>(value.get())),
            R"({"userId":"u1","firstName":"Ada","lastName":"Lovelace","by":"mail"})");
}

TEST(Upcast, ANewerVersionIsRetriedLaterAndNeverHalfDecoded) {
  const auto refused = decode(4, R"({"userId":"u1","firstName":"A","lastName":"L","by":"mail"})");
  EXPECT_EQ(refused.error().code, evd::errc::newer_version);
  EXPECT_EQ(evd::describe(refused.error().code).what_to_do, evd::remedy::retry);
}

TEST(Upcast, WrongDataOfAnOldVersionNameItAndAllProblems) {
  const auto refused = decode(1, R"({"name":1})");
  EXPECT_EQ(
      refused.error().to_string(),
      "decode User.nameUpdated version 1: the input does not have the expected form: /name should be a string, is a "
      "number; /userId is missing");
}

TEST(Upcast, AStepThatThrowsIsAnErrorOfTheInput) {
  const auto refused = decode(1, R"({"userId":"u1","name":"Ada"})");
  EXPECT_EQ(refused.error().code, evd::errc::invalid_input);
  EXPECT_THAT(refused.error().to_string(), testing::HasSubstr("one name only"));
}

TEST(Upcast, ThereIsNoVersionZero) {
  EXPECT_EQ(decode(0, "{}").error().code, evd::errc::invalid_input);
}

}  // namespace
