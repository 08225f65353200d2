#include "runtime/failure.hpp"

#include <gtest/gtest.h>

#include <system_error>

namespace evd::runtime {
namespace {

struct out_of_paper : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class Thrown>
std::exception_ptr thrown(Thrown what) {
  return std::make_exception_ptr(std::move(what));
}

TEST(failure, has_the_type_as_its_user_wrote_it_and_the_message) {
  const auto what = describe_failure(thrown(std::runtime_error("Test Error!!")));
  EXPECT_EQ(what.type, "std::runtime_error");
  EXPECT_EQ(what.message, "Test Error!!");
}

TEST(failure, understands_what_is_no_exception) {
  EXPECT_EQ(describe_failure(thrown(std::string("text"))).message, "text");
  EXPECT_EQ(describe_failure(thrown(42)).type, "int");
}

TEST(failure, a_rule_applies_to_derived_types_and_the_first_one_wins) {
  static constexpr retry_rule rules[] = {rule_for<out_of_paper>({.attempts = 9}),
                                         rule_for<std::runtime_error>({.attempts = 2})};
  EXPECT_EQ(rule_of(thrown(out_of_paper("tray 2")), rules)->attempts, 9U);
  EXPECT_EQ(rule_of(thrown(std::runtime_error("other")), rules)->attempts, 2U);
  EXPECT_EQ(rule_of(thrown(std::logic_error("other")), rules), nullptr);
  EXPECT_EQ(rule_of(thrown(7), rules), nullptr);
}

TEST(failure, the_caller_of_a_command_is_told_a_rejection_and_not_the_text_of_a_defect) {
  EXPECT_EQ(command_error(thrown(rejected("name taken", errc::conflict)), "rename").code, errc::conflict);
  const auto defect = command_error(thrown(std::runtime_error("password=hunter2")), "rename");
  EXPECT_EQ(defect.code, errc::handler_failed);
  EXPECT_EQ(defect.to_string().find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace evd::runtime
